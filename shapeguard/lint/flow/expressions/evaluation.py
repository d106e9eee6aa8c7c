"""Expressions: every kind that Python has, each giving an abstract value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from shapeguard.lint.flow.calls.closures import closure
from shapeguard.lint.flow.calls.dispatch import call
from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.conditions import truth_of
from shapeguard.lint.flow.domain.fractions import literal, negative
from shapeguard.lint.flow.domain.members import known_of
from shapeguard.lint.flow.domain.predicates import any_of, every, negate
from shapeguard.lint.flow.domain.propositions import FALSE
from shapeguard.lint.flow.domain.state import after_part
from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.terms import number
from shapeguard.lint.flow.domain.values import Bool, Int, Sequence, Text, Value, as_tensor
from shapeguard.lint.flow.evidence.origins import explain
from shapeguard.lint.flow.evidence.remembering import tested
from shapeguard.lint.flow.expressions.asking import asked, condition_of, replaced
from shapeguard.lint.flow.expressions.attributes import attribute, name
from shapeguard.lint.flow.expressions.comparisons import comparison
from shapeguard.lint.flow.expressions.comprehensions import comprehension, dictionary_of
from shapeguard.lint.flow.expressions.displays import keyed, listed, set_of
from shapeguard.lint.flow.expressions.subscripts import subscript
from shapeguard.lint.flow.operations.arithmetic import combine
from shapeguard.lint.flow.operations.products import multiplied
from shapeguard.lint.flow.run import Run
from shapeguard.lint.flow.shapes.masks import complement, mask_of
from shapeguard.lint.flow.statements.targets import assign
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from collections.abc import Mapping


Handler = Callable[[Run, Any], Value]


def evaluate(run: Run, node: cst.BaseExpression) -> Value:
    """Return the abstract value of an expression; what is not followed is unknown."""
    run.analysis.budget.spend()
    kind = type(node)
    handler = HANDLERS.get(kind)
    if handler is None:
        return run.unknown(node)
    value = handler(run, node)
    if kind in _MAKERS:
        explain(run, node, value)
    return value


def _integer(_: Run, node: cst.Integer) -> Value:
    return Int(number(int(node.value.replace("_", ""), 0)))


def _string(_: Run, node: cst.SimpleString) -> Value:
    return Text(node.raw_value)


def _boolean_name(run: Run, node: cst.Name) -> Value:
    if node.value in ("True", "False"):
        return Bool(every(()) if node.value == "True" else FALSE)
    return name(run, node)


def _text(run: Run, node: cst.FormattedString) -> Value:
    for part in node.parts:
        if isinstance(part, cst.FormattedStringExpression):
            run.evaluate(part.expression)
    return run.unknown(node, "text")


def _texts(run: Run, node: cst.ConcatenatedString) -> Value:
    parts = (run.evaluate(node.left), run.evaluate(node.right))
    known = [part.text for part in parts if isinstance(part, Text)]
    return Text("".join(known)) if len(known) == len(parts) else run.unknown(node, "text")


def _boolean(run: Run, node: cst.BooleanOperation) -> Value:
    """Evaluate ``and`` and ``or``; the right side is only reached under the left one."""
    left = run.evaluate(node.left)
    asked(run, node.left, left)
    condition = truth_of(left, run.identity(node.left))
    both = isinstance(node.operator, cst.And)
    before = run.here
    if both or isinstance(left, Bool):  # `n or default` supplies what was not given
        tested(run, node.left, condition)
    goes_on = condition if both else negate(condition)
    reached = before.assume(goes_on)
    if reached is None:
        return left
    run.state, ended = reached, run.ended
    right = run.evaluate(node.right)
    asked(run, node.right, right)
    if run.ended and not ended:  # `n or sys.exit()`: nothing is behind the right side
        run.state, run.ended = before.assume(negate(goes_on)) or before, False
        return left
    run.state = after_part(goes_on, before, run.state, run.identity(node))
    other = truth_of(right, run.identity(node.right))
    if isinstance(right, Bool):
        tested(run, node.right, other)
    if not both:
        replaced(run, node, node.left, left, right)
    if isinstance(left, Bool) or isinstance(right, Bool):
        return Bool(every((condition, other)) if both else any_of((condition, other)))
    chosen = negate(condition) if both else condition
    return merge.branch(chosen, left, right, run.identity(node))


def _unary(run: Run, node: cst.UnaryOperation) -> Value:
    value = run.evaluate(node.expression)
    match node.operator:
        case cst.Not():
            asked(run, node.expression, value)
            condition = truth_of(value, run.identity(node.expression))
            tested(run, node.expression, condition)
            return Bool(negate(condition))
        case cst.BitInvert() if isinstance(value, Bool) and mask_of(value) is None:
            return Bool(negate(value.predicate))
        case cst.BitInvert():
            name = source(node.expression)
            return merge.each(value, lambda leaf: complement(leaf, name), run.identity(node))
        case cst.Minus():
            return merge.each(value, lambda leaf: _negative(run, node, leaf), run.identity(node))
        case _:
            return value if isinstance(value, Tensor) else run.unknown(node, "result")


def _negative(run: Run, node: cst.UnaryOperation, value: Value) -> Value:
    """Return ``-value``; a tensor keeps its shape, and is taken to keep its entries."""
    if isinstance(value, Tensor):
        return value
    return negative(value) or run.unknown(node, "result")


def _conditional(run: Run, node: cst.IfExp) -> Value:
    condition = condition_of(run, node.test)
    tested(run, node.test, condition)
    before = after = run.here
    arms: list[Value | None] = []
    for holds, arm in ((condition, node.body), (negate(condition), node.orelse)):
        reached = before.assume(holds)
        run.state, ended = reached, run.ended
        arms.append(None if reached is None else run.evaluate(arm))
        if run.ended and not ended:  # nothing is behind this arm
            arms[-1], run.ended = None, False
            after = after.assume(negate(holds)) or after
        elif reached is not None:
            after = after_part(holds, after, run.state, run.identity(arm))
    run.state = after
    yes, no = arms
    if yes is not None and no is not None and source(node.test) == source(node.body):
        replaced(run, node, node.test, yes, no)
    if yes is None or no is None:
        return yes or no or run.unknown(node)
    return merge.branch(condition, yes, no, run.identity(node))


def _walrus(run: Run, node: cst.NamedExpr) -> Value:
    value = run.evaluate(node.value)
    assign(run, node.target, value)
    return value


def _binary(run: Run, node: cst.BinaryOperation) -> Value:
    values = (run.evaluate(node.left), run.evaluate(node.right))
    if isinstance(node.operator, cst.MatrixMultiply):
        return merge.each(
            values[0], lambda left: _product(run, node, left, values[1]), run.identity(node)
        )
    return combine(run, node, (node.left, node.right), values)


def _product(run: Run, node: cst.BinaryOperation, left: Value, right: Value) -> Value:
    tensor = as_tensor(left)
    if tensor is None:
        return run.unknown(node, "product")
    return multiplied(run, node, tensor, right)


def _await(run: Run, node: cst.Await) -> Value:
    return run.evaluate(node.expression)


def _yield(run: Run, node: cst.Yield) -> Value:
    value = node.value
    if isinstance(value, cst.From):
        run.yielded.extend(merge.lists_of(run.evaluate(value.item)))
    elif value is not None:
        member = run.evaluate(value)
        run.yielded.append(Sequence((member,), where=known_of(member, run.here.facts)))
    return run.unknown(node, "sent")


def _lambda(run: Run, node: cst.Lambda) -> Value:
    return closure(run, node)


_MAKERS = frozenset(
    {cst.Call, cst.Subscript, cst.ListComp, cst.GeneratorExp, cst.SetComp, cst.DictComp}
)
HANDLERS: Mapping[type[cst.CSTNode], Handler] = {
    cst.Name: _boolean_name,
    cst.Attribute: attribute,
    cst.Integer: _integer,
    cst.Float: literal,
    cst.SimpleString: _string,
    cst.FormattedString: _text,
    cst.ConcatenatedString: _texts,
    cst.List: listed,
    cst.Tuple: listed,
    cst.Set: set_of,
    cst.Dict: keyed,
    cst.Subscript: subscript,
    cst.Call: call,
    cst.Comparison: comparison,
    cst.BooleanOperation: _boolean,
    cst.UnaryOperation: _unary,
    cst.BinaryOperation: _binary,
    cst.IfExp: _conditional,
    cst.NamedExpr: _walrus,
    cst.Await: _await,
    cst.Yield: _yield,
    cst.Lambda: _lambda,
    cst.ListComp: comprehension,
    cst.GeneratorExp: comprehension,
    cst.SetComp: comprehension,
    cst.DictComp: dictionary_of,
}
