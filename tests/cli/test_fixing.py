"""``--fix``, ``--unsafe-fixes``, ``--fix-only`` and ``--diff``, as a user runs them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time

import pytest
from privileges import bound_by_permissions

UNUSED = "import torch\n\n\ndef f(x):\n    return x{comment}\n"
SUPPRESSED = UNUSED.format(comment="  # shapeguard: ignore[SG101] why")
CLEAN = UNUSED.format(comment="")
WITH_PATCH = pytest.mark.skipif(shutil.which("patch") is None, reason="there is no patch")
NARROWED = "            prefix = prefix[share]\n"


def sources(project):
    """Return what lies in a project, but for the cache."""
    return {path for path in project.iterdir() if path.name != ".shapeguard_cache"}


@pytest.fixture
def unused(project):
    """Put a suppression of nothing, which a safe fix removes, beside the hazard."""
    path = project / "unused.py"
    path.write_text(SUPPRESSED, "utf-8")
    return path


@pytest.fixture
def raw(project):
    """Return a function that runs ``shapeguard`` with bytes in and out."""

    def run(*arguments, given=None, path="", command=None):
        return subprocess.run(
            [*(command or [sys.executable]), "-m", "shapeguard", *arguments],
            cwd=project,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([path, os.environ.get("PYTHONPATH", "")])},
            input=given,
            capture_output=True,
            check=False,
            timeout=120,
        )  # fmt: skip

    return run


def summary(done):
    """Return the last two lines, without the time."""
    return [line.partition(" (")[0] for line in done.stderr.splitlines()[-2:]]


def test_safe_fixes_are_applied_and_the_rest_is_reported(tool, project, unused):
    before = (project / "hazard.py").read_bytes()
    done = tool("check", "--fix", "--output-format", "concise")
    assert done.returncode == 1
    assert [line.split()[1] for line in done.stdout.splitlines()] == ["SG101"]
    assert summary(done) == [
        "Found 1 finding in 1 file",
        "1 fixed, 1 remaining; 1 fixable with --unsafe-fixes.",
    ]
    assert unused.read_text("utf-8") == CLEAN
    assert (project / "hazard.py").read_bytes() == before


def test_all_fixed_is_status_0(tool, unused):
    done = tool("check", "--fix", "unused.py")
    assert (done.returncode, done.stdout) == (0, "")
    assert summary(done) == ["No findings", "1 fixed, 0 remaining."]
    done = tool("check", "--fix", "unused.py")
    assert summary(done) == ["No findings", "0 fixed, 0 remaining."]


def test_unsafe_fixes_are_applied_where_they_are_asked_for(tool, project, unused):
    done = tool("check", "--fix", "--unsafe-fixes")
    assert done.returncode == 0
    assert summary(done) == ["No findings", "2 fixed, 0 remaining."]
    fixed = (project / "hazard.py").read_text("utf-8")
    assert "if share.start" not in fixed
    assert NARROWED.strip() in fixed


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "1 fixable with --fix, 1 more with --fix --unsafe-fixes."),
        (("--unsafe-fixes",), "2 fixable with --fix."),
        (("unused.py",), "1 fixable with --fix."),
        (("hazard.py",), "1 fixable with --fix --unsafe-fixes."),
        (("clean.py",), None),
    ],
)
def test_without_fix_it_is_said_what_can_be_fixed(tool, unused, arguments, told):
    done = tool("check", *arguments)
    assert done.stderr.splitlines()[1:] == ([] if told is None else [told])
    assert unused.read_text("utf-8") == SUPPRESSED


def test_fix_only_reports_nothing(tool, project, unused):
    done = tool("check", "--fix-only")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "Fixed 1 finding in 1 file.\n"
    assert unused.read_text("utf-8") == CLEAN
    done = tool("check", "--fix-only")
    assert (done.returncode, done.stderr) == (0, "Nothing was fixed.\n")
    assert tool("check", "--fix-only", "--quiet", "--unsafe-fixes").stderr == ""
    assert "if share.start" not in (project / "hazard.py").read_text("utf-8")


def test_diff_writes_nothing_and_is_status_1(tool, unused):
    done = tool("check", "--diff")
    assert done.returncode == 1
    assert done.stdout.startswith("--- a/unused.py\n+++ b/unused.py\n@@")
    assert done.stdout.count("\n@@") == 1
    assert done.stderr == "Would fix 1 finding in 1 file.\n"
    assert unused.read_text("utf-8") == SUPPRESSED
    assert tool("check", "--diff", "--exit-zero").returncode == 0
    done = tool("check", "--diff", "hazard.py")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "Nothing would be fixed.\n"
    assert tool("check", "--diff", "--unsafe-fixes", "hazard.py").returncode == 1


def test_diff_beside_fix_writes_nothing(tool, unused):
    done = tool("check", "--diff", "--fix", "unused.py")
    assert (done.returncode, done.stdout[:4]) == (1, "--- ")
    assert unused.read_text("utf-8") == SUPPRESSED


FILES = {
    "crlf.py": SUPPRESSED.replace("\n", "\r\n").encode(),
    "no end.py": SUPPRESSED.rstrip("\n").encode(),
    "bom.py": b"\xef\xbb\xbf" + SUPPRESSED.encode(),
    "latin.py": ("# coding: latin-1\n" + SUPPRESSED + "y = 'é'  # ü\n").encode("latin-1"),
    "mixed.py": SUPPRESSED.replace("\n\n\n", "\r\n\n\r\n").encode() + b"a = 1\r\n\x0c\nb = 2",
    "old mac.py": SUPPRESSED.replace("\n", "\r").encode(),
}


@pytest.mark.parametrize("repository", [True, False])
def test_git_makes_of_the_diff_what_fix_makes(raw, project, repository):
    (project / "below").mkdir()
    for name, data in FILES.items():
        (project / "below" / name).write_bytes(data)
    if repository:
        subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    diff = raw("check", "--diff", "below").stdout
    subprocess.run(["git", "apply"], cwd=project, input=diff, check=True, capture_output=True)
    applied = {name: (project / "below" / name).read_bytes() for name in FILES}
    for name, data in FILES.items():
        (project / "below" / name).write_bytes(data)
    assert raw("check", "--fix", "below").returncode == 0
    comment = b"  # shapeguard: ignore[SG101] why"
    for name, data in FILES.items():
        assert (project / "below" / name).read_bytes() == data.replace(comment, b"")
        assert applied[name] == data.replace(comment, b"")


def git(directory, *arguments, given=None):
    return subprocess.run(
        ["git", *arguments], cwd=directory, input=given, check=True, capture_output=True, text=True
    )


def diff_in(directory, *arguments):
    """Return what comes of ``--diff`` in a directory."""
    return subprocess.run(
        [sys.executable, "-m", "shapeguard", "check", "--diff", *arguments],
        cwd=directory, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


PATCH = pytest.param(("patch", "-s", "-p1"), marks=WITH_PATCH, id="patch")


@pytest.mark.parametrize("command", [pytest.param(("git", "apply", "-p1"), id="git"), PATCH])
def test_the_diff_is_applied_in_a_subdirectory_of_a_repository(project, command):
    git(project, "init", "-q")
    names = ("pkg/pkg/a.py", "pkg/a.py")
    for name in names:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(SUPPRESSED, "utf-8")
    done = diff_in(project / "pkg")
    assert (done.returncode, done.stdout.count("--- a/")) == (1, 2)
    subprocess.run(command, cwd=project / "pkg", input=done.stdout, text=True, check=True)
    assert [(project / name).read_text("utf-8") for name in names] == [CLEAN, CLEAN]


def test_the_diff_names_the_target_of_a_link_once(tool, project, unused):
    git(project, "init", "-q")
    (project / "real").mkdir()
    unused.rename(project / "real" / "unused.py")
    (project / "link.py").symlink_to("real/unused.py")
    (project / "alias").symlink_to("real", target_is_directory=True)
    for paths in (["link.py"], ["alias/unused.py"], ["link.py", "alias", "real"]):
        done = tool("check", "--diff", *paths)
        assert (done.returncode, done.stderr) == (1, "Would fix 1 finding in 1 file.\n"), paths
        assert done.stdout.count("--- a/") == 1
        git(project, "apply", "-p1", given=done.stdout)
        path = project / "real" / "unused.py"
        assert path.read_text("utf-8") == CLEAN
        path.write_text(SUPPRESSED, "utf-8")
    assert (project / "link.py").is_symlink()


def test_what_no_patch_can_change_here_is_said(project, unused):
    git(project, "init", "-q")
    here = project / "pkg"
    here.mkdir()
    (here / "own.py").write_text(SUPPRESSED, "utf-8")
    (here / "link.py").symlink_to("../unused.py")
    done = diff_in(here, "../unused.py", "own.py")
    assert (done.returncode, done.stdout.count("--- a/")) == (2, 1)
    error, verdict = done.stderr.splitlines()
    why = f"it is outside of the working directory; start in {project}"
    assert error == f"error: {unused}: cannot be in the diff: {why}"
    assert verdict == "Would fix 1 finding in 1 file."
    git(here, "apply", "-p1", given=done.stdout)
    assert (here / "own.py").read_text("utf-8") == CLEAN
    done = diff_in(here, "link.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"error: link.py: cannot be in the diff: its target {unused} is outside" in done.stderr
    assert diff_in(project, str(unused)).returncode == 1


def test_of_standard_input_and_a_link_to_its_file_one_is_in_the_diff(tool, project, unused):
    (project / "link.py").symlink_to("unused.py")
    given = ["check", "--diff", "-", "--stdin-filename", "unused.py", "link.py"]
    done = tool(*given, text="import os\n" + SUPPRESSED)
    assert (done.returncode, done.stdout.count("--- a/unused.py\n")) == (2, 1)
    assert "error: unused.py: cannot be in the diff: its file is in it already" in done.stderr


def test_of_standard_input_the_source_goes_to_standard_output(raw, project):
    given = ["check", "-", "--stdin-filename", "new.py"]
    data = FILES["latin.py"].replace(b"\n", b"\r\n")
    fixed = data.replace(b"  # shapeguard: ignore[SG101] why", b"")
    done = raw(*given, "--fix", given=data)
    assert (done.returncode, done.stdout) == (0, fixed)
    hazard = (project / "hazard.py").read_bytes()
    done = raw(*given, "--fix", "--output-format", "concise", given=hazard)
    assert (done.returncode, done.stdout) == (1, hazard)
    assert b"new.py:16:16: SG101 " in done.stderr
    done = raw(*given, "--fix-only", "--unsafe-fixes", given=hazard)
    assert done.returncode == 0
    assert b"if share.start" not in done.stdout
    assert done.stderr == b"Fixed 1 finding in 1 file.\n"
    done = raw(*given, "--diff", given=data)
    assert (done.returncode, done.stdout[:13]) == (1, b"--- a/new.py\n")
    assert not (project / "new.py").exists()
    excluded = raw(*given, "--fix", "--extend-exclude", "new.py", "--force-exclude", given=data)
    assert excluded.stdout == data


def test_reports_hold_what_is_left(tool, project, unused):
    done = tool("check", "--fix", "--report", "json=r.json", "-o", "c.txt")
    assert (done.returncode, done.stdout) == (1, "")
    (entry,) = json.loads((project / "r.json").read_text("utf-8"))
    assert entry["code"] == "SG101"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--diff", "--report", "json=r.json"),
        ("--fix-only", "-o", "r.txt"),
        ("--diff", "--watch"),
        ("--fix", "--show-files"),
        ("--fix", "--show-settings"),
        ("--fix-only", "--show-files"),
        ("--diff", "--show-settings"),
        ("--add-ignore", "why", "--show-files"),
        ("--show-files", "--report", "json=r.json"),
        ("--show-settings", "-o", "r.txt"),
        ("--show-files", "--show-settings"),
        ("--add-ignore", "why", "--fix"),
        ("--add-ignore", "why", "--fix-only"),
        ("--add-ignore", "why", "--diff"),
        ("--add-ignore", "why", "--unsafe-fixes"),
        ("--add-ignore", "why", "--watch"),
        ("--add-ignore", "why", "--report", "json=r.json"),
        ("--add-ignore", "why", "-", "--stdin-filename", "unused.py"),
    ],
)
def test_contradictions_are_wrong_usage(tool, project, unused, arguments):
    done = tool("check", *arguments, text=SUPPRESSED)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(" cannot be given together\n")
    assert unused.read_text("utf-8") == SUPPRESSED
    assert not list(project.glob("r.*"))


def test_what_the_baseline_holds_is_not_fixed(tool, project):
    before = (project / "hazard.py").read_bytes()
    assert tool("baseline", "write").returncode == 0
    held = ["check", "--baseline", "shapeguard-baseline.json", "--fix", "--unsafe-fixes"]
    done = tool(*held)
    assert done.returncode == 0
    assert summary(done)[1] == "0 fixed, 0 remaining."
    assert (project / "hazard.py").read_bytes() == before


def test_what_stands_on_unchanged_lines_is_not_fixed(tool, project, unused):
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "x"]):
        subprocess.run(["git", *command], cwd=project, check=True)
    more = "\n\ndef g(x):\n    return x  # shapeguard: ignore[SG304] why\n"
    unused.write_text(SUPPRESSED + more, "utf-8")
    done = tool("check", "--fix", "--unsafe-fixes", "--diff-base", "HEAD")
    assert done.returncode == 0
    assert summary(done)[1] == "1 fixed, 0 remaining."
    assert unused.read_text("utf-8") == SUPPRESSED + more.replace(
        "  # shapeguard: ignore[SG304] why", ""
    )


def test_what_a_comment_suppresses_is_not_fixed(tool, project):
    path = project / "hazard.py"
    text = path.read_text("utf-8").replace("dim=2)", "dim=2)  # shapeguard: ignore[SG101] why")
    path.write_text(text, "utf-8")
    assert tool("check", "--fix", "--unsafe-fixes").returncode == 0
    assert path.read_text("utf-8") == text


def test_a_file_that_does_not_parse_is_left_alone(tool, project, unused):
    (project / "broken.py").write_text("def f(:  # shapeguard: ignore[SG101]\n", "utf-8")
    done = tool("check", "--fix", "--output-format", "concise", "unused.py", "broken.py")
    assert done.returncode == 1
    assert done.stdout.startswith("broken.py:1:")
    assert " SG900 " in done.stdout
    assert summary(done)[1] == "1 fixed, 1 remaining."
    assert unused.read_text("utf-8") == CLEAN


def test_what_cannot_be_fixed_is_said(tool, project):
    # Of two ways to write one character in this encoding, only one would be written again.
    data = b"# coding: cp932\n# \xee\xf9\n" + SUPPRESSED.encode()
    (project / "odd.py").write_bytes(data)
    done = tool("check", "--fix", "odd.py")
    assert done.returncode == 1
    assert "not fixed: odd.py:7:36: SG901: its fix would leave no Python, or the enc" in done.stderr
    assert (project / "odd.py").read_bytes() == data
    assert "not fixed" not in tool("check", "--fix", "--quiet", "odd.py").stderr


def test_a_read_only_file_is_status_2_and_the_others_are_fixed(tool, project, unused):
    other = project / "other.py"
    other.write_text(SUPPRESSED, "utf-8")
    unused.chmod(0o444)
    done = tool("check", "--fix", "--output-format", "concise", "unused.py", "other.py")
    assert done.returncode == 2
    assert "error: unused.py: cannot be written: it is read-only\n" in done.stderr
    assert summary(done) == ["Found 1 finding in 1 file", "1 fixed, 1 remaining."]
    assert done.stdout.startswith("unused.py:5:")
    assert unused.read_text("utf-8") == SUPPRESSED
    assert stat.S_IMODE(unused.stat().st_mode) == 0o444
    assert other.read_text("utf-8") == CLEAN
    assert tool("check", "--fix-only", "unused.py").returncode == 2


def test_a_read_only_directory_is_status_2(raw, project, unused):
    before = sources(project)
    project.chmod(0o555)
    done = raw("check", "--fix", "unused.py", command=bound_by_permissions([sys.executable]))
    project.chmod(0o755)
    assert done.returncode == 2
    assert b"error: unused.py: cannot be written: its directory is read-only\n" in done.stderr
    assert unused.read_text("utf-8") == SUPPRESSED
    assert sources(project) == before


def test_links(tool, project, unused):
    (project / "link.py").symlink_to("unused.py")
    (project / "loop.py").symlink_to("loop.py")
    done = tool("check", "--fix", "link.py", "loop.py")
    assert done.returncode == 2
    assert "error: loop.py: " in done.stderr
    assert (project / "link.py").is_symlink()
    assert unused.read_text("utf-8") == CLEAN
    assert not unused.is_symlink()


AFTER_THE_CHECK = """\
import pathlib
import shapeguard.lint.engine as engine

