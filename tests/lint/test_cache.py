"""The cache: what is found with it is what is found without, whatever has changed and gone wrong."""

from __future__ import annotations

import os
import random
import resource
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing

import pytest
from privileges import bound_by_permissions

from shapeguard.lint import snapshot
from shapeguard.lint.cache import Cache
from shapeguard.lint.cache_file import given_up
from shapeguard.lint.config import Hierarchy, Settings
from shapeguard.lint.engine import check

HELPER = """\
import torch

def kept(xs):
    return [x for x in xs if x.numel() > 3]

def joined(xs):
    return torch.cat(xs)
"""
USER = """\
from pkg.helper import kept, joined

def use(xs):
    return joined(kept(xs))
"""
BASE = """\
class Base:
    def rows(self, xs):
        return xs

    def run(self, xs):
        return torch.stack(self.rows(xs))
"""
CHILD = """\
import torch
from pkg.base import Base

class Child(Base):
    def rows(self, xs):
        return [x for x in xs if x.ok]

    def go(self, xs):
        return self.run(xs)
"""
ALONE = """\
def mean(xs):
    good = [x for x in xs if x > 0]
    return sum(good) / len(good)
"""
PROJECT = {
    "pkg/__init__.py": "",
    "pkg/helper.py": HELPER,
    "pkg/user.py": USER,
    "pkg/base.py": f"import torch\n\n{BASE}",
    "pkg/child.py": CHILD,
    "pkg/alone.py": ALONE,
}


@pytest.fixture
def project(tmp_path):
    write(tmp_path, {"shapeguard.toml": "", **PROJECT})
    return tmp_path


def write(directory, files):
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def files_of(directory):
    return sorted(directory.rglob("*.py"))


def cache_of(directory, environment="here"):
    return Cache(directory / ".shapeguard_cache" / "results.sqlite", environment)


def checked(directory, cache=None, paths=None):
    files = files_of(directory) if paths is None else [directory / name for name in paths]
    return check(files, Hierarchy(directory), root=directory, cache=cache and (lambda: cache))


def hits(directory, paths=None):
    cache = cache_of(directory)
    outcome = checked(directory, cache, paths)
    assert cache.trouble == ""
    assert outcome == checked(directory, None, paths)
    return cache.hits


def test_a_second_check_takes_everything_from_the_cache(project):
    assert hits(project) == 0
    assert hits(project) == len(PROJECT)
    assert hits(project, ["pkg/user.py"]) == 1


def test_findings_are_really_there(project):
    codes = sorted((each.span.filename, each.code) for each in checked(project).findings)
    assert codes == [
        ("pkg/alone.py", "SG304"),
        ("pkg/base.py", "SG103"),
        ("pkg/helper.py", "SG103"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("pkg/alone.py", ALONE + "\n", 5),
        ("pkg/child.py", CHILD.replace("if x.ok", ""), 4),
        ("pkg/user.py", USER.replace("kept(xs)", "xs"), 4),
    ],
)
def test_a_change_drops_what_rests_on_it_and_nothing_else(project, name, text, left):
    hits(project)
    write(project, {name: text})
    assert hits(project) == left
    assert hits(project) == len(PROJECT)


def test_a_file_that_is_only_touched_is_no_change(project):
    hits(project)
    os.utime(project / "pkg/helper.py", (1, 1))
    assert hits(project) == len(PROJECT)


