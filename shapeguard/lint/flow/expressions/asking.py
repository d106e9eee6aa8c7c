"""Conditions: what is asked of a tensor, reported where the answer may not depend on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.callables import Method
from shapeguard.lint.flow.domain.conditions import truth_of
from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.values import Int, Shape
from shapeguard.lint.flow.events import Condition
from shapeguard.lint.flow.syntax.trees import source, walk
from shapeguard.lint.flow.syntax.usage import named_parameters
from shapeguard.lint.flow.syntax.words import MEASURES

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run

_OTHERS = frozenset({"tensorflow", "keras", "paddle", "mindspore", "tinygrad", "mlx", "jittor"})
"""Libraries in which a shape may be a list, or the size of a tensor a number."""


def asked(run: Run, node: cst.BaseExpression, value: Value) -> None:
    """Report that something is asked for its truth."""
    each = _of_tensor(run, node, value) if isinstance(node, cst.Attribute | cst.Call) else None
    if each is not None:
        uncalled = _uncalled(run, node, each)
        run.emit(Condition(run.moment(node), each, source(node), uncalled=uncalled))


def condition_of(run: Run, node: cst.BaseExpression) -> Predicate:
    """Return the condition under which an expression is true, and report that it is asked."""
    value = run.evaluate(node)
    asked(run, node, value)
    return truth_of(value, run.identity(node))


def replaced(
    run: Run, node: cst.BaseExpression, asked_for: cst.BaseExpression, value: Value, other: Value
) -> None:
    """Report that something gets another value in its place where it is not true: ``n or default``."""
    if isinstance(asked_for, cst.Name | cst.Attribute | cst.Call | cst.Subscript):
        run.emit(Condition(run.moment(node), value, source(asked_for), "or", other))


def set_where_false(run: Run, node: cst.If) -> None:
    """Report that something gets another value where it is not true: ``if not n: n = default``."""
    match node:
        case cst.If(
            test=cst.UnaryOperation(operator=cst.Not(), expression=name) as test,
            body=cst.IndentedBlock(
                body=[
                    cst.SimpleStatementLine(
                        body=[cst.Assign(targets=[cst.AssignTarget(target)], value=given)]
                    )
                ]
            ),
            orelse=None,
        ) if source(target) == source(name):
            here = run.here
            run.analysis.muted += 1
            values = run.evaluate(name), run.evaluate(given)
            run.analysis.muted -= 1
            run.state = here
            replaced(run, test, name, *values)
        case _:
            return


def compared_with(
    run: Run, node: cst.Comparison, left: Value, right: Value, written: cst.BaseExpression
) -> None:
    """Report that something is compared, by the first operator of a comparison."""
    value, each = _of_tensor(run, written, left), node.comparisons[0]
    if value is None:
        return
    counts = isinstance(value, Int) and isinstance(right, Int) and right.term.known is not None
    if counts and _is_hint(run, node):
        return
    operator, listed = source(each.operator).strip(), isinstance(each.comparator, cst.List)
    uncalled, moment = _uncalled(run, written, value), run.moment(node)
    run.emit(Condition(moment, value, source(written), operator, right, uncalled, listed))


def _is_hint(run: Run, node: cst.Comparison) -> bool:
    """Say whether a comparison tells a compiler about sizes: ``torch._check(x.shape[0] >= 0)``."""
    return any(
        type(each) is cst.Call
        and source(each.func).rpartition(".")[2].startswith("_check")
        and any(part is node for part in walk(each))
        for each in walk(run.function.parse())
    )


def _of_tensor(run: Run, node: cst.BaseExpression, value: Value) -> Value | None:
    """Return a value if it is a count, or what the shape or a method of a known tensor is.

    Of several alternatives it is the one of which least is known. Libraries differ in what equals a shape.
    """
    leaves = merge.leaves(value)
    if len(leaves) == 1 and isinstance(value, Int):
        return value if isinstance(node, cst.Attribute | cst.Call | cst.Subscript) else None
    if not all(_has_tensor(run, node, each) for each in leaves):
        return None
    if any(each.split(".")[0] in _OTHERS for each in run.function.module.imports.values()):
        return None
    shapes = [each for each in leaves if isinstance(each, Shape)]
    return min(shapes, key=lambda each: each.tensor.rank or 0) if shapes else leaves[0]


def _has_tensor(run: Run, node: cst.BaseExpression, value: Value) -> bool:
    """Say whether a value is the shape or a method of what is known to be a tensor."""
    match value:
        case Method(receiver=receiver):
            return isinstance(receiver, Tensor)
        case Shape(Tensor(extents=(), cuts=(), traits=(), rank=None)):
            holder = _holder(node)
            held = run.here.names.get(holder.value) if isinstance(holder, cst.Name) else None
            leaves = () if held is None else merge.alternatives(held)
            return held is not None and all(isinstance(leaf, Tensor) for _, leaf in leaves)
        case Shape():
            return True
        case _:
            return False


def _holder(node: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return what an attribute is read of, or a method called on."""
    match node:
        case cst.Attribute(value=value) | cst.Call(func=cst.Attribute(value=value)):
            return value
        case _:
            return None


def _uncalled(run: Run, node: cst.BaseExpression, value: Value) -> str:
    """Return the method of a tensor that is not called; the size of an array is no method."""
    if not isinstance(node, cst.Attribute) or node.attr.value not in MEASURES:
        return ""
    if isinstance(value, Method):
        return node.attr.value
    return node.attr.value if node.attr.value == "size" and _is_of_torch(run, node.value) else ""


def _is_of_torch(run: Run, node: cst.BaseExpression) -> bool:
    """Say whether a name stands for an argument that is annotated as a tensor of torch."""
    value = run.here.names.get(node.value) if isinstance(node, cst.Name) else None
    if (
        not isinstance(node, cst.Name)
        or not isinstance(value, Tensor)
        or value.origin != node.value
    ):
        return False
    function = run.function.parse()
    for each in named_parameters(function.params):
        if each.name.value == node.value and each.annotation is not None:
            written = source(each.annotation.annotation)
            imported = run.function.module.imports.get(written.partition(".")[0], "")
            is_torch = imported.startswith("torch") and written in {"Tensor", "torch.Tensor"}
            return is_torch and not any(_binds(part, node.value) for part in walk(function.body))
    return False


def _binds(node: cst.CSTNode, name: str) -> bool:
    """Say whether an assignment gives a name another value: that of an array, as a rule."""
    match node:
        case cst.AssignTarget(target=cst.Name(value=bound)):
            return bound == name
        case _:
            return False
