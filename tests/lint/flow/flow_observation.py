"""What the analysis says at the points that a program marks with ``observe([...])``.

``observe`` is an op model of these tests: a join, the event that carries abstract values and facts
to the rules. The same program can be run for real with a function of that name, and
:func:`agrees` compares what the analysis said with what was there.
"""

from __future__ import annotations

import contextlib
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shapeguard.lint.flow.domain.numbers import UndefinedError
from shapeguard.lint.flow.domain.predicates import every
from shapeguard.lint.flow.domain.tensors import Slice, Tensor
from shapeguard.lint.flow.domain.terms import ZERO, Sizes, Symbol, Term
from shapeguard.lint.flow.domain.values import (
    Bool,
    Choice,
    Int,
    Missing,
    Record,
    Sequence,
    Shape,
    Text,
)
from shapeguard.lint.flow.events import Join, Lookup
from shapeguard.lint.flow.evidence.emptiness import emptiness
from shapeguard.lint.flow.evidence.witness import Assignment, holds
from shapeguard.lint.flow.interpreter import analyse_function
from shapeguard.lint.flow.models.vocabulary import Joins, Parameter
from shapeguard.lint.packs import load_models
from shapeguard.lint.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Event
    from shapeguard.lint.flow.evidence.reasons import Reason
    from shapeguard.lint.flow.program import Function
    from shapeguard.lint.flow.trace import Trail


@dataclass(frozen=True)
class Observation:
    """What the analysis knows at one call of ``observe``."""

    operands: tuple[Value, ...]
    facts: tuple[Predicate, ...]
    path: Trail
    function: Function


OBSERVE = Joins("observe", Parameter("dim", 1, 0))


def with_body(head: str, body: str) -> str:
    """Return a program whose last function has a body, which is written without its indentation."""
    return f"{head}{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n"


def happened(directory: Path, text: str, name: str = "f", **options: Any) -> list[Event]:
    """Analyse the function ``name`` of a module and return the events in it."""
    (directory / "module.py").write_text(textwrap.dedent(text), "utf-8")
    project = Project(directory, lambda path: path.name)
    outline = project.outline(directory / "module.py")
    assert outline is not None
    function = next(each for each in outline.functions if each.qualname == name)
    events: list[Event] = []
    models = {**load_models(), OBSERVE.name: OBSERVE}
    analyse_function(project, models, function, events.append, function.owner, **options)
    return events


def observed(directory: Path, text: str, name: str = "f", **options: Any) -> list[Observation]:
    """Analyse the function ``name`` of a module and return what it observes."""
    events = happened(directory, text, name, **options)
    joins = [event for event in events if isinstance(event, Join)]
    return [_observation(event) for event in joins if event.operation == OBSERVE.name]


def kinds_of_evidence(directory: Path, text: str) -> list[Reason]:
    """Return the kinds of evidence that what the function ``f`` looks something up in is empty."""
    lookups = [each for each in happened(directory, text) if isinstance(each, Lookup)]
    found = [emptiness(each, each.holder, each.name, each.axis) for each in lookups]
    return [each.kind for each in found if each is not None]


def _observation(event: Join) -> Observation:
    moment = event.moment
    return Observation(event.operands, moment.facts, moment.path, event.site.function)


def only(events: list[Observation]) -> tuple[Value, ...]:
    """Return the operands of the one observation that there is."""
    (event,) = events
    return event.operands


def executed(text: str, arguments: dict[str, Any], name: str = "f", **names: Any) -> list[Any]:
    """Run a program and return what it passed to ``observe``, until it ends or an assert fails."""
    calls: list[Any] = []
    scope = {"observe": lambda values: calls.append(list(values)), **names}
    exec(compile(textwrap.dedent(text), "<program>", "exec"), scope)  # noqa: S102 - our own text
    with contextlib.suppress(AssertionError):
        scope[name](**arguments)
    return calls