before, path = engine.check, pathlib.Path("unused.py")


def check(*given, **more):
    outcome = before(*given, **more)
    {happens}
    return outcome


engine.check = check
"""


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        ("path.write_text('edited = 1\\n')", "it has changed since it was read"),
        ("path.unlink(missing_ok=True)", "No such file or directory"),
    ],
)
def test_a_file_that_changes_during_the_check_is_not_overwritten(
    raw, project, tmp_path_factory, unused, happens, why
):
    here = tmp_path_factory.mktemp("site")
    (here / "sitecustomize.py").write_text(AFTER_THE_CHECK.format(happens=happens), "utf-8")
    done = raw("check", "--fix", "unused.py", path=str(here))
    assert done.returncode == 2
    assert f"error: unused.py: cannot be written: {why}\n" in done.stderr.decode()
    left = unused.read_text("utf-8") if unused.exists() else None
    assert left == ("edited = 1\n" if "edited" in happens else None)


IN_THE_MIDDLE = """\
import os
import signal

before = os.replace


def replace(*given, **more):
    signal.raise_signal(signal.SIGINT)
    before(*given, **more)
    signal.raise_signal(signal.SIGINT)


os.replace = replace
"""


@pytest.fixture
def heeded_interrupts():
    """Whoever runs tests in the background of a shell has interrupts ignored, and so has every child."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def many(project):
    paths = [project / f"u{i}.py" for i in range(8)]
    for path in paths:
        path.write_text(SUPPRESSED, "utf-8")
    return paths


