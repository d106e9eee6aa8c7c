"""``shapeguard baseline`` and checks against a baseline, as a user has them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from sarif_validation import complaints

NAME = "shapeguard-baseline.json"
LINE = f'baseline = "{NAME}"\n'
KNOWN = "1 finding is in the baseline."


@pytest.fixture
def adopted(project, tool):
    """Return the project with its hazard in a baseline that the configuration names."""
    (project / "shapeguard.toml").write_text(LINE, "utf-8")
    assert tool("baseline", "write").returncode == 0
    return project


def paths(project, key="current", name=NAME):
    document = json.loads((project / name).read_text("utf-8"))
    return [entry["path"] for entry in document[key] if entry]


def accept(project, reason):
    """Move the entry from one list to the other, as a person would."""
    path = project / NAME
    lines = path.read_text("utf-8").splitlines()
    entry = next(line for line in lines if '"path"' in line)
    lines.remove(entry)
    lines.insert(3, entry.replace("},", f', "reason": "{reason}"}},'))
    path.write_text("\n".join(lines), "utf-8")


def copy(project, name):
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_text((project / "hazard.py").read_text("utf-8"), "utf-8")


def clean(project, name="hazard.py"):
    (project / name).write_text((project / "clean.py").read_text("utf-8"), "utf-8")


def test_adopting_takes_one_command_and_one_line(project, tool):
    assert tool("check").returncode == 1
    done = tool("baseline", "write")
    assert done.returncode == 0
    assert done.stdout == ""
    written, hint, line = done.stderr.splitlines()
    assert written == f"1 entry written to {NAME} (0 accepted kept; 1 new, 0 stale removed)."
    assert hint == "To use it, add to shapeguard.toml:"
    (project / "shapeguard.toml").write_text(line.strip() + "\n", "utf-8")
    done = tool("check")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("No findings (2 files checked)")
    assert KNOWN in done.stderr
    assert "To use it" not in tool("baseline", "write").stderr


def test_what_is_new_is_reported_alone(adopted, tool):
    copy(adopted, "new.py")
    done = tool("check", "--output-format", "concise")
    assert done.returncode == 1
    assert done.stdout.startswith("new.py:16:16: SG101 ")
    assert done.stdout.count("\n") == 1
    assert KNOWN in done.stderr


def test_a_check_can_do_without_the_baseline(adopted, tool):
    done = tool("check", "--no-baseline", "--output-format", "concise")
    assert (done.returncode, done.stdout.count("hazard.py:16:16: SG101 ")) == (1, 1)
    assert "baseline" not in done.stderr
    assert "baseline" not in tool("check", "--no-baseline", "--show-settings").stdout
    (adopted / NAME).write_text("<<<<<<< ours\n", "utf-8")
    assert tool("check", "--no-baseline").returncode == 1
    (adopted / NAME).unlink()
    assert tool("check", "--no-baseline", "clean.py").returncode == 0
    done = tool("check", "--no-baseline", "--baseline", NAME)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--baseline and --no-baseline cannot be given together" in done.stderr


def test_a_read_only_baseline_is_refused(adopted, tool):
    path = adopted / NAME
    before = path.read_bytes()
    copy(adopted, "new.py")
    path.chmod(0o444)
    for command in ("write", "prune"):
        done = tool("baseline", command)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"{path}: cannot be written: it is read-only" in done.stderr
    assert path.read_bytes() == before


def test_the_baseline_is_found_from_a_subdirectory_and_for_single_files(adopted, tool):
    copy(adopted, "pkg/sub/deep.py")
    tool("baseline", "write", "pkg")
    assert paths(adopted) == ["hazard.py", "pkg/sub/deep.py"]
    before = (adopted / NAME).read_text("utf-8")
    here = adopted / "pkg" / "sub"
    for arguments in (["check"], ["check", "deep.py"], ["check", "../../hazard.py"]):
        done = tool_in(here, *arguments)
        assert (done.returncode, done.stdout) == (0, ""), arguments
        assert KNOWN in done.stderr
    assert tool_in(here, "baseline", "write").returncode == 0
    assert (adopted / NAME).read_text("utf-8") == before
    assert not (here / NAME).exists()
    assert tool("check", str(adopted / "hazard.py")).returncode == 0


def tool_in(directory, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "shapeguard", *arguments],
        cwd=directory, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_accepted_entries_keep_their_reason(adopted, tool):
    accept(adopted, "the share is never empty here")
    done = tool("check", "--output-format", "sarif")
    assert done.returncode == 0
    assert complaints(done.stdout) == []
    (result,) = json.loads(done.stdout)["runs"][0]["results"]
    assert result["suppressions"][0]["kind"] == "external"
    assert result["suppressions"][0]["justification"] == "the share is never empty here"
    done = tool("baseline", "write")
    assert done.stderr == (
        f"0 entries written to {NAME} (1 accepted kept; 0 new, 0 stale removed).\n"
    )
    assert (paths(adopted, "accepted"), paths(adopted)) == (["hazard.py"], [])
    clean(adopted)
    tool("baseline", "write")
    assert paths(adopted, "accepted") == ["hazard.py"]
    assert "1 stale entry removed" in tool("baseline", "prune").stderr
    assert paths(adopted, "accepted") == []


def test_stale_entries_are_warned_of_and_pruned(adopted, tool):
    copy(adopted, "new.py")
    clean(adopted)
    done = tool("check", "hazard.py")
    assert done.returncode == 0
    assert done.stderr.splitlines()[0] == (
        f"warning: 1 entry of {NAME} is stale; `shapeguard baseline prune` removes it"
    )
    assert tool("check", "hazard.py", "--quiet").stderr == ""
    assert "stale" not in tool("check", "clean.py").stderr
    said = tool("check", "hazard.py", "--verbose").stderr
    assert "stale: hazard.py: SG101 in Layer.single: torch.cat([prefix, keys], dim=2)\n" in said
    done = tool("baseline", "prune", "clean.py")
    assert done.stderr == f"0 stale entries removed from {NAME} (1 left).\n"
    done = tool("baseline", "prune", "--verbose")
    assert done.returncode == 0
    assert "stale, removed: hazard.py: SG101" in done.stderr
    assert f"1 stale entry removed from {NAME} (0 left).\n" in done.stderr
    assert paths(adopted) == []


def with_codes(project, *codes):
    """Put entries of the hazard under other codes into the baseline, in front of the others."""
    path = project / NAME
    lines = path.read_text("utf-8").splitlines()
    entry = next(line for line in lines if '"path"' in line)
    at = lines.index(entry)
    lines[at:at] = [entry.replace("SG101", code) for code in codes]
    path.write_text("\n".join(lines), "utf-8")


def rules(project, key="current"):
    document = json.loads((project / NAME).read_text("utf-8"))
    return [entry["rule"] for entry in document[key] if entry]


@pytest.mark.parametrize("command", ["write", "prune"])
def test_codes_that_no_rule_has_are_said_and_removed(adopted, tool, command):
    with_codes(adopted, "SG1O1", "SG999")
    done = tool("check")
    assert (done.returncode, done.stdout) == (0, "")
    what = f"warning: 2 entries of {NAME} have codes that no installed rule has: SG1O1 (nearest: SG101)"
    (said,) = (line for line in done.stderr.splitlines() if line.startswith("warning: "))
    assert said.startswith(f"{what}, SG999 (nearest: ")
    assert said.endswith("); `shapeguard baseline prune` removes them")
    assert "unknown code: hazard.py: SG1O1 in " in tool("check", "--verbose").stderr
    assert "SG1O1" not in tool("check", "--quiet").stderr
    assert "SG1O1" not in tool("check", "clean.py").stderr
    done = tool("baseline", command)
    (said,) = (line for line in done.stderr.splitlines() if line.startswith("warning: "))
    assert said.startswith(what)
    assert said.endswith("); removed")
    assert rules(adopted) == ["SG101"]
    assert "warning" not in tool("check").stderr


def test_an_accepted_entry_whose_code_no_rule_has_is_left_to_prune(adopted, tool):
    accept(adopted, "why")
    path = adopted / NAME
    path.write_text(path.read_text("utf-8").replace("SG101", "SG999"), "utf-8")
    done = tool("baseline", "write")
    assert (
        "1 entry of shapeguard-baseline.json has a code that no installed rule has" in done.stderr
    )
    assert "`shapeguard baseline prune` removes it\n" in done.stderr
    assert (rules(adopted, "accepted"), rules(adopted)) == (["SG999"], ["SG101"])
    assert "1 stale entry removed" in tool("baseline", "prune").stderr
    assert (rules(adopted, "accepted"), rules(adopted)) == ([], ["SG101"])


PACK = """\
from shapeguard_rules import RULES as THEIRS