def assignment(arguments: dict[str, Any]) -> Assignment:
    """Return what the symbols of the parameters stand for in a real call."""
    values: dict[Symbol | Sizes, int | tuple[int, ...]] = {}
    for name, value in arguments.items():
        if isinstance(value, int):
            values[Symbol(name, name)] = value
        elif isinstance(value, list | tuple):
            values[Sizes(name, name)] = tuple(value)
            values[Symbol(f"{name}#0", name)] = len(value)
        elif isinstance(value, slice):
            values[Symbol(f"{name}.start", name)] = value.start
            values[Symbol(f"{name}.stop", name)] = value.stop
        elif hasattr(value, "shape"):
            for axis, extent in enumerate(value.shape):
                values[Symbol(f"{name}#{axis}", name)] = extent
                values[Symbol(f"{name}#{axis - len(value.shape)}", name)] = extent
    return Assignment(values)


def possible(event: Observation, sizes: Assignment) -> bool:
    """Say whether the path of an event can be taken: no fact is false."""
    return holds(every(event.facts), sizes) is not False


def may_be(term: Term, actual: Any, sizes: Assignment) -> bool:
    """Say whether a term may have a value: it has, or the parameters do not decide it."""
    try:
        return sizes.value(term) == actual
    except (KeyError, UndefinedError):
        return isinstance(actual, int)


def agrees(value: Value, actual: Any, sizes: Assignment) -> bool:
    """Say whether an abstract value stands for an actual one; what is unknown stands for all."""
    match value:
        case Choice(alternatives):
            return any(
                holds(condition, sizes) is not False and agrees(leaf, actual, sizes)
                for condition, leaf in alternatives
            )
        case Missing():
            return actual is None
        case Bool(predicate):
            return holds(predicate, sizes) in (None, actual)
        case Text(text):
            return text == actual
        case Sequence():
            return _sequence_agrees(value, actual, sizes)
        case Record(fields=fields):
            return all(agrees(field, getattr(actual, name), sizes) for name, field in fields)
        case Int() | Slice() | Tensor() | Shape():
            return all(may_be(*each, sizes) for each in _terms(value, actual))
        case _:
            return True


def _terms(value: Int | Slice | Tensor | Shape, actual: Any) -> Iterator[tuple[Term, Any]]:
    """Yield the terms of a value, each with the number that it stands for."""
    match value:
        case Int(term):
            yield term, actual
        case Slice(start, stop):
            yield ZERO if start is None else start, actual.start or 0
            if stop is not None or actual.stop is not None:
                yield stop or ZERO, actual.stop
        case Tensor(rank=rank, extents=extents):
            yield Term(actual.ndim if rank is None else rank), actual.ndim
            yield from _axes(extents, actual.shape)
        case Shape(tensor):
            yield from _axes(tensor.extents, actual)


def _axes(extents: tuple[tuple[int, Term], ...], shape: Any) -> Iterator[tuple[Term, Any]]:
    """Yield what is said about the axes that there are; the rank may not be known."""
    yield from ((term, shape[axis]) for axis, term in extents if -len(shape) <= axis < len(shape))


def _sequence_agrees(value: Sequence, actual: Any, sizes: Assignment) -> bool:
    if isinstance(actual, int):
        return False
    if value.items is not None:
        return len(value.items) == len(actual) and all(
            agrees(item, each, sizes) for item, each in zip(value.items, actual, strict=True)
        )
    if value.length is not None and not may_be(value.length, len(actual), sizes):
        return False
    rest = list(actual)
    if value.first is not None and rest and not agrees(value.first, rest.pop(0), sizes):
        return False
    return value.element is None or all(agrees(value.element, each, sizes) for each in rest)


def unsound(directory: Path, text: str, *calls: dict[str, Any], **names: Any) -> list[str]:
    """Analyse a program and run it; return what the analysis excluded but happened."""
    events = observed(directory, text)
    return [
        f"{each}: {actual} is none of {[event.operands for event in events]}"
        for each in calls
        for actual in executed(text, each, **names)
        if not _foreseen(events, actual, assignment(each))
    ]


def _foreseen(events: list[Observation], actual: list[Any], sizes: Assignment) -> bool:
    return any(
        possible(event, sizes)
        and len(event.operands) == len(actual)
        and all(map(agrees, event.operands, actual, [sizes] * len(actual)))
        for event in events
    )
