"""Statements: control flow is structured, so it is executed abstractly on the tree itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from shapeguard.lint.flow.calls.endings import never_returns
from shapeguard.lint.flow.calls.promises import result_promised
from shapeguard.lint.flow.domain import state
from shapeguard.lint.flow.domain.predicates import negate
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE, Opaque
from shapeguard.lint.flow.domain.values import Missing
from shapeguard.lint.flow.events import Return
from shapeguard.lint.flow.evidence.remembering import tested
from shapeguard.lint.flow.expressions.asking import condition_of, set_where_false
from shapeguard.lint.flow.expressions.observing import refused
from shapeguard.lint.flow.run import Run
from shapeguard.lint.flow.statements import loops
from shapeguard.lint.flow.statements.definitions import define_alias, define_class, define_function
from shapeguard.lint.flow.statements.exceptions import attempted, execute_try, suppressed
from shapeguard.lint.flow.statements.in_place import changed_in_place
from shapeguard.lint.flow.statements.matching import execute_match
from shapeguard.lint.flow.statements.targets import assign, assign_annotated, assign_value, delete
from shapeguard.lint.flow.syntax.trees import ending
from shapeguard.lint.flow.syntax.usage import dotted_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value

_ASSERTING = frozenset({"torch._assert", "torch._check", "torch._assert_async"})
Handler = Callable[[Run, Any], None]


def execute(run: Run, body: Iterable[cst.CSTNode]) -> None:
    """Execute statements one after the other while a path goes on."""
    for statement in body:
        if run.state is None:
            return
        for attempt in run.attempts:
            attempt.note(run.state)
        run.analysis.budget.spend()
        handler = HANDLERS.get(type(statement))
        if handler is not None:
            handler(run, statement)
        if run.ended:
            run.state, run.ended = None, False


def _line(run: Run, node: cst.SimpleStatementLine | cst.SimpleStatementSuite) -> None:
    execute(run, node.body)


def _block(run: Run, node: cst.IndentedBlock) -> None:
    execute(run, node.body)


def _expression(run: Run, node: cst.Expr) -> None:
    if (held := _asserted(node.value)) is not None:
        condition = refused(run, held)
        run.state = run.here.assume(condition)
        return
    value = run.evaluate(node.value)
    if isinstance(node.value, cst.Call):
        changed_in_place(run, node.value, value)


def _asserted(node: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return what a statement asserts by a call: ``torch._assert(keep.any(), "no label")``."""
    match node:
        case cst.Call(func=func, args=[cst.Arg(value=held), *_]) if dotted_name(func) in _ASSERTING:
            return held
        case _:
            return None


def _assign(run: Run, node: cst.Assign) -> None:
    value = run.evaluate(node.value)
    for target in node.targets:
        assign(run, target.target, value, node.value)


def _return(run: Run, node: cst.Return) -> None:
    value: Value = Missing() if node.value is None else run.evaluate(node.value)
    run.returns.append((run.here, value))
    if run.caller is None and node.value is not None:
        run.emit(Return(run.moment(node), value))
        result_promised(run, node, value)
    run.state = None


def _raise(run: Run, node: cst.Raise) -> None:
    if node.exc is not None:
        run.evaluate(node.exc)
    run.state = None


def _break(run: Run, _: cst.Break) -> None:
    if run.loops:
        run.loops[-1].breaks.append(run.here)
    run.state = None


def _continue(run: Run, _: cst.Continue) -> None:
    if run.loops:
        run.loops[-1].continues.append(run.here)
    run.state = None


def _assert(run: Run, node: cst.Assert) -> None:
    condition = refused(run, node.test)
    run.state = run.here.assume(condition)


def _if(run: Run, node: cst.If) -> None:
    set_where_false(run, node)
    refuses = _refuses(run, node.body)
    condition = refused(run, node.test) if refuses else condition_of(run, node.test)
    if not refuses:
        tested(run, node.test, condition)
    _fork(run, condition, (node.body,), (node.orelse,) if node.orelse else (), node)


def _refuses(run: Run, body: cst.BaseSuite) -> bool:
    """Say whether a branch ends in ``raise``, or in a call that never returns."""
    return any(
        isinstance(small, cst.Raise)
        or (isinstance(small, cst.Expr) and never_returns(run, small.value))
        for small in ending(body)
    )


def _else(run: Run, node: cst.Else | cst.Finally) -> None:
    run.execute((node.body,))


def _fork(
    run: Run,
    condition: Predicate,
    yes: Iterable[cst.CSTNode],
    no: Iterable[cst.CSTNode],
    node: cst.CSTNode,
) -> None:
    before = run.here
    run.state = before.assume(condition) if condition != FALSE else None
    if run.state is not None:
        run.execute(yes)
    after_yes = run.state
    run.state = before.assume(negate(condition)) if condition != TRUE else None
    if run.state is not None:
        run.execute(no)
    run.state = state.join(condition, after_yes, run.state, run.identity(node))


def _with(run: Run, node: cst.With) -> None:
    caught: frozenset[str] = frozenset()
    for item in node.items:
        value = run.evaluate(item.item)
        if item.asname is not None:
            assign(run, item.asname.name, value)
        caught |= suppressed(item) or frozenset()
    if not caught:
        run.execute((node.body,))
        return
    failed_at = attempted(run, node.body, caught, run.identity(node))
    failed = Opaque(f"{run.identity(node)}!")
    run.state = state.join(failed, failed_at.assume(failed), run.state, run.identity(node))


HANDLERS: Mapping[type[cst.CSTNode], Handler] = {
    cst.SimpleStatementLine: _line,
    cst.SimpleStatementSuite: _line,
    cst.IndentedBlock: _block,
    cst.Expr: _expression,
    cst.Assign: _assign,
    cst.AnnAssign: assign_annotated,
    cst.AugAssign: assign_value,
    cst.Return: _return,
    cst.Raise: _raise,
    cst.Break: _break,
    cst.Continue: _continue,
    cst.Assert: _assert,
    cst.If: _if,
    cst.Else: _else,
    cst.For: loops.execute_for,
    cst.While: loops.execute_while,
    cst.With: _with,
    cst.Try: execute_try,
    cst.TryStar: execute_try,
    cst.Finally: _else,
    cst.Match: execute_match,
    cst.Del: lambda run, node: delete(run, node.target),
    cst.FunctionDef: define_function,
    cst.ClassDef: define_class,
    cst.TypeAlias: define_alias,
}
