"""Executions are kept by themselves: a change of a function costs what has looked at that function."""

from __future__ import annotations

import ast
import random
import shutil
import sqlite3
from contextlib import closing

import pytest

from shapeguard.lint import keeping, labour
from shapeguard.lint.cache import Cache
from shapeguard.lint.config import Hierarchy
from shapeguard.lint.engine import check
from shapeguard.lint.labour import Jobs
from shapeguard.lint.workshop import alone
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


def cache_of(directory):
    return Cache(directory / ".shapeguard_cache" / "results.sqlite", "here")


def executed(directory, names=None):
    """Check with the cache, compare with a check without, and return what was executed, for which files."""
    tasks = []

    def noted(given, rules, wanted, told):
        tasks.extend(given)
        return alone(given, rules, wanted, told)

    files = sorted(directory.rglob("*.py")) if names is None else [directory / n for n in names]
    settings = Hierarchy(directory)
    cache = cache_of(directory)
    outcome = check(files, settings, root=directory, cache=lambda: cache, labour=noted)
    assert cache.trouble == ""
    assert outcome == check(files, Hierarchy(directory), root=directory)
    started = ((*each.entry(), name) for each in tasks for name in each.files)
    return {(repr(function), owner and owner.name, name) for function, owner, name in started}


def put_in(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def functions(tasks):
    return {function for function, _, _ in tasks}


def lines(directory):
    """Return where a check without a cache finds something."""
    files = sorted(directory.rglob("*.py"))
    outcome = check(files, Hierarchy(directory), root=directory)
    return {(each.span.filename, each.span.start.row) for each in outcome.findings}


def test_what_has_looked_at_the_changed_function_is_executed_anew_and_nothing_else(project):
    everything = executed(project)
    assert ("pkg.first.first", None, "pkg/ops.py") in everything
    assert ("pkg.ops.stacked", None, "pkg/ops.py") in everything
    put_in(project / "pkg/second.py", "xs[1]", "xs[2]")
    assert functions(executed(project)) == {"pkg.second.second"}
    assert executed(project) == set()
    put_in(project / "pkg/ops.py", "torch.stack(xs)", "torch.stack(xs, 0)")
    again = executed(project)
    assert again == {
        each for each in everything if each[0].rpartition(".")[2] in {"stacked", "first", "second"}
    }
    assert executed(project) == set()


@pytest.mark.parametrize(
    ("end", "waits"), [(KeyboardInterrupt, keeping.LONGEST), (SystemExit, 0.0)]
)
def test_what_a_check_has_done_is_kept_that_is_ended(project, monkeypatch, end, waits):
    """Where it is interrupted at once, where it is killed what waited longer."""
    monkeypatch.setattr(keeping, "LONGEST", waits)
    monkeypatch.setattr(labour, "BATCH", 1)

    def interrupted(done, _total):
        if done == 2:
            raise end

    cache, files = cache_of(project), sorted(project.rglob("*.py"))
    with pytest.raises(end):
        check(files, Hierarchy(project), root=project, cache=lambda: cache, told=interrupted)
    put_in(project / "pkg/third.py", "sum(xs)", "sum(xs) + 1")
    again = functions(executed(project))
    assert {"pkg.third.third", "pkg.ops.stacked"} <= again
    assert "pkg.first.First.rows" not in again
    assert executed(project) == set()


def test_what_was_another_file_for_a_while_is_not_kept(project):
    """A file that is changed after its state was noted, and changed back before the next check."""
    path, files = project / "pkg/ops.py", sorted(project.rglob("*.py"))
    before = path.read_text("utf-8")

    class Changing(Cache):
        def comers(self, root, contexts):
            put_in(path, "torch.stack(xs)", "list(xs)")
            return super().comers(root, contexts)

    cache = Changing(cache_of(project).path, "here")
    check(files, Hierarchy(project), root=project, cache=lambda: cache)
    path.write_text(before, "utf-8")
    assert "pkg.ops.stacked" in functions(executed(project))


def test_what_stands_around_functions_has_an_effect_on_all_that_looked_at_the_file(project):
    everything = executed(project)
    add_to(project / "pkg/ops.py", "\nMOST = 3\n")
    assert executed(project) == {each for each in everything if "third" not in each[0]}


def test_a_function_or_a_class_that_comes_has_an_effect_on_what_looked_for_its_name(project):
    everything = executed(project)
    add_to(
        project / "pkg/ops.py", "\n\nclass Fresh:\n    def rows(self, xs):\n        return xs[0]\n"
    )
    add_to(project / "pkg/ops.py", "\n\ndef fresh(xs):\n    return torch.cat(xs)\n")
    again = executed(project)
    assert again == {each for each in again if "resh" in each[0]} != set()
    add_to(project / "pkg/third.py", "\n\ndef len(xs):\n    return 1\n")
    assert "pkg.third.third" in functions(executed(project))
    put_in(
        project / "pkg/ops.py",
        "class Pool:",
        "class Pool:\n    def extra(self):\n        return 1\n",
    )
    again = executed(project)
    assert {each for each in everything if "Pool" in each[0]} <= again
    assert ("pkg.second.second", None, "pkg/second.py") not in again


def test_comments_outside_of_functions_and_empty_lines_have_no_effect(project):
    executed(project)
    for name in ("ops", "second"):
        add_to(project / f"pkg/{name}.py")
    assert executed(project) == set()


def test_a_guard_of_the_same_thing_elsewhere_is_heard_of(project):
    """A twin is looked for in functions that the execution does not come to."""
    put_in(
        project / "pkg/third.py", "return sum(xs) / len(xs)", "return sum(xs.kept) / len(xs.kept)"
    )
    add_to(project / "pkg/third.py", "\n\ndef other(xs):\n    return xs.kept[0]\n")
    executed(project)
    guarded = "    if len(xs.kept) == 0:\n        return None\n    return 1 / len(xs.kept)\n"
    put_in(project / "pkg/third.py", "    return xs.kept[0]\n", guarded)
    assert "pkg.third.third" in functions(executed(project))


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
    put_in(project / "pkg/second.py", "xs[1]", "xs[2]")
    assert executed(project, ["pkg/first.py", "pkg/ops.py", "pkg/second.py"]) == {
        ("pkg.second.second", None, "pkg/ops.py"),
        ("pkg.second.second", None, "pkg/second.py"),
    }


def test_what_was_found_is_where_it_stands_when_lines_have_moved(project):
    executed(project)
    assert lines(project)
    for name in ("ops", "first", "second", "third"):
        path = project / f"pkg/{name}.py"
        path.write_text("# one\n# two\n\n" + path.read_text("utf-8"), "utf-8")
    before = lines(project)
    assert executed(project) == set()
    put_in(project / "pkg/ops.py", "# two\n", "# two\n# three\n")
    assert executed(project) == set()
    assert lines(project) != before


def test_functions_of_one_name_are_told_apart_where_they_stand(project):
    twice = "\n\nif late:\n    def of(xs):\n        return xs[0]\nelse:\n    def of(xs):\n        return xs[1]\n"
    add_to(project / "pkg/third.py", twice)
    tasks = executed(project)
    assert len([each for each in tasks if each[0] == "pkg.third.of"]) == 1
    put_in(project / "pkg/third.py", "xs[1]", "xs[-1] / len(xs)")
    again = functions(executed(project))
    assert "pkg.third.of" in again
    assert "pkg.third.third" not in again


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
    put_in(project / "pkg/ops.py", "self.kept = []", "self.kept = [1]")
    again = functions(executed(project))
    assert {"pkg.held.Held.one", "pkg.held.Held.two"} <= again


def test_a_part_that_cannot_be_read_is_heard_again(project):
    everything = executed(project)
    with closing(sqlite3.connect(project / ".shapeguard_cache" / "results.sqlite")) as database:
        database.execute("update heard set value = x'00'")
        database.execute("delete from result")
        database.commit()
    assert executed(project) == everything


def test_a_file_that_comes_or_goes_has_an_effect_on_what_looked_for_what_is_in_it(project):
    everything = executed(project)
    (project / "pkg/fresh.py").write_text("def fresh(xs):\n    return xs[0]\n", "utf-8")
    assert functions(executed(project)) <= {"pkg.fresh.fresh"}
    (project / "pkg/fresh.py").unlink()
    assert executed(project) == set()
    (project / "pkg/ops.py").unlink()
    assert {"pkg.first.first", "pkg.second.second"} <= functions(executed(project))
    (project / "pkg/ops.py").write_text(FILES["pkg/ops.py"], "utf-8")
    assert functions(executed(project)) == functions(everything) - {"pkg.third.third"}


def test_what_a_twin_makes_of_its_class_is_heard_of(project):
    twin = (
        "class Twin:\n    def load(self, xs):\n        if self.is_empty(xs.kept):\n"
        "            return None\n        return 1 / len(xs.kept)\n"
    )
    (project / "pkg/twin.py").write_text(twin, "utf-8")
    add_to(project / "pkg/third.py", "\n\ndef load(xs):\n    return 1 / len(xs.kept)\n")
    executed(project)
    told = "\n    def is_empty(self, of):\n        return len(of) == 0\n"
    add_to(project / "pkg/twin.py", told)
    again = functions(executed(project))
    assert "pkg.third.load" in again
    assert "pkg.first.first" not in again


def edited(text, chance):
    """Change something of a module that leaves it one: around its functions, or within one of them."""
    lines = text.splitlines(keepends=True)
    defined = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef)]
    within = chance.choice(defined) if defined else None
    match chance.choice(["top", "end", "say", "join", "drop", "rename"]):
        case "top":
            lines.insert(0, "# moved\n")
        case "say" if within is not None and within.body[-1].lineno > within.lineno:
            lines.insert(within.body[-1].lineno - 1, " " * within.body[-1].col_offset + "# said\n")
        case "join" if within is not None and within.body[-1].lineno > within.lineno:
            said = "import torch; _ = torch.cat([each for each in [] if each.ok])\n"
            lines.insert(within.body[-1].lineno - 1, " " * within.body[-1].col_offset + said)
        case "drop" if within is not None and within.body[-1].lineno > within.lineno:
            last = within.body[-1]
            lines[last.lineno - 1 : last.end_lineno] = [" " * last.col_offset + "pass\n"]
        case "rename" if within is not None:
            row = within.lineno - 1
            lines[row] = lines[row].replace(f"def {within.name}", f"def {within.name}_", 1)
        case _:
            lines.append("\n\ndef f(x): return x\n")
    return "".join(lines)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_history_of_changes_of_a_released_package(tmp_path, jobs):
    """Whatever file is changed, and wherever lines move, findings are those of a check without a cache."""
    shutil.copytree(
        unpacked("pytorch-metric-learning", "2.9.0") / "pytorch_metric_learning",
        tmp_path / "pytorch_metric_learning",
    )
    chance = random.Random(jobs)  # noqa: S311 - no secret
    files = sorted(tmp_path.rglob("*.py"))
    crew = Jobs(jobs, tmp_path)
    for number in range(4):
        cache = cache_of(tmp_path)
        some = files if number < 2 else chance.sample(files, len(files) // 2)
        found = check(
            some, Hierarchy(tmp_path), root=tmp_path, cache=lambda cache=cache: cache, labour=crew
        )
        assert cache.trouble == ""
        assert found == check(some, Hierarchy(tmp_path), root=tmp_path)
        for path in chance.sample(files, 5):
            path.write_text(edited(path.read_text("utf-8"), chance), "utf-8")
