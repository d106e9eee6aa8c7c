"""Built-in functions of numbers: the smallest and the largest, division, conversion."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.arguments import Arguments
from shapeguard.lint.flow.domain.counts import counted
from shapeguard.lint.flow.domain.fractions import is_positive
from shapeguard.lint.flow.domain.numbers import LARGEST, LEAST
from shapeguard.lint.flow.domain.predicates import equal
from shapeguard.lint.flow.domain.sequences import key_of_member
from shapeguard.lint.flow.domain.sizes import sizes_of
from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.terms import ONE, symbol
from shapeguard.lint.flow.domain.values import Bool, Int, Sequence, Unknown, Value, as_term
from shapeguard.lint.flow.events import Identity
from shapeguard.lint.flow.evidence.clamps import clamping
from shapeguard.lint.flow.expressions.observing import reduced
from shapeguard.lint.flow.operations.arithmetic import divided
from shapeguard.lint.flow.operations.measures import entry
from shapeguard.lint.flow.run import Run
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.tensors import Slice
    from shapeguard.lint.flow.domain.terms import Term

Builtin = Callable[[Run, cst.Call, Arguments], Value]


def over(run: Run, node: cst.Call, given: Arguments, change: Callable[[Value], Value]) -> Value:
    """Apply a function of one argument to each alternative of it, on its paths."""
    if not given.positional:
        return run.unknown(node, "result")
    return run.each(given.positional[0], change, run.identity(node))


def extreme(name: str) -> Builtin:
    """Return what evaluates ``min`` or ``max``: of a list, which must have a member, or of numbers."""

    def apply(run: Run, node: cst.Call, given: Arguments) -> Value:
        if given.star is not None and len(given.positional) <= 1:
            reduced(run, node, given.star, name, Identity.NONE)
            return run.unknown(node, name)
        if len(given.positional) > 1:
            return _extreme_of(run, node, name, given.positional)
        if given.positional and given.star is None and "default" not in given.keywords:
            reduced(run, node, given.positional[0], name, Identity.NONE)
        if len(given.positional) == 1:
            return _extreme_in(run, node, name, given.positional[0])
        return run.unknown(node, name)

    return apply


def _extreme_in(run: Run, node: cst.Call, name: str, value: Value) -> Value:
    """Return the least or the largest of the members of a list, which may be numbers."""
    sizes = sizes_of(value)
    if sizes is not None and all(argument.keyword is None for argument in node.args):
        found = operation(LEAST if name == "min" else LARGEST, sizes)
        if isinstance(value, Sequence) or run.function.sums_part(sizes.name):
            return Int(found)
        return Unknown(f"{name}({sizes.key})", name, number=found)
    among = key_of_member(value) if isinstance(value, Sequence) else ""
    return Unknown(f"{run.identity(node)}{among}", name)


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
    mine, theirs = _term_of(one), _term_of(other)
    if mine is None or theirs is None:
        return run.unknown(node, name)
    if name == "max":
        clamping(run, node, (mine, theirs))
    return Int(operation(f"{name}imum", mine, theirs))


def _term_of(value: Value) -> Term | None:
    """Read a value as an integer, the sum of a mask included."""
    return as_term(counted(value))


def within(index: Slice, given: Arguments) -> Value | None:
    """Evaluate ``index.indices(extent)``: both ends as they lie within the extent, and the step."""
    extent = as_term(given.positional[0]) if given.positional else None
    if extent is None:
        return None
    ends = (operation(f"slice_{end}", extent, index.start, index.stop) for end in ("start", "stop"))
    return Sequence((*(Int(end) for end in ends), Int(ONE)))


def mean(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate a mean over the members of a list, which must have one."""
    if given.positional:
        reduced(run, node, given.positional[0], "mean", Identity.NONE)
    return run.unknown(node, "mean")


def quotient_and_remainder(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``divmod(a, b)``."""
    if len(given.positional) != 2:  # noqa: PLR2004 - divmod takes two
        return run.unknown(node, "divmod")
    whole, part = given.positional
    divided(run, node, whole, part, source(given.nodes[1]))
    mine, theirs = as_term(whole), as_term(part)
    if mine is None or theirs is None:
        return Sequence((run.unknown(node, "quotient"), run.unknown(node, "remainder")))
    parts = (operation("quotient", mine, theirs), operation("remainder", mine, theirs))
    return Sequence(tuple(Int(part) for part in parts))


def integer(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``int(x)`` and the like: a count stays what it is."""

    def one(value: Value) -> Value:
        number = entry(value) if isinstance(value, Tensor) else value
        if isinstance(number, Unknown):
            return Int(symbol(f"int({number.origin})", source(node), low=None))
        return number if isinstance(number, Int) else run.unknown(node, source(node))

    return over(run, node, given, one)


def ceiling(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``math.ceil(x)``: of what is computed it is another number, 0 for nothing alone."""
    computed = given.nodes and isinstance(given.nodes[0], cst.BinaryOperation)
    return run.unknown(node, source(node)) if computed else integer(run, node, given)


def rounded(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``round(x)``; with a number of digits it is a fraction as it was."""
    if len(given.positional) != 1 or given.keywords:
        return run.unknown(node, "rounded")
    return integer(run, node, given)


def fraction(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Convert to a number of the same value: a count stays one."""

    def one(value: Value) -> Value:
        number = entry(value) if isinstance(value, Tensor) else value
        return number if isinstance(number, Int | Unknown) else run.unknown(node, source(node))

    return over(run, node, given, one)


def absolute(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``abs(n)``: a count is what it is."""

    def one(value: Value) -> Value:
        number = entry(value) if isinstance(value, Tensor) else value
        floor = number.term.floor if isinstance(number, Int) else None
        counts = floor is not None and floor >= 0
        return number if counts and isinstance(number, Int) else run.unknown(node, source(node))

    return over(run, node, given, one)


def close(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``math.isclose(a, b)``: integers are close where they are equal."""
    if len(given.positional) != 2 or given.star is not None:  # noqa: PLR2004 - two numbers
        return run.unknown(node, source(node))
    terms = [_term_of(each) for each in given.positional]
    if terms[0] is None or terms[1] is None:
        return run.unknown(node, source(node))
    return Bool(equal(terms[0], terms[1]))