@pytest.mark.parametrize("racy", [0, 2_000_000_000])
def test_a_change_that_keeps_size_and_time_is_noticed(project, monkeypatch, racy):
    monkeypatch.setattr(snapshot, "_RACY_NS", racy)  # as if the file were looked at much later
    hits(project)
    path = project / "pkg/alone.py"
    status = path.stat()
    path.write_text(ALONE.replace("> 0", "< 0"), "utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert hits(project) == len(PROJECT) - 1


def test_a_new_caller_elsewhere_is_a_change(project):
    write(project, {"pkg/user.py": "def nothing():\n    pass\n"})
    hits(project)
    assert [each.span.filename for each in checked(project).findings] == [
        "pkg/alone.py",
        "pkg/base.py",
    ]
    write(project, {"pkg/user.py": USER})
    hits(project)
    write(project, {"pkg/other.py": USER})
    hits(project)
    (project / "pkg/other.py").unlink()
    hits(project)


def test_a_module_that_comes_later_is_a_change(project):
    (project / "pkg/helper.py").unlink()
    hits(project)
    write(project, {"pkg/helper.py": HELPER})
    assert hits(project) < len(PROJECT)


@pytest.mark.parametrize("seed", range(12))
def test_any_history_of_edits(project, seed):
    """Whatever is done to the files, a check with the cache finds what one without it finds."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    pieces = {
        "pkg/helper.py": [HELPER, HELPER.replace(" if x.numel() > 3", ""), "", "x = ("],
        "pkg/user.py": [USER, USER.replace("kept(xs)", "list(xs)"), "def joined(x):\n    pass\n"],
        "pkg/base.py": [
            PROJECT["pkg/base.py"],
            f"import torch\n\n{BASE.replace('return xs', 'return []')}",
        ],
        "pkg/child.py": [CHILD, CHILD.replace("(Base)", ""), CHILD.replace("rows", "other")],
        "pkg/alone.py": [ALONE, ALONE + "\n# shapeguard: ignore-file[SG304] why\n"],
        "pkg/more.py": ["from pkg.user import use\nuse([])\n", CHILD.replace("Child", "Second")],
        "pkg/sub/__init__.py": [""],
        "pkg/sub/helper.py": [HELPER],
    }
    for _ in range(8):
        for name in chance.sample(sorted(pieces), chance.randint(1, 3)):
            if chance.random() < 0.25 and name != "pkg/__init__.py":
                (project / name).unlink(missing_ok=True)
            else:
                write(project, {name: chance.choice(pieces[name])})
        some = [path.relative_to(project).as_posix() for path in files_of(project)]
        hits(project, chance.sample(some, chance.randint(1, len(some))))
    hits(project)


# --- what else a result rests on ---


@pytest.mark.parametrize(
    "text",
    [
        'select = ["SG1"]',
        'empty-axes = ["share"]',
        'src = ["pkg"]',
        '[rules.SG903]\npattern = "x"\n',
    ],
)
def test_settings_that_matter(project, text):
    hits(project)
    write(project, {"shapeguard.toml": text})
    assert hits(project) in {0, len(PROJECT) * ("SG903" in text)}


@pytest.mark.parametrize("text", ['min-confidence = "low"', '[rules.SG103]\nseverity = "info"'])
def test_settings_that_only_choose_among_what_is_found(project, text):
    hits(project)
    write(project, {"shapeguard.toml": text})
    assert hits(project) == len(PROJECT)


def test_requirements_of_the_project(project):
    hits(project)
    write(project, {"requirements.txt": "adapters<1.0\n"})
    assert hits(project) == 0


def test_another_version_starts_anew(project):
    hits(project)
    other = cache_of(project, "another version")
    assert checked(project, other) == checked(project)
    assert other.hits == 0
    assert other.facts() is None


def test_another_working_directory_has_other_names(project):
    hits(project)
    inner, cache = project / "pkg", cache_of(project)
    found = check(files_of(inner), Hierarchy(inner), root=inner, cache=lambda: cache)
    assert found == check(files_of(inner), Hierarchy(inner), root=inner)
    assert cache.hits == 0


def test_given_contents_are_not_kept(project):
    cache = cache_of(project)
    path = project / "pkg/alone.py"
    check([path], Settings(), root=project, overrides={path: b"x = 1\n"}, cache=lambda: cache)
    assert hits(project, ["pkg/alone.py"]) == 0


# --- what can go wrong ---


def test_the_directory_keeps_itself_out_of_repositories_and_backups(project):
    hits(project)
    directory = project / ".shapeguard_cache"
    assert (directory / ".gitignore").read_text("utf-8") == "*\n"
    assert (directory / "CACHEDIR.TAG").read_text("utf-8").startswith("Signature: 8a477f597d28d172")


def test_what_a_full_disk_left_empty_is_written_again(project):
    directory = project / ".shapeguard_cache"
    directory.mkdir()
    for name in (".gitignore", "CACHEDIR.TAG"):
        (directory / name).touch()
    hits(project)
    assert (directory / ".gitignore").read_text("utf-8") == "*\n"
    assert (directory / "CACHEDIR.TAG").read_text("utf-8").startswith("Signature: ")


@pytest.mark.parametrize(
    "content", [b"no database" * 1000, b"", b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_broken_file_is_thrown_away(project, content):
    expected = checked(project)
    cache = cache_of(project)
    cache.path.parent.mkdir()
    cache.path.write_bytes(content)
    assert checked(project, cache) == expected
    hits(project)
    assert hits(project) == len(PROJECT)


def test_a_file_that_is_broken_inside_is_thrown_away(project):
    hits(project)
    path = cache_of(project).path
    data = bytearray(path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    path.write_bytes(data)
    expected = checked(project)
    assert checked(project, cache_of(project)) == expected
    assert checked(project, cache_of(project)) == expected
    assert hits(project) == len(PROJECT)


@pytest.mark.parametrize(
    "change",
    [
        "update about set value = cast(x'ff' as text) where name = 'environment'",
        "alter table file rename column digest to other",
        "update file set words = x'00ff'",
        "update heard set seen = x'00ff'",
        "update result set seen = x'00ff', value = x'00ff'",
    ],
)
def test_rows_that_are_broken_are_made_anew(project, change):
    hits(project)
    with closing(sqlite3.connect(cache_of(project).path)) as database, database:
        database.execute(change)
    write(project, {"pkg/helper.py": HELPER.replace("> 3", "> 4")})
    expected = checked(project)
    troubles = []
    for _ in range(3):
        cache = cache_of(project)
        assert checked(project, cache) == expected
        troubles.append(cache.trouble)
    assert not any(troubles[1:])
    assert hits(project) == len(PROJECT)


def test_a_file_that_is_in_use_stays(project):
    hits(project)
    path = cache_of(project).path
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        busy = sqlite3.OperationalError("database is locked")
        busy.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT
        assert given_up(path, busy).endswith("locked")
    assert hits(project) == len(PROJECT)


def test_a_directory_that_cannot_be_written(project):
    code = f"""
        from pathlib import Path
        from shapeguard.lint.cache import Cache
        from shapeguard.lint.config import Hierarchy
        from shapeguard.lint.engine import check
        here = Path({str(project)!r})
        cache = Cache(here / ".shapeguard_cache/results.sqlite", "here")
        found = check(sorted(here.rglob("*.py")), Hierarchy(here), root=here, cache=lambda: cache)
        print(len(found.findings), "ermission denied" in cache.trouble)
        """
    project.chmod(0o555)
    command = bound_by_permissions([sys.executable, "-c", textwrap.dedent(code)])
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    project.chmod(0o755)
    assert (done.stdout, done.stderr) == ("3 True\n", "")


def test_a_directory_that_can_only_be_read_tells_what_is_known(project):
    hits(project)
    code = f"""
        from pathlib import Path
        from shapeguard.lint.cache import Cache
        from shapeguard.lint.config import Hierarchy
        from shapeguard.lint.engine import check
        here = Path({str(project)!r})
        cache = Cache(here / ".shapeguard_cache/results.sqlite", "here")
        found = check(sorted(here.rglob("*.py")), Hierarchy(here), root=here, cache=lambda: cache)
        print(len(found.findings), cache.hits, repr(cache.trouble), cache._place.path.is_file())
        print(cache._place.path.parent)
        """
    directory = project / ".shapeguard_cache"
    directory.chmod(0o555)
    for path in directory.iterdir():
        path.chmod(0o444)
    command = bound_by_permissions([sys.executable, "-c", textwrap.dedent(code)])
    for changed, known in ((HELPER, len(PROJECT)), (HELPER.replace("> 3", "> 4"), 5)):
        write(project, {"pkg/helper.py": changed})
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said, copy = done.stdout.splitlines()
        assert (said, done.stderr) == (f"3 {known} '' True", "")
        assert not os.path.exists(copy)  # noqa: PTH110 - as it was printed
    directory.chmod(0o755)


def test_a_place_where_no_directory_can_be(project):
    write(project, {".shapeguard_cache": "a file"})
    cache = cache_of(project)
    assert checked(project, cache) == checked(project)
    assert cache.trouble


def test_a_full_disk(project):
    code = f"""
        import resource, signal
        from pathlib import Path
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, {resource.RLIM_INFINITY}))
        from shapeguard.lint.cache import Cache
        from shapeguard.lint.config import Hierarchy
        from shapeguard.lint.engine import check
        here = Path({str(project)!r})
        cache = Cache(here / ".shapeguard_cache/results.sqlite", "here")
        files = sorted(here.rglob("*.py"))
        found = check(files, Hierarchy(here), root=here, cache=lambda: cache)
        print(len(found.findings), bool(cache.trouble))
        """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "3 True\n"
    hits(project)
    assert hits(project) == len(PROJECT)


def test_checks_at_the_same_time(project):
    command = [sys.executable, "-m", "shapeguard", "check", "--output-format", "json"]
    running = [
        subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    outputs = [each.communicate() for each in running]
    assert len({output for output, _ in outputs}) == 1
    assert all(b"error" not in errors for _, errors in outputs)


def test_a_change_while_a_check_runs_is_not_overwritten_by_it(project):
    first, second = cache_of(project), cache_of(project)

    def edited(done, _total):
        if done == 0:
            write(project, {"pkg/alone.py": ALONE.replace("/ len(good)", "")})
            checked(project, second)

    check(files_of(project), Hierarchy(project), root=project, cache=lambda: first, told=edited)
    hits(project)


def test_a_killed_check_leaves_a_cache_that_can_be_used(project):
    hits(project)
    write(project, {"pkg/helper.py": HELPER + "\n\n" + HELPER.replace("joined", "other")})
    command = [sys.executable, "-m", "shapeguard", "check", "-q"]
    running = subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL)
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(0.3)
    running.kill()
    running.wait()
    hits(project)
