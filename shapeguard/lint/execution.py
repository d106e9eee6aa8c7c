"""The execution of functions, each for the files that ask for it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from shapeguard.lint.anchors import anchors_of
from shapeguard.lint.flow.interpreter import AnalysisFailedError, NotAnalysedError, analyse_function
from shapeguard.lint.flow.syntax.trees import forget_trees
from shapeguard.lint.heard import Heard
from shapeguard.lint.held import TREES
from shapeguard.lint.memory import seldom_collected
from shapeguard.lint.packs import load_models, raised_at
from shapeguard.lint.parts import Part
from shapeguard.lint.project import forget_where_much
from shapeguard.lint.resting import packed
from shapeguard.lint.tasks import Done, Ended, place_of
from shapeguard.lint.twins import Twins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from shapeguard.lint.asking import Asked
    from shapeguard.lint.flow.program import Function
    from shapeguard.lint.project import Project
    from shapeguard.lint.tasks import Task
    from shapeguard.lint.tracking import Seen


@seldom_collected()
def execute(
    tasks: Sequence[Task], asked: Asked, told: Callable[[int, int], None] | None = None
) -> Done:
    """Execute functions one after the other, and ask the rules about what happens in them.

    Return what came of them. ``told`` is called with the number of
    functions that are done and of all, before each.
    """
    projects = {each.project for each in tasks}
    heard = Heard()
    ended: list[Ended] = []
    for number, task in enumerate(tasks):
        if told is not None:
            told(number, len(tasks))
        end, seen = _executed(task, asked)
        parts = asked.taken()
        kept = _packed(task, end, parts, seen)
        ended.append(replace(end, parts=kept, rests_on=packed(seen.whole())))
        for part in parts.values():
            heard.add(part)
        if TREES.is_too_much:
            _drop_trees(projects)
        forget_where_much(projects)
    return Done(heard, ended, {each.root: each.taken() for each in projects})


def _packed(task: Task, end: Ended, parts: Mapping[str, Heard], seen: Seen) -> dict[str, bytes]:
    """Return what each file of a task has heard, be it nothing, as it is kept.

    What that rests on is added to ``seen``. Names of files need not be text, what is kept is.
    """
    nothing, kept = Heard(), dict[str, bytes]()
    for name in task.files:
        told = parts.get(name, nothing).plain()
        with task.project.tracker.tracked() as of_places:
            anchors = anchors_of(task.project, (each.finding for each in told.said))
        seen.add(of_places)
        with suppress(UnicodeEncodeError):
            (task.start.key + name).encode()
            kept[name] = Part(told, end.place, end.given_up, anchors).packed()
    return kept


def _drop_trees(projects: Iterable[Project]) -> None:
    for project in projects:
        project.drop_trees()
    forget_trees()
    TREES.characters = 0


def _executed(task: Task, asked: Asked) -> tuple[Ended, Seen]:
    project = task.project
    function, owner = task.entry()
    given_up = problem = ""
    with project.tracker.tracked() as seen:
        place = place_of(project, function)
        if owner is not None:
            project.see(owner)
        emit = partial(asked.hear, project, frozenset(task.files))
        if project.twins is None:
            project.twins = Twins(project, load_models())
        try:
            analyse_function(project, load_models(), function, emit, owner)
        except AnalysisFailedError as error:
            problem = _defect(function, error)
        except NotAnalysedError as error:
            given_up = str(error)
    return Ended(place, given_up, problem), seen


def _defect(function: Function, error: AnalysisFailedError) -> str:
    """Return what says that the analysis failed, with all that a report of the defect needs."""
    cause = error.__cause__
    where = raised_at(cause) if isinstance(cause, Exception) else ""
    what = f"{where}{type(cause).__name__}: {cause}"
    return (
        f"{function.module.filename}: `{function.qualname}` could not be analysed for a defect of "
        f"shapeguard, please report it: {what}"
    )
