"""Trees and outlines are dropped where they are much, and nothing that is found depends on that."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import libcst as cst

from shapeguard.finding import Confidence
from shapeguard.lint import held, parsing, project
from shapeguard.lint.cache import Cache
from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check
from shapeguard.lint.labour import Crew
from shapeguard.lint.workshop import alone
from tests.rules.test_released_packages import unpacked

EVERYONE = Settings(preview=True, min_confidence=Confidence.LOW)
PART = "adapters/methods/*.py"
FEW = "adapters/methods/p*.py"


def checked(home, part=PART, **how):
    return check(sorted(home.glob(part)), EVERYONE, root=home, **how)


def read_little():
    """Let this process hold the outlines of hardly one file."""
    project.MOST_READ = 1


def test_what_is_found_does_not_depend_on_when_trees_are_dropped(monkeypatch):
    home, parsed = unpacked("adapters", "1.3.0"), []
    parse = parsing.cst.parse_module

    def counted(text):
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr(parsing.cst, "parse_module", counted)
    kept = checked(home)
    once = len(parsed)
    monkeypatch.setattr(held, "MOST_PARSED", 20_000)
    assert checked(home) == kept
    assert len(parsed) - once > 2 * once


def test_trees_that_are_dropped_are_let_go(monkeypatch):
    """What is known of the nodes of a tree holds it as well."""
    monkeypatch.setattr(held, "MOST_PARSED", 1)
    gc.collect()
    before = trees()
    assert checked(unpacked("adapters", "1.3.0")).findings
    gc.collect()
    assert trees() - before < 20


def trees():
    return sum(type(each) is cst.FunctionDef for each in gc.get_objects())


def test_what_is_found_does_not_depend_on_when_files_are_forgotten(monkeypatch, tmp_path):
    home = unpacked("adapters", "1.3.0")
    kept = checked(home, FEW)
    monkeypatch.setattr(project, "MOST_READ", 1)
    context = get_context("spawn")
    cache = Cache(tmp_path / "results.sqlite", "here")
    assert kept.findings
    assert checked(home, FEW, cache=lambda: cache) == kept
    assert checked(home, FEW, cache=lambda: cache) == kept
    assert (cache.trouble, cache.hits) == ("", kept.checked)
    with ProcessPoolExecutor(2, context, initializer=read_little) as pool:
        assert checked(home, FEW, labour=Crew(pool, "forgetting", home)) == kept


def test_what_is_forgotten_is_let_go():
    home, projects = unpacked("adapters", "1.3.0"), set[project.Project]()

    def executed(tasks, *others):
        projects.update(each.project for each in tasks)
        return alone(tasks, *others)

    checked(home, labour=executed)
    (own,) = projects
    outlines = [own.outline(path) for path in sorted(home.glob(PART))]
    modules = [weakref.ref(each.module) for each in outlines]
    del outlines
    own.forget()
    gc.collect()
    assert [each() for each in modules if each() is not None] == []
