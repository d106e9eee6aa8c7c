"""Statements: control flow is structured, so it is executed abstractly on the tree itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from shapeguard.lint.flow import loops, state
from shapeguard.lint.flow.closures import closure
from shapeguard.lint.flow.conditions import truth
from shapeguard.lint.flow.lists import forget
from shapeguard.lint.flow.observing import tested
from shapeguard.lint.flow.predicates import FALSE, TRUE, Opaque, negate
from shapeguard.lint.flow.run import Run
from shapeguard.lint.flow.targets import assign, assign_value, delete
from shapeguard.lint.flow.trees import children
from shapeguard.lint.flow.usage import dotted_name, rebound_names
from shapeguard.lint.flow.values import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shapeguard.lint.flow.predicates import Predicate
    from shapeguard.lint.flow.values import Value

Handler = Callable[[Run, Any], None]


def execute(run: Run, body: Iterable[cst.CSTNode]) -> None:
    """Execute statements one after the other while a path goes on."""
    for statement in body:
        if run.state is None:
            return
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
    run.evaluate(node.value)


def _assign(run: Run, node: cst.Assign) -> None:
    value = run.evaluate(node.value)
    for target in node.targets:
        assign(run, target.target, value)


def _annotated(run: Run, node: cst.AnnAssign) -> None:
    if node.value is not None:
        assign(run, node.target, run.evaluate(node.value))


def _augmented(run: Run, node: cst.AugAssign) -> None:
    assign_value(run, node)


def _return(run: Run, node: cst.Return) -> None:
    value: Value = Missing() if node.value is None else run.evaluate(node.value)
    run.returns.append((run.here, value))
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
    condition = truth(run, node.test)
    tested(run, node.test, condition)
    run.state = run.here.assume(condition)


def _if(run: Run, node: cst.If) -> None:
    condition = truth(run, node.test)
    tested(run, node.test, condition)
    _fork(run, condition, (node.body,), (node.orelse,) if node.orelse else (), node)


def _else(run: Run, node: cst.Else) -> None:
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
    for item in node.items:
        value = run.evaluate(item.item)
        if item.asname is not None:
            assign(run, item.asname.name, value)
    run.execute((node.body,))


def _try(run: Run, node: cst.Try | cst.TryStar) -> None:
    before, returned = run.here, len(run.returns)
    expected = any(_catches_runtime_errors(handler) for handler in node.handlers)
    run.analysis.muted += expected
    run.execute((node.body,))
    run.analysis.muted -= expected
    if run.state is not None and node.orelse is not None:
        run.execute((node.orelse,))
    outcome = run.state
    handlers: Iterable[cst.ExceptHandler | cst.ExceptStarHandler] = node.handlers
    for number, handler in enumerate(handlers):
        failed = Opaque(f"{run.identity(node)}!{number}")
        run.state = before.assume(failed)
        if run.state is not None:
            run.execute((handler.body,))
        outcome = state.join(failed, run.state, outcome, run.identity(handler))
    run.state = outcome
    if node.finalbody is not None:
        _finish(run, node.finalbody, returned)


def _catches_runtime_errors(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    """Say whether a handler is for what torch raises: then the failure is expected there."""
    kind = handler.type
    kinds = [each.value for each in kind.elements] if isinstance(kind, cst.Tuple) else [kind]
    wide = {"RuntimeError", "Exception", "BaseException"}
    return any(each is None or dotted_name(each) in wide for each in kinds)


def _finish(run: Run, final: cst.Finally, returned: int) -> None:
    """Execute ``finally`` on every way out of the statement: also those that return."""
    leaving = run.returns[returned:]
    del run.returns[returned:]
    for early, value in leaving:
        through = _after(run, early, final)
        if through is not None:
            run.returns.append((through, value))
    for exits in (run.loops[-1].breaks, run.loops[-1].continues) if run.loops else ():
        kept = [each for early in exits if (each := _after(run, early, final)) is not None]
        exits[:] = kept
    if run.state is not None:
        run.execute((final,))


def _after(run: Run, early: state.State, final: cst.Finally) -> state.State | None:
    normal = run.state
    run.state = early
    run.execute((final,))
    early_end, run.state = run.state, normal
    return early_end


def _finally(run: Run, node: cst.Finally) -> None:
    run.execute((node.body,))


def _match(run: Run, node: cst.Match) -> None:
    run.evaluate(node.subject)
    before = run.here
    outcome: state.State | None = before
    for case in reversed(node.cases):
        taken = Opaque(f"{run.identity(case)}?")
        run.state = before.assume(taken)
        if run.state is not None:
            for name in _captures(case.pattern):
                run.here.names[name] = run.unknown(case, name)
            run.execute((case.body,))
        outcome = state.join(taken, run.state, outcome, run.identity(case))
    run.state = outcome


def _captures(pattern: cst.CSTNode) -> Iterable[str]:
    for child in children(pattern):
        if isinstance(pattern, cst.MatchAs | cst.MatchStar) and isinstance(child, cst.Name):
            yield child.value
        yield from _captures(child)


def _delete(run: Run, node: cst.Del) -> None:
    if isinstance(node.target, cst.Subscript):
        forget(run, node.target.value)
    delete(run, node.target)


def _function(run: Run, node: cst.FunctionDef) -> None:
    for name in rebound_names(node):
        run.here.names[name] = run.unknown(node, name)
    plain = all(_only_wraps(each.decorator) for each in node.decorators)
    name = node.name.value
    run.here.names[name] = closure(run, node) if plain else run.unknown(node, name)


def _only_wraps(decorator: cst.BaseExpression) -> bool:
    """Say whether a decorator of a nested function gives it another name and no other body."""
    name = dotted_name(decorator.func if isinstance(decorator, cst.Call) else decorator) or ""
    return name.rsplit(".", 1)[-1] in {"wraps", "no_grad", "inference_mode"}


def _class(run: Run, node: cst.ClassDef) -> None:
    for name in (node.name.value, *rebound_names(node)):
        run.here.names[name] = run.unknown(node, name)


HANDLERS: Mapping[type[cst.CSTNode], Handler] = {
    cst.SimpleStatementLine: _line,
    cst.SimpleStatementSuite: _line,
    cst.IndentedBlock: _block,
    cst.Expr: _expression,
    cst.Assign: _assign,
    cst.AnnAssign: _annotated,
    cst.AugAssign: _augmented,
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
    cst.Try: _try,
    cst.TryStar: _try,
    cst.Finally: _finally,
    cst.Match: _match,
    cst.Del: _delete,
    cst.FunctionDef: _function,
    cst.ClassDef: _class,
}
