"""Built-in functions, as far as they matter to lengths, sums and truth; those of numbers are in ``numeric.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.calls import numeric
from shapeguard.lint.flow.domain import mappings
from shapeguard.lint.flow.domain.algebra import times
from shapeguard.lint.flow.domain.conditions import is_instance, truth_of
from shapeguard.lint.flow.domain.predicates import less
from shapeguard.lint.flow.domain.propositions import FALSE
from shapeguard.lint.flow.domain.sequences import stepped
from shapeguard.lint.flow.domain.tensors import Slice
from shapeguard.lint.flow.domain.terms import ZERO, Sizes, symbol
from shapeguard.lint.flow.domain.values import (
    Bool,
    Int,
    Missing,
    Sequence,
    Shape,
    Unknown,
    as_term,
)
from shapeguard.lint.flow.expressions import iterables
from shapeguard.lint.flow.expressions.observing import step_needed
from shapeguard.lint.flow.expressions.quantifiers import any_one, every_one
from shapeguard.lint.flow.shapes.iteration import count
from shapeguard.lint.flow.shapes.sums import total
from shapeguard.lint.flow.syntax.usage import dotted_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.lint.flow.calls.numeric import Builtin
    from shapeguard.lint.flow.domain.arguments import Arguments
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import (
        Value,
    )
    from shapeguard.lint.flow.run import Run


def _len(run: Run, node: cst.Call, given: Arguments) -> Value:
    def one(value: Value) -> Value:
        if isinstance(value, Shape):
            return run.unknown(node, "rank")
        return Int(count(run, node, value))

    return numeric.over(run, node, given, one)


def _slice(run: Run, node: cst.Call, given: Arguments) -> Value:
    bounds = [None if isinstance(v, Missing) else as_term(v) for v in given.positional]
    unread = any(
        b is None and not isinstance(v, Missing)
        for b, v in zip(bounds, given.positional, strict=True)
    )
    if unread or not bounds or given.star is not None or len(bounds) > 2:  # noqa: PLR2004 - with a step
        return run.unknown(node, "slice")
    start, stop = (None, bounds[0]) if len(bounds) == 1 else (bounds[0], bounds[1])
    sized = [each for each in (start, stop) if each is not None]
    trail = () if not sized else (run.station(node, _share_message(sized)),)
    return Slice(start, stop, trail)


def _share_message(bounds: list[Term]) -> str:
    names = sorted({sizes.name for term in bounds for sizes in _sizes_in(term)})
    if names:
        return f"`{{}}` is a share of `{' and '.join(names)}`: empty where a size is 0"
    return "`{}` has computed bounds"


def _sizes_in(term: Term) -> list[Sizes]:
    found: list[Sizes] = []
    for atom, _ in term.parts:
        found.extend(each for each in getattr(atom, "operands", ()) if isinstance(each, Sizes))
    return found


def _range(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``range(...)`` for every alternative of its bounds and of its step."""
    if not given.positional or given.star is not None:
        return run.unknown(node, "range")

    def over(values: tuple[Value, ...]) -> Value:
        if len(values) == len(given.positional):
            return _range_of(run, node, given, values)
        return run.each(
            given.positional[len(values)], lambda leaf: over((*values, leaf)), run.identity(node)
        )

    return over(())


def _range_of(run: Run, node: cst.Call, given: Arguments, values: tuple[Value, ...]) -> Value:
    known = [term for value in values if (term := as_term(value)) is not None]
    if len(known) != len(values):
        return run.unknown(node, "range")
    start, stop = (ZERO, known[0]) if len(known) == 1 else (known[0], known[1])
    if len(known) < 3:  # noqa: PLR2004 - with a step
        return Slice(start, stop, (run.station(node, "`{}` has computed bounds"),), counts=True)
    step = known[2]
    step_needed(run, node, given, step)
    at = symbol(f"{run.identity(node)}.i", "i")
    number = stepped(start, stop, step)
    return Sequence(None, Int(start + times(at, step)), number, where=less(at, number))


def _truth(run: Run, node: cst.Call, given: Arguments) -> Value:
    if not given.positional:
        return Bool(FALSE)
    return Bool(truth_of(given.positional[0], run.identity(node)))


def _isinstance(run: Run, node: cst.Call, given: Arguments) -> Value:
    if len(node.args) != 2:  # noqa: PLR2004 - isinstance takes two
        return run.unknown(node, "isinstance")
    types = node.args[1].value
    listed = [each.value for each in types.elements] if isinstance(types, cst.Tuple) else [types]
    names = tuple(dotted_name(each) or "" for each in listed)
    value = given.positional[0] if given.positional else Missing()
    origin = value.origin if isinstance(value, Unknown) else run.identity(node)
    return Bool(is_instance(value, names, f"{origin},{','.join(names)}"))


BUILTINS: Mapping[str, Builtin] = {
    "len": _len,
    "sum": total,
    "slice": _slice,
    "range": _range,
    "enumerate": iterables.enumerated,
    "zip": iterables.zipped,
    "list": iterables.listed,
    "tuple": iterables.listed,
    "iter": iterables.listed,
    "set": iterables.distinct,
    "frozenset": iterables.distinct,
    "sorted": iterables.reordered,
    "reversed": iterables.reordered,
    "map": iterables.mapped,
    "filter": iterables.filtered,
    "dict": mappings.dictionary,
    "next": iterables.next_member,
    "min": numeric.extreme("min"),
    "max": numeric.extreme("max"),
    "divmod": numeric.quotient_and_remainder,
    "isinstance": _isinstance,
    "bool": _truth,
    "any": any_one,
    "all": every_one,
    "int": numeric.integer,
    "round": numeric.rounded,
    "float": numeric.fraction,
    "abs": numeric.absolute,
}

LIBRARY: Mapping[str, Builtin] = {
    "collections.defaultdict": mappings.default_dictionary,
    "collections.OrderedDict": mappings.dictionary,
    "collections.Counter": mappings.counter,
    "collections.deque": iterables.listed,
    "itertools.chain": iterables.chained,
    "itertools.combinations": iterables.combined,
    "itertools.permutations": iterables.combined,
    "itertools.product": iterables.multiplied,
    "itertools.pairwise": iterables.pairs,
    "statistics.mean": numeric.mean,
    "statistics.fmean": numeric.mean,
    "statistics.median": numeric.mean,
    "math.floor": numeric.integer,
    "math.ceil": numeric.ceiling,
    "math.fabs": numeric.absolute,
    "math.isclose": numeric.close,
}
"""Functions of Python's library that make lists of lists, by their full name."""
