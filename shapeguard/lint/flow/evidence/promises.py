"""Whether a value can be what its annotation says: its rank, its extents, and one name for two of them.

Surely not, where no small sizes make both the same; possibly not, where a filter or a mask decides
how long an axis is, and the name stands for an axis that it does not narrow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.predicates import at_most, equal, less, negate
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE
from shapeguard.lint.flow.domain.tensors import Kind, Tensor
from shapeguard.lint.flow.domain.terms import Symbol, Term, operations, reason_of
from shapeguard.lint.flow.evidence.witness import search
from shapeguard.lint.flow.shapes.axis_names import AxisScope, declared_extents
from shapeguard.lint.flow.trace import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Atom
    from shapeguard.lint.flow.events import Annotation
    from shapeguard.lint.flow.evidence.witness import Assignment
    from shapeguard.lint.flow.trace import Trail

_USUAL, _SMALL = Term(2), 3


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A value whose axis is not, or need not be, what its annotation says.

    ``axis`` is None where the number of axes is another one. ``declared`` is the word of the axis
    string, ``sizes`` are sizes for which they differ; ``reason`` says why they may, and is empty where
    they always do.
    """

    text: str
    axis: int | None
    declared: str
    sizes: Assignment
    actual: Term
    wanted: Term
    trail: Trail
    reason: str = ""


def contradictions(event: Annotation) -> Iterator[Contradiction]:
    """Yield what contradicts an annotation, for each value that may stand there."""
    for condition, leaf in merge.alternatives(event.value):
        if isinstance(leaf, Tensor):
            yield from _of_tensor(event, condition, leaf)


def _of_tensor(event: Annotation, condition: Predicate, leaf: Tensor) -> Iterator[Contradiction]:
    scope = AxisScope(known=dict(event.extents))
    declared = declared_extents(event.text)
    if declared is None or leaf.trait(Kind.SQUEEZED) is not None:
        return
    few = leaf.rank is not None and leaf.rank < declared.least
    if leaf.rank is not None and (few or (leaf.rank > declared.least and not declared.more)):
        sizes = search([condition], event.moment.facts)
        if sizes is not None:
            actual, wanted = Term(leaf.rank), Term(declared.least)
            trail = joined(event.trail, event.moment.path)
            yield Contradiction(event.text, None, "", sizes, actual, wanted, trail)
        return
    for axis, word in declared.words:
        actual = leaf.extent(axis)
        promised = declared.extent(word, actual, scope)
        found = None if promised is None else _differ(event, condition, actual, promised)
        if found is not None and promised is not None:
            sizes, reason = found
            cuts = (each.trail for each in leaf.cuts if each.after == actual)
            trail = joined(event.trail, *cuts, event.moment.path)
            yield Contradiction(event.text, axis, str(word), sizes, actual, promised, trail, reason)
            return


def _differ(
    event: Annotation, condition: Predicate, actual: Term, wanted: Term
) -> tuple[Assignment, str] | None:
    """Return sizes for which two extents differ, if they must or if something shows that they may."""
    same, facts = equal(actual, wanted), event.moment.facts
    if same == TRUE:
        return None
    sizes = search([negate(same), condition, at_most(_USUAL, wanted)], facts) or search(
        [negate(same), condition], facts
    )
    if sizes is None:
        return None
    if same == FALSE or _is_never(event, (same, condition), actual, wanted):
        return sizes, ""
    if given(same, facts) == TRUE:
        return None
    why = reason_of(actual)
    if why and not reason_of(wanted):
        fewer = search([less(actual, wanted), condition], facts)
        return None if fewer is None else (fewer, why)
    names = {extent: name for name, extent in event.extents.items()}
    return (sizes, f"it has `{names[actual]}`") if actual in names and wanted in names else None


def _is_never(
    event: Annotation, goals: tuple[Predicate, Predicate], actual: Term, wanted: Term
) -> bool:
    """Say whether two extents of the same unknowns differ, other than where there is next to nothing.

    What is compared with another unknown, or with a large number, is out of reach of a small search.
    """
    symbols = _symbols(actual)
    if not symbols or symbols != _symbols(wanted):
        return False
    if max(abs(actual.constant), abs(wanted.constant)) > _SMALL:
        return False
    return search([*goals, at_most(_USUAL, wanted)], event.moment.facts) is None


def _symbols(term: Term) -> set[Atom]:
    return {each for each in operations(term) if isinstance(each, Symbol)}
