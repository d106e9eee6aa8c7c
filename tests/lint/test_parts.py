"""Executions are kept by themselves: a change of a file costs what has looked at that file."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing

import pytest

from shapeguard.lint.cache import Cache
from shapeguard.lint.config import Hierarchy
from shapeguard.lint.engine import check
from shapeguard.lint.labour import Jobs, alone
from tests.rules.test_released_packages import unpacked

FILES = {
    "shapeguard.toml": "",
    "pkg/__init__.py": "",
    "pkg/ops.py": """\
import torch

class Pool:
    def __init__(self):
        self.kept = []

    def rows(self, xs):
        return xs

    def joined(self, xs):
        return torch.cat(self.rows(xs))

def stacked(xs):
    return torch.stack(xs)
""",
    "pkg/first.py": """\
import torch
from pkg.ops import Pool, stacked

class First(Pool):
    def rows(self, xs):
        return [torch.cat([x for x in xs if x.ok])]

def first(xs):
    return stacked(xs), xs[0]
""",
    "pkg/second.py": """\
from pkg.ops import stacked

def second(xs):
    return stacked([x for x in xs if x > 0]), xs[1]
""",
    "pkg/third.py": """\
def third(xs):
    return sum(xs) / len(xs)
""",
}


@pytest.fixture
def project(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def add_to(path, text="\n# more\n"):
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def executed(directory, names=None):
    """Check with the cache, compare with a check without, and return what was executed, for which files."""
    tasks = []

    def labour(given, rules, wanted, told):
        tasks.extend(given)
        return alone(given, rules, wanted, told)

    files = sorted(directory.rglob("*.py")) if names is None else [directory / n for n in names]
    settings = Hierarchy(directory)
    cache = Cache(directory / ".shapeguard_cache" / "results.sqlite", "here")
    outcome = check(files, settings, root=directory, cache=lambda: cache, labour=labour)
    assert cache.trouble == ""
    assert outcome == check(files, Hierarchy(directory), root=directory)
    return {(repr(t.function), t.owner and t.owner.name, name) for t in tasks for name in t.files}


def test_what_has_looked_at_the_changed_file_is_executed_anew_and_nothing_else(project):
    everything = executed(project)
    assert ("pkg.first.first", None, "pkg/ops.py") in everything
    assert ("pkg.ops.stacked", None, "pkg/ops.py") in everything
    add_to(project / "pkg/second.py")
    assert {function for function, _, _ in executed(project)} == {"pkg.second.second"}
    assert executed(project) == set()
    add_to(project / "pkg/ops.py")
    assert executed(project) == {each for each in everything if "third" not in each[0]}


def test_what_runs_for_a_class_of_a_changed_file_is_executed_anew(project):
    inherited = ("pkg.ops.Pool.joined", "First", "pkg/first.py")
    assert inherited in executed(project)
    text = FILES["pkg/first.py"].replace("[x for x in xs if x.ok]", "xs")
    (project / "pkg/first.py").write_text(text, "utf-8")
    again = executed(project)
    assert inherited in again
    assert not any(owner == "Pool" for _, owner, _ in again)


def test_a_file_that_asks_for_the_first_time_hears_of_an_execution(project):
    executed(project, ["pkg/first.py"])
    assert ("pkg.first.first", None, "pkg/ops.py") in executed(project, ["pkg/ops.py"])
    add_to(project / "pkg/second.py")
    assert executed(project, ["pkg/first.py", "pkg/ops.py", "pkg/second.py"]) == {
        ("pkg.second.second", None, "pkg/ops.py"),
        ("pkg.second.second", None, "pkg/second.py"),
    }


def test_lines_that_have_moved_are_where_they_are(project):
    executed(project)
    path = project / "pkg/ops.py"
    path.write_text("# one more line\n" + path.read_text("utf-8"), "utf-8")
    assert executed(project)


def test_other_settings_hear_for_themselves(project):
    everything = executed(project)
    (project / "shapeguard.toml").write_text('empty-axes = ["share"]\n', "utf-8")
    assert executed(project) == everything


def test_what_a_class_makes_of_an_attribute_is_remembered_with_what_it_rests_on(project):
    """Whoever asks second depends on the constructor as well as whoever asked first."""
    texts = {
        "pkg/held.py": (
            "from pkg.ops import Pool\n\nclass Held:\n    def __init__(self):\n"
            "        self.pool = Pool()\n\n    def one(self, xs):\n        return self.pool.joined(xs)[0]\n\n"
            "    def two(self, xs):\n        return self.pool.joined(xs)[1]\n"
        ),
    }
    for name, text in texts.items():
        (project / name).write_text(text, "utf-8")
    executed(project)
    add_to(project / "pkg/ops.py")
    again = {function for function, _, _ in executed(project)}
    assert {"pkg.held.Held.one", "pkg.held.Held.two"} <= again


def test_a_part_that_cannot_be_read_is_heard_again(project):
    everything = executed(project)
    with closing(sqlite3.connect(project / ".shapeguard_cache" / "results.sqlite")) as database:
        database.execute("update heard set value = x'00'")
        database.execute("delete from result")
        database.commit()
    assert executed(project) == everything


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_history_of_changes_of_a_released_package(tmp_path, jobs):
    """Whatever file is changed, and wherever lines move, findings are those of a check without a cache."""
    shutil.copytree(
        unpacked("pytorch-metric-learning", "2.9.0") / "pytorch_metric_learning",
        tmp_path / "pytorch_metric_learning",
    )
    chance = random.Random(jobs)  # noqa: S311 - no secret
    files = sorted(tmp_path.rglob("*.py"))
    labour = Jobs(jobs, tmp_path)
    for number in range(3):
        cache = Cache(tmp_path / ".shapeguard_cache" / "results.sqlite", "here")
        some = files if number < 2 else chance.sample(files, len(files) // 2)
        found = check(
            some, Hierarchy(tmp_path), root=tmp_path, cache=lambda cache=cache: cache, labour=labour
        )
        assert cache.trouble == ""
        assert found == check(some, Hierarchy(tmp_path), root=tmp_path)
        for path in chance.sample(files, 4):
            text = path.read_text("utf-8")
            changed = (
                f"# moved\n{text}" if chance.random() < 0.5 else f"{text}\n\ndef f(x): return x\n"
            )
            path.write_text(changed, "utf-8")
