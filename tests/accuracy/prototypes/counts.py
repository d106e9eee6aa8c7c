"""Counts and pieces: fewer than their consumers, lengths that follow the data, operations that refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accuracy.prototypes.prototype import Prototype, diagnosis

from shapeguard.lint.api import (
    Call,
    Choice,
    Confidence,
    Consequence,
    Diagnosis,
    Index,
    Join,
    Kind,
    Lookup,
    Loop,
    Sequence,
    Split,
    Tensor,
    may_break,
    may_fall_short,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event, Trait, Value

_NARROW = {"narrow"}
_NUMBERS = ("num_", "n_", "nb_", "number_of_")
_POPULATION = {"topk", "kthvalue", "multinomial", "randint", "choice", "choices", "sample"}


class FewerPieces(Prototype):
    """Fewer pieces than consumers, or a part that lies beyond the end."""

    code = "H6"
    name = "fewer-pieces"
    listens_to = (Split, Call)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report pieces that may be fewer than what takes them."""
        if isinstance(event, Split):
            if event.pieces is not None and event.consumed is not None:
                found = may_fall_short(event.pieces, event.consumed, event.moment)
                if found is not None:
                    yield diagnosis(event, event.name, found)
        elif isinstance(event, Call) and event.name.rsplit(".", 1)[-1] in _NARROW:
            yield from _broken(event)


class Refused(Prototype):
    """An operation refuses what it may be given: k larger than the extent, a population of none."""

    code = "H14"
    name = "refused"
    listens_to = (Call,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a requirement that may not hold."""
        assert isinstance(event, Call)
        if event.name.rsplit(".", 1)[-1] not in _NARROW:
            yield from _broken(event)


def _broken(event: Call) -> Iterator[Diagnosis]:
    for requirement in event.requirements:
        found = may_break(requirement.condition, event.moment)
        if found is not None:
            yield diagnosis(event, event.name, found)


class CountWithoutLength(Prototype):
    """The length or the positions of counts of what occurs are used."""

    code = "H7"
    name = "count-without-length"
    listens_to = (Split, Lookup, Index, Join, Loop)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report counts as sizes, by position, beside another tensor, or enumerated."""
        for value in _used(event):
            trait = _present(value)
            if trait is None or (trait.about and not _number_is_known(event, trait)):
                continue
            yield Diagnosis(
                f"the length of counts of what occurs in `{trait.why}` follows the data",
                Confidence.MEDIUM,
                Consequence.SILENT,
            )


def _used(event: Event) -> tuple[Value | None, ...]:
    match event:
        case Split(sizes=sizes):
            return (sizes,)
        case Index(holder=holder, index=index):
            return () if _of_itself(holder, index) else (holder,)
        case Lookup(holder=holder):
            return (holder,)
        case Join(operands=operands):
            return operands
        case Loop(together=together):
            return together
        case _:
            return ()


def _of_itself(counts: Value, index: Value) -> bool:
    """Say whether counts are picked by what they are, ``counts[counts > 0]``: not by position."""
    return (
        isinstance(counts, Tensor) and isinstance(index, Tensor) and counts.origin in index.origin
    )


def _present(value: Value | None) -> Trait | None:
    leaves = [leaf for _, leaf in value.alternatives] if isinstance(value, Choice) else [value]
    for leaf in leaves:
        if isinstance(leaf, Tensor | Sequence):
            for trait in leaf.traits:
                if trait.kind is Kind.PRESENT_COUNTS:
                    return trait
    return None


def _number_is_known(event: Event, counted: Trait) -> bool:
    """Say whether the function is told how many of what it counts there are: ``num_groups``.

    Counts of unique values have no gaps; that one is missing matters to who knows their number.
    """
    parameters = event.site.function.parse().params
    names = [each.name.value for each in (*parameters.params, *parameters.kwonly_params)]
    words = [name.rpartition("_")[2].rstrip("s") for name in names if name.startswith(_NUMBERS)]
    return any(len(word) > 1 and word in f"{counted.why} {counted.about}" for word in words)
