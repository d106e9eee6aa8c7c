"""Narrowing: what is left of an axis after a slice, a mask, an index list or a split."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow import merge
from shapeguard.lint.flow.predicates import every, is_presence
from shapeguard.lint.flow.tensors import Cut, Slice, Tensor
from shapeguard.lint.flow.terms import Sizes, operation, symbol
from shapeguard.lint.flow.values import Int, Sequence, Unknown

if TYPE_CHECKING:
    import libcst as cst

    from shapeguard.lint.flow.predicates import Predicate
    from shapeguard.lint.flow.run import Run
    from shapeguard.lint.flow.terms import Term
    from shapeguard.lint.flow.trace import Trail
    from shapeguard.lint.flow.values import Value


SUM = "sum of "


def cut(run: Run, node: cst.CSTNode, tensor: Tensor, axis: int, index: Value) -> Value:
    """Return a tensor narrowed at one axis by an index, for every alternative of the index."""
    present = [fact for fact in run.here.facts if is_presence(fact)]
    return merge.select(
        (
            (condition, _cut_by(run, node, tensor, axis, leaf, every((condition, *present))))
            for condition, leaf in merge.alternatives(index)
        ),
        run.identity(node),
    )


def _cut_by(
    run: Run, node: cst.CSTNode, tensor: Tensor, axis: int, index: Value, under: Predicate
) -> Value:
    axis = tensor.axis(axis)
    before = tensor.extent(axis)
    match index:
        case Slice(start, stop, trail):
            if start is None and stop is None:
                return tensor
            after = operation("slice_length", before, start, stop)
            computed = any(bound is not None and bound.known is None for bound in (start, stop))
            made = Cut(
                axis, before, after, Slice(start, stop), computed, (*trail, *_cuts(run, node))
            )
        case Unknown(origin) | Tensor(origin):
            after = kept_by(run, index, before)
            made = Cut(axis, before, after, origin, computed=True, trail=_cuts(run, node))
        case Sequence():
            after = merge.length(index, run.identity(node))
            label = f"list({after!r})"
            made = Cut(axis, before, after, label, after.known is None, _cuts(run, node))
        case _:
            return run.unknown(node, "item")
    return tensor.resized(axis, made.after, replace(made, under=under))


def _cuts(run: Run, node: cst.CSTNode) -> Trail:
    return (*run.path, run.station(node, "`{}` is narrowed"))


def kept_by(run: Run, index: Unknown | Tensor, before: Term) -> Term:
    """Return how many positions an index keeps, by the way in which the function uses it."""
    use = run.function.use_of(index.name)
    if use == "slice":
        start, stop = bounds(index)
        return operation("slice_length", before, start, stop)
    if use == "mask" or (use is None and "mask" in index.name.lower()):
        return selected(index.origin, index.name)
    if use == "list" or isinstance(index, Tensor):
        return symbol(f"{index.origin}#0", f"len({index.name})")
    start, stop = bounds(index)
    return operation("slice_length", before, start, stop)


def bounds(index: Unknown | Tensor) -> tuple[Term, Term]:
    """Return the symbols for the bounds of an index that is used as a slice object."""
    return (
        symbol(f"{index.origin}.start", f"{index.name}.start", low=None),
        symbol(f"{index.origin}.stop", f"{index.name}.stop", low=None),
    )


def selected(origin: str, name: str) -> Term:
    """Return the number of true elements of a mask."""
    return symbol(f"count({origin})", f"{name}.sum()", why=f"`{name}` may select nothing")


def counted(value: Value) -> Value:
    """Read the sum of a mask, a tensor without axes, as the number that a test compares."""
    if isinstance(value, Tensor) and value.rank == 0 and value.origin.startswith(SUM):
        return Int(selected(value.origin.removeprefix(SUM), value.name))
    return value


def sizes_of(value: Value) -> Sizes | None:
    """Read a value as a list of sizes; what is unknown may be one."""
    if isinstance(value, Sequence):
        return value.sizes
    if isinstance(value, Unknown):
        return Sizes(value.origin, value.name)
    return None
