"""Built-in functions, as far as they matter to lengths, sums and truth."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import mappings, merge
from shapeguard.lint.flow.domain.arguments import Arguments
from shapeguard.lint.flow.domain.conditions import is_instance, truth_of
from shapeguard.lint.flow.domain.fractions import is_positive
from shapeguard.lint.flow.domain.predicates import less
from shapeguard.lint.flow.domain.propositions import FALSE
from shapeguard.lint.flow.domain.sequences import stepped
from shapeguard.lint.flow.domain.tensors import Slice, Tensor
from shapeguard.lint.flow.domain.terms import ZERO, Sizes, operation, symbol, times
from shapeguard.lint.flow.domain.values import (
    Bool,
    Int,
    Missing,
    Sequence,
    Shape,
    Unknown,
    Value,
    as_term,
)
from shapeguard.lint.flow.events import Identity
from shapeguard.lint.flow.evidence.clamps import clamping
from shapeguard.lint.flow.expressions import iterables
from shapeguard.lint.flow.expressions.observing import reduced, step_needed
from shapeguard.lint.flow.expressions.quantifiers import any_one, every_one
from shapeguard.lint.flow.operations.arithmetic import divided
from shapeguard.lint.flow.operations.measures import entry
from shapeguard.lint.flow.run import Run
from shapeguard.lint.flow.shapes.iteration import count
from shapeguard.lint.flow.shapes.masks import counted
from shapeguard.lint.flow.shapes.sums import total
from shapeguard.lint.flow.syntax.trees import source
from shapeguard.lint.flow.syntax.usage import dotted_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.lint.flow.domain.terms import Term

Builtin = Callable[[Run, cst.Call, Arguments], Value]


def _over(run: Run, node: cst.Call, given: Arguments, change: Callable[[Value], Value]) -> Value:
    if not given.positional:
        return run.unknown(node, "result")
    return run.each(given.positional[0], change, run.identity(node))


def _len(run: Run, node: cst.Call, given: Arguments) -> Value:
    def one(value: Value) -> Value:
        if isinstance(value, Shape):
            return run.unknown(node, "rank")
        return Int(count(run, node, value))

    return _over(run, node, given, one)


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


def _extreme(name: str) -> Builtin:
    def apply(run: Run, node: cst.Call, given: Arguments) -> Value:
        if given.star is not None and len(given.positional) <= 1:
            reduced(run, node, given.star, name, Identity.NONE)
            return run.unknown(node, name)
        if len(given.positional) > 1:
            return _extreme_of(run, node, name, given.positional)
        if given.positional and given.star is None and "default" not in given.keywords:
            reduced(run, node, given.positional[0], name, Identity.NONE)
        return run.unknown(node, name)

    return apply


def _extreme_of(run: Run, node: cst.Call, name: str, values: tuple[Value, ...]) -> Value:
    """Compare numbers; the larger of anything and a small positive number is not 0."""
    if name == "max" and any(is_positive(value) for value in values):
        return Int(symbol(f"{run.identity(node)}.max", source(node), low=1))
    identity = run.identity(node)

    def both(one: Value, other: Value) -> Value:
        return merge.each(
            one,
            lambda a: merge.each(other, lambda b: _extreme_of_two(run, node, name, a, b), identity),
            identity,
        )

    return functools.reduce(both, values)


def _extreme_of_two(run: Run, node: cst.Call, name: str, one: Value, other: Value) -> Value:
    mine, theirs = counted_term(one), counted_term(other)
    if mine is None or theirs is None:
        return run.unknown(node, name)
    if name == "max":
        clamping(run, node, (mine, theirs))
    return Int(operation(f"{name}imum", mine, theirs))


def counted_term(value: Value) -> Term | None:
    """Read a value as an integer, the sum of a mask included."""
    return as_term(counted(value))


def _mean(run: Run, node: cst.Call, given: Arguments) -> Value:
    if given.positional:
        reduced(run, node, given.positional[0], "mean", Identity.NONE)
    return run.unknown(node, "mean")


def _divmod(run: Run, node: cst.Call, given: Arguments) -> Value:
    if len(given.positional) != 2:  # noqa: PLR2004 - divmod takes two
        return run.unknown(node, "divmod")
    whole, part = given.positional
    divided(run, node, part, source(given.nodes[1]), of_tensor=isinstance(whole, Tensor))
    mine, theirs = as_term(whole), as_term(part)
    if mine is None or theirs is None:
        return Sequence((run.unknown(node, "quotient"), run.unknown(node, "remainder")))
    parts = (operation("quotient", mine, theirs), operation("remainder", mine, theirs))
    return Sequence(tuple(Int(part) for part in parts))


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


def _int(run: Run, node: cst.Call, given: Arguments) -> Value:
    def one(value: Value) -> Value:
        number = entry(value) if isinstance(value, Tensor) else value
        if isinstance(number, Unknown):
            return Int(symbol(f"int({number.origin})", source(node), low=None))
        return number if isinstance(number, Int) else run.unknown(node, source(node))

    return _over(run, node, given, one)


def _float(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Convert to a number of the same value: a count stays one."""

    def one(value: Value) -> Value:
        number = entry(value) if isinstance(value, Tensor) else value
        return number if isinstance(number, Int | Unknown) else run.unknown(node, source(node))

    return _over(run, node, given, one)


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
    "min": _extreme("min"),
    "max": _extreme("max"),
    "divmod": _divmod,
    "isinstance": _isinstance,
    "bool": _truth,
    "any": any_one,
    "all": every_one,
    "int": _int,
    "float": _float,
}

LIBRARY: Mapping[str, Builtin] = {
    "collections.defaultdict": mappings.default_dictionary,
    "collections.OrderedDict": mappings.dictionary,
    "collections.deque": iterables.listed,
    "itertools.chain": iterables.chained,
    "itertools.combinations": iterables.combined,
    "itertools.permutations": iterables.combined,
    "itertools.product": iterables.multiplied,
    "itertools.pairwise": iterables.pairs,
    "statistics.mean": _mean,
    "statistics.fmean": _mean,
    "statistics.median": _mean,
    "math.floor": _int,
    "math.ceil": _int,
}
"""Functions of Python's library that make lists of lists, by their full name."""
