"""What an empty or single row turns a tensor into: another rank, another dtype."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accuracy.prototypes.prototype import Prototype

from shapeguard.lint.api import (
    Call,
    Choice,
    Confidence,
    Consequence,
    Definition,
    Diagnosis,
    Index,
    Join,
    Kind,
    Lookup,
    Reduce,
    Return,
    Sequence,
    Tensor,
    lost_axes,
    other_rank,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.lint.api import Event, Trait, Value


def _trait(value: Value | None, *kinds: Kind) -> Trait | None:
    leaves = [leaf for _, leaf in value.alternatives] if isinstance(value, Choice) else [value]
    found = (each for leaf in leaves if isinstance(leaf, Tensor) for each in leaf.traits_of(*kinds))
    return next(found, None)


class SqueezedAway(Prototype):
    """A tensor squeezed without an axis is used where its rank matters."""

    code = "H16"
    name = "squeezed-away"
    listens_to = (Join, Reduce, Lookup, Index, Call, Definition)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a consumer that needs the axes."""
        for value in _ranked(event):
            trait = lost_axes(value, event.moment)
            if trait is not None:
                yield Diagnosis(
                    "squeezed without an axis",
                    Confidence.MEDIUM,
                    Consequence.CRASH,
                    trait.trail,
                )


def _ranked(event: Event) -> Iterator[Value]:
    match event:
        case Join(broadcast=False, operands=operands, axis=axis):
            alike = axis is None and all(lost_axes(each, event.moment) for each in operands)
            yield from () if alike else operands
        case Reduce(axis=axis, operand=operand) if axis not in (None, 0, -1):
            yield operand
        case Lookup(holder=holder):
            yield holder
        case Index(holder=holder, index=index):
            yield from (holder, index)
        case Call(requirements=requirements, arguments=arguments) if requirements:
            yield from arguments
        case Definition(returns=returns):
            yield from (value for _, value in returns)
        case _:
            return


def _beside_positions(returns: Iterable[tuple[object, Value]]) -> tuple[Value, ...]:
    """Return the tensors that a function gives, where it gives positions on another path."""
    leaves = tuple(leaf for _, value in returns for leaf in _tensors_in(value))
    return leaves if any(leaf.trait(Kind.INDEX) for leaf in leaves) else ()


def _tensors_in(value: Value | None) -> Iterator[Tensor]:
    match value:
        case Tensor():
            yield value
        case Choice(alternatives=alternatives):
            for _, leaf in alternatives:
                yield from _tensors_in(leaf)
        case Sequence(items=items, element=element):
            for member in items or (element,):
                yield from _tensors_in(member)
        case _:
            return


class UntypedEmpty(Prototype):
    """An untyped empty tensor is used as an index, or joined with others."""

    code = "H17"
    name = "untyped-empty"
    listens_to = (Index, Join, Call, Definition)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report where the dtype matters."""
        used: tuple[Value, ...]
        kinds: tuple[Kind, ...] = (Kind.UNTYPED,)
        match event:
            case Index(index=index):
                used, kinds = (index,), (Kind.UNTYPED, Kind.FRACTIONS)
            case Join(operands=operands, broadcast=False):
                used = operands
            case Call(arguments=arguments, requirements=requirements) if requirements:
                used = arguments
            case Definition(returns=returns):
                used = _beside_positions(returns)
            case _:
                used = ()
        for value in used:
            trait = _trait(value, *kinds)
            if trait is not None:
                yield Diagnosis(
                    f"a tensor that may be empty, without a dtype: {trait.why}",
                    Confidence.MEDIUM,
                    Consequence.CRASH,
                    trait.trail,
                )


class OtherRankOfNothing(Prototype):
    """A result has another rank where something is empty."""

    code = "H17"
    name = "other-rank-of-nothing"
    listens_to = (Return,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report what is given on the path without members."""
        assert isinstance(event, Return)
        found = other_rank(event)
        if found is not None:
            yield Diagnosis(
                f"{found.rank} axes where a test finds nothing, {found.usual} elsewhere",
                Confidence.MEDIUM,
                Consequence.CRASH,
                found.trail,
            )
