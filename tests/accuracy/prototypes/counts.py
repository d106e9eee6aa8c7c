"""Counts and pieces: fewer than their consumers, lengths that follow the data, operations that refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accuracy.prototypes.prototype import Prototype, diagnosis

from shapeguard.lint.api import (
    Call,
    Confidence,
    Consequence,
    Diagnosis,
    Index,
    Join,
    Kind,
    Lookup,
    Loop,
    Split,
    Tensor,
    may_break,
    may_fall_short,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event, Value

_NARROW = {"narrow"}
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
        used: tuple[Value | None, ...]
        match event:
            case Split(sizes=sizes):
                used = (sizes,)
            case Lookup(holder=holder) | Index(holder=holder):
                used = (holder,)
            case Join(operands=operands):
                used = operands
            case Loop(together=together):
                used = together
            case _:
                used = ()
        for value in used:
            if isinstance(value, Tensor) and value.trait(Kind.PRESENT_COUNTS) is not None:
                yield Diagnosis(
                    f"the length of `{value.name}` follows the data",
                    Confidence.MEDIUM,
                    Consequence.SILENT,
                )