class Own(THEIRS[0]):
    code = "XY101"
    name = "own"


RULES = (Own,)
"""


def test_entries_of_a_pack_that_is_broken_or_not_installed_are_kept(
    adopted, tool, tmp_path_factory
):
    library = tmp_path_factory.mktemp("library")
    info = library / "own_pack-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own-pack\nVersion: 1\n", "utf-8")
    (info / "entry_points.txt").write_text("[shapeguard.rules]\nown = own_pack:RULES\n", "utf-8")
    (library / "own_pack.py").write_text(PACK, "utf-8")
    tool("baseline", "write", PYTHONPATH=str(library))
    assert rules(adopted) == ["SG101", "XY101"]
    with_codes(adopted, "XY102", "SG999")
    what = f"1 entry of {NAME} has a code that no installed rule has: XY102 (nearest: XY101); "
    assert tool("check", PYTHONPATH=str(library)).returncode == 0

    (library / "own_pack.py").write_text("1 / 0\n", "utf-8")
    for command in ("prune", "write"):
        done = tool("baseline", command, PYTHONPATH=str(library))
        assert done.returncode == 2
        assert "ZeroDivisionError" in done.stderr
        assert "no installed rule" not in done.stderr
        assert rules(adopted) == ["SG101", "SG999", "XY101", "XY102"]

    for command in ("prune", "write"):
        done = tool("baseline", command)
        assert done.returncode == 0
        assert f"2 entries of {NAME} have codes that no installed rule has: XY101" in done.stderr
        assert "; install the pack that has the rule, or remove the lines\n" in done.stderr
        assert rules(adopted) == ["SG101", "XY101", "XY102"]

    (library / "own_pack.py").write_text(PACK, "utf-8")
    done = tool("baseline", "prune", PYTHONPATH=str(library))
    assert f"warning: {what}removed\n" in done.stderr
    assert rules(adopted) == ["SG101", "XY101"]


def test_a_renamed_file_is_stale_and_new(adopted, tool):
    (adopted / "hazard.py").rename(adopted / "renamed.py")
    done = tool("check", "--output-format", "concise")
    assert done.returncode == 1
    assert done.stdout.startswith("renamed.py:16:16: SG101 ")
    assert f"1 entry of {NAME} is stale" in done.stderr
    assert "stale" not in tool("check", "renamed.py").stderr
    done = tool("baseline", "write")
    assert "(0 accepted kept; 1 new, 1 stale removed)" in done.stderr
    assert paths(adopted) == ["renamed.py"]


def test_writing_for_some_paths_or_rules_keeps_the_others(adopted, tool):
    copy(adopted, "pkg/one.py")
    clean(adopted)
    done = tool("baseline", "write", "pkg", "--verbose")
    assert "new: pkg/one.py: SG101 in Layer.single" in done.stderr
    assert paths(adopted) == ["hazard.py", "pkg/one.py"]
    tool("baseline", "write", "--select", "SG3")
    assert paths(adopted) == ["hazard.py", "pkg/one.py"]
    tool("baseline", "write")
    assert paths(adopted) == ["pkg/one.py"]


def test_another_file_can_be_named(project, tool):
    done = tool("baseline", "write", "--baseline", "known.json", "hazard.py")
    assert done.stderr.splitlines()[-1].strip() == 'baseline = "known.json"'
    assert tool("check").returncode == 1
    assert tool("check", "--baseline", "known.json").returncode == 0
    clean(project)
    said = tool("check", "--baseline", "known.json").stderr
    assert "`shapeguard baseline prune --baseline known.json` removes it" in said
    assert tool("baseline", "prune", "--baseline", "known.json").returncode == 0
    assert paths(project, name="known.json") == []


def test_every_configuration_may_have_its_own_baseline(adopted, tool):
    for name, text in {"one": LINE, "two": ""}.items():
        copy(adopted, f"{name}/hazard.py")
        (adopted / name / "shapeguard.toml").write_text(text, "utf-8")
    done = tool("baseline", "write")
    assert done.returncode == 0
    assert "To use it, add to two/shapeguard.toml:\n" in done.stderr
    assert f'baseline = "../{NAME}"' in done.stderr
    assert paths(adopted / "one") == ["hazard.py"]
    assert paths(adopted) == ["hazard.py", "two/hazard.py"]
    done = tool("check", "--output-format", "concise")
    assert done.stdout.startswith("two/hazard.py:16:16: SG101 ")
    assert "2 findings are in the baseline." in done.stderr
    (adopted / "two" / "shapeguard.toml").write_text(f'baseline = "../{NAME}"\n', "utf-8")
    assert tool("check").returncode == 0
    assert tool("check", "two/hazard.py").returncode == 0


def test_without_configuration_the_baseline_lies_in_the_working_directory(project, tool):
    (project / "shapeguard.toml").unlink()
    done = tool("baseline", "write")
    assert "To use it, add to shapeguard.toml:" in done.stderr
    assert paths(project) == ["hazard.py"]
    (project / "pyproject.toml").write_text("[tool.shapeguard]\n", "utf-8")
    hint = "To use it, add to pyproject.toml below [tool.shapeguard]:"
    assert hint in tool("baseline", "write").stderr


def test_a_file_that_does_not_parse_is_in_no_baseline(adopted, tool):
    (adopted / "hazard.py").write_text("def f(:\n", "utf-8")
    done = tool("baseline", "write")
    assert done.returncode == 0
    assert "warning: hazard.py:1:7: SG900 is still reported" in done.stderr
    assert paths(adopted) == ["hazard.py"]
    done = tool("check", "--output-format", "concise")
    assert done.returncode == 1
    assert " SG900 " in done.stdout
    assert "stale" not in done.stderr


def test_a_baseline_that_is_missing_or_wrong_is_status_2(project, tool):
    (project / "shapeguard.toml").write_text(LINE, "utf-8")
    for command in (["check"], ["baseline", "prune"]):
        done = tool(*command)
        assert (done.returncode, done.stdout) == (2, "")
        assert (
            f"{project / NAME}: there is no such baseline; `shapeguard baseline wr" in done.stderr
        )
    (project / NAME).write_text('{"version": 2}', "utf-8")
    for command in (["check"], ["baseline", "write"], ["baseline", "prune"]):
        done = tool(*command)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"{project / NAME}: was written by a newer shapeguard: version 2" in done.stderr
    assert (project / NAME).read_text("utf-8") == '{"version": 2}'


def test_what_is_no_baseline_is_not_overwritten(project, tool):
    before = (project / "clean.py").read_bytes()
    done = tool("baseline", "write", "--baseline", "clean.py")
    assert done.returncode == 2
    assert "clean.py: line 1: no baseline of shapeguard" in done.stderr
    assert (project / "clean.py").read_bytes() == before
    os.mkfifo(project / "pipe")
    done = tool("baseline", "write", "--baseline", "pipe")
    assert done.returncode == 2
    assert "pipe: cannot be written: not a regular file" in done.stderr
    done = tool("baseline", "write", "--baseline", "no/b.json")
    assert done.returncode == 2
    assert "b.json: cannot be written: No such file or directory" in done.stderr


def test_a_path_that_is_missing_is_status_2(adopted, tool):
    done = tool("baseline", "write", "gone.py", "hazard.py")
    assert done.returncode == 2
    assert "error: gone.py: no such file or directory\n" in done.stderr
    assert paths(adopted) == ["hazard.py"]


def test_a_conflict_of_two_branches_is_resolved_by_prune(adopted, tool):
    def git(*arguments, status=0):
        alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        author = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        done = subprocess.run(
            ["git", *author, *arguments], cwd=adopted, env={**os.environ, **alone},
            capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == status, done.stdout + done.stderr

    def commit(name):
        tool("baseline", "write")
        git("add", ".")
        git("commit", "-qm", name)

    git("init", "-q", "-b", "main")
    commit("base")
    git("checkout", "-qb", "other")
    copy(adopted, "theirs.py")
    clean(adopted)
    commit("theirs")
    git("checkout", "-q", "main")
    copy(adopted, "ours.py")
    commit("ours")
    git("merge", "other", status=1)
    done = tool("check")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{NAME}: line " in done.stderr
    assert "merge conflict markers" in done.stderr
    conflicted = (adopted / NAME).read_bytes()
    said = f"warning: {NAME}: has merge conflicts; the entries of both sides are taken\n"
    done = tool("baseline", "write")
    assert (done.returncode, done.stderr.count(said)) == (0, 1)
    assert paths(adopted) == ["ours.py", "theirs.py"]
    assert said not in tool("baseline", "write").stderr
    (adopted / NAME).write_bytes(conflicted)
    done = tool("baseline", "prune")
    assert (done.returncode, done.stderr.count(said)) == (0, 1)
    assert paths(adopted) == ["ours.py", "theirs.py"]
    assert tool("check").returncode == 0


def test_git_is_told_how_to_merge_where_there_is_git(project, tool):
    (project / ".git").mkdir()
    said = tool("baseline", "write").stderr.splitlines()
    assert said[-2:] == [
        "So that git merges it line by line, add to .gitattributes:",
        f"    {NAME} merge=union",
    ]
