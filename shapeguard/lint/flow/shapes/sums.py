"""``sum``: of lists of sizes, of parts of them, of members that are known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.algebra import operation, times
from shapeguard.lint.flow.domain.propositions import TRUE
from shapeguard.lint.flow.domain.sequences import extended
from shapeguard.lint.flow.domain.sizes import sizes_of
from shapeguard.lint.flow.domain.tensors import Slice, Tensor
from shapeguard.lint.flow.domain.terms import ZERO, Operation, Sizes, Term, Unlikely, symbol
from shapeguard.lint.flow.domain.values import Int, Sequence, as_term
from shapeguard.lint.flow.shapes.axes import derived
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    import libcst as cst

    from shapeguard.lint.flow.domain.arguments import Arguments
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run

_FEW_LEFT_OUT = re.compile(
    r"[\w.]+ (!= |not in [\[({])(['\"]).+\2[\])}]?|[\w.]+\.requires_grad(_\(\))?"
    r"|hasattr\(.+|[\w.]+ % [\w.]+ == 0"
)
"""Who leaves out what has a name of its own says that there are others; a model that is trained has
parameters; who has not an attribute is of another kind; every number has a divisor."""


def total(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``sum(xs)``."""
    if len(given.positional) != 1:
        return _joined(run, node, given)
    return merge.each(given.positional[0], lambda leaf: _sum(run, node, leaf), run.identity(node))


def _joined(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Join lists: ``sum(lists, [])``."""
    match given.positional:
        case (Sequence(items=items), Sequence() as begun) if items is not None:
            for number, each in enumerate(items):
                begun = extended(begun, each, f"{run.identity(node)}.{number}")
            return begun
        case (_, Sequence()):
            return Sequence(None, run.unknown(node, "member"))
        case _:
            return run.unknown(node, "sum")


def _sum(run: Run, node: cst.Call, value: Value) -> Value:
    sizes, start, stop = _range_of(value)
    if sizes is not None:
        return Int(operation("range_sum", sizes, start, stop))
    if isinstance(value, Sequence) and value.items is not None:
        terms = [as_term(item) for item in value.items]
        known = [term for term in terms if term is not None]
        if len(known) == len(terms):
            return Int(sum(known, ZERO))
    if isinstance(value, Sequence) and isinstance(value.element, Int):
        return _sum_of_any(run, node, value, value.element.term)
    return run.unknown(node, "sum")


def _sum_of_any(run: Run, node: cst.Call, value: Sequence, member: Term) -> Int:
    """Return the sum of members of which each is this term: the same for equally long lists."""
    length = merge.length(value, run.identity(node))
    if member.known is not None:
        return Int(times(length, member))
    low = 0 if member.floor is not None and member.floor >= 0 else None
    return Int(symbol(total_key(member, length, value.where), source(node), low=low))


def total_key(member: Term, length: Term, where: Predicate = TRUE) -> str:
    """Return the identity of the sum of so many members of which each is this term."""
    return derived("sum", repr(member), repr(length), repr(where))


def passing(length: Term, passed: Predicate, test: str, *, few: bool = False) -> Term:
    """Return how many of so many members pass a test: the same for equally long lists.

    Of a ``few`` that are written out one by one, some pass as a rule.
    """
    why = f"no member may pass `{test}`"
    if few or _FEW_LEFT_OUT.fullmatch(test):
        why = Unlikely(why)
    return symbol(derived("filtered", repr(length), repr(passed)), "len", why=why)


def _range_of(value: Value) -> tuple[Sizes | None, Term | None, Term | None]:
    """Read a value as a list of sizes, or as a part ``sizes[start:stop]`` of one."""
    if isinstance(value, Tensor) and len(value.cuts) == 1:
        index = value.cuts[0].index
        if isinstance(index, Slice):
            return Sizes(value.origin, value.name), index.start, index.stop
    if isinstance(value, Sequence) and value.sizes is not None and value.length is not None:
        return value.sizes, None, _stop_of(value)
    return (None, None, None) if isinstance(value, Tensor) else (sizes_of(value), None, None)


def _stop_of(value: Sequence) -> Term | None:
    whole = value.length
    if whole is None or not whole.parts:
        return whole
    match whole.parts:
        case ((Operation(name="slice_length", operands=(_, _, Term() as stop)), _),):
            return stop
        case _:
            return None
