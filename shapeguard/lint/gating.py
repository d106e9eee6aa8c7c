"""What opens the gate: derived from the events that rules listen to, and the op models that emit them.

A function matters if it calls something whose model joins, or combines tensors with an operator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.conditions import ASKED
from shapeguard.lint.facts import Signs
from shapeguard.lint.flow.events import (
    Annotation,
    Call,
    Condition,
    Definition,
    Demand,
    Divide,
    Handover,
    Index,
    Join,
    KeyLookup,
    Lookup,
    Loop,
    Mutate,
    Reduce,
    Resize,
    Return,
    Split,
    Walk,
)
from shapeguard.lint.flow.events.hints import Decoration, Hint
from shapeguard.lint.flow.models.vocabulary import COUNTS, MEETINGS, Builds
from shapeguard.lint.flow.syntax.words import RESIZING
from shapeguard.lint.marks import (
    ANNOTATED,
    CALLED_VALUE,
    DIVISION,
    EVERYTHING,
    KEYED,
    LOOP,
    OPERATOR,
    STEPPED,
    SUBSCRIPT,
    TAKEN,
    UNPACKED,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from shapeguard.lint.flow.events import Event
    from shapeguard.lint.flow.models.vocabulary import Model
    from shapeguard.lint.rule import Rule

_MARKS: Mapping[type[Event], frozenset[str]] = {
    Divide: frozenset({DIVISION, "div", "div_", "divide", "true_divide", "floor_divide", "divmod"}),
    Reduce: frozenset({"max", "min"}),
    Demand: frozenset({STEPPED}),
    Index: frozenset({SUBSCRIPT}),
    KeyLookup: frozenset({KEYED}),
    Handover: frozenset({SUBSCRIPT}),
    Lookup: frozenset({SUBSCRIPT, UNPACKED, TAKEN, "next", "popleft"}),
    Loop: frozenset({LOOP, "zip"}),
    Walk: frozenset({LOOP}),
    Mutate: frozenset({"append", "extend", "insert", "update"}),
    Resize: frozenset(RESIZING),
    Split: frozenset({SUBSCRIPT, UNPACKED}),
    Annotation: frozenset({ANNOTATED}),
    Condition: frozenset({ASKED}),
    Hint: frozenset({ANNOTATED, "jaxtyped"}),
    Decoration: frozenset({ANNOTATED, "jaxtyped"}),
}
"""What shows without any op model that an event can happen."""
_EVERYWHERE = frozenset({Call, Definition, Return})
_UNSEEN_BY_CALLERS = frozenset({Definition, Hint, Decoration})
"""What happens where a function is executed on its own, and not where it is called."""


def signs_of(models: Mapping[str, Model], rule: type[Rule]) -> Signs:
    """Return what shows that what a rule listens to can happen."""
    marks: dict[bool, set[str]] = {True: set(), False: set()}
    combined = False
    signs = {sign.event: sign.marks for sign in rule.shown_by}
    for event in rule.listens_to:
        own = event in _UNSEEN_BY_CALLERS
        marks[own].update(signs[event] if event in signs else shown_by(models, event))
        combined = combined or (event is Join and event not in signs)
    with_cut = {OPERATOR, *_last_names(models, lambda model: isinstance(model, MEETINGS))}
    return Signs(
        frozenset(marks[False]), frozenset(with_cut if combined else ()), frozenset(marks[True])
    )


def shown_by(models: Mapping[str, Model], event: type[Event]) -> frozenset[str]:
    """Return what shows that an event can happen, as far as one mark is enough for it."""
    if event in _EVERYWHERE:
        return frozenset({EVERYTHING})

    def emits(model: Model) -> bool:
        if isinstance(model, Builds) and model.function in models:
            return emits(models[model.function])
        return event.__name__ in model.emits or (event is Join and isinstance(model, COUNTS))

    names = [*_last_names(models, emits)]
    return frozenset({*_MARKS.get(event, ()), *names, *([CALLED_VALUE] if names else [])})


def _last_names(models: Mapping[str, Model], admits: Callable[[Model], bool]) -> Iterator[str]:
    for name, model in models.items():
        if admits(model):
            yield name.rsplit(".", 1)[-1]