def test_an_interrupt_between_files_waits(raw, project, tmp_path_factory, heeded_interrupts):
    here = tmp_path_factory.mktemp("site")
    (here / "sitecustomize.py").write_text(IN_THE_MIDDLE, "utf-8")
    paths = many(project)
    before = sources(project)
    done = raw("check", "--fix", *(each.name for each in paths), path=str(here))
    assert done.returncode == 130
    assert done.stderr.decode().endswith("interrupted\n")
    assert {path.read_text("utf-8") for path in paths} == {CLEAN}
    assert sources(project) == before


def test_an_interrupt_at_any_time_leaves_whole_files(project, heeded_interrupts):
    paths = many(project)
    before = sources(project)
    command = [sys.executable, "-m", "shapeguard", "check", "--fix", *map(str, paths)]
    start = time.monotonic()
    subprocess.run(command, cwd=project, capture_output=True, check=False)
    whole = time.monotonic() - start
    statuses = set()
    for part in range(1, 11):
        many(project)
        child = subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE)
        time.sleep(whole * part / 10)
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=60)
        statuses.add(child.returncode)
        texts = [path.read_text("utf-8") for path in paths]
        assert texts in ([SUPPRESSED] * len(paths), [CLEAN] * len(paths))
        assert sources(project) == before
    assert statuses - {0}
