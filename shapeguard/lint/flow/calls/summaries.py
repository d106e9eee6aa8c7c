"""Calls into the project: the body of the callee is executed with the caller's values.

Depth is bounded and recursion stops at the first repetition; what is not executed gives what its
return annotation promises. A call with the very arguments and facts of an earlier one is not
executed again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.bounds import WorkBoundError
from shapeguard.lint.flow.calls.binding import bind, bound_by_position, ordered, promised
from shapeguard.lint.flow.calls.closures import captured, home
from shapeguard.lint.flow.calls.containers import forget
from shapeguard.lint.flow.calls.decorators import is_transparent
from shapeguard.lint.flow.calls.invocations import invocation
from shapeguard.lint.flow.calls.outcomes import fresh, outcome, tell
from shapeguard.lint.flow.calls.parameters import Annotations
from shapeguard.lint.flow.calls.promises import arguments_promised
from shapeguard.lint.flow.domain.callables import Callee, Closure
from shapeguard.lint.flow.domain.state import State
from shapeguard.lint.flow.domain.values import Record, Unknown
from shapeguard.lint.flow.events import Call
from shapeguard.lint.flow.program import UnparsableError
from shapeguard.lint.flow.run import Run
from shapeguard.lint.flow.shapes.axes import derived
from shapeguard.lint.flow.statements.targets import rebind
from shapeguard.lint.flow.syntax.endings import is_abstract, is_never

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.lint.flow.calls.invocations import Invocation
    from shapeguard.lint.flow.calls.outcomes import Outcome
    from shapeguard.lint.flow.domain.arguments import Arguments
    from shapeguard.lint.flow.domain.values import Value

MAX_DEPTH = 6
_NOWHERE = cst.Ellipsis()


def invoke(run: Run, node: cst.BaseExpression, callee: Callee | Closure, given: Arguments) -> Value:
    """Execute a function of the project at a call, or at a read of a property."""
    value, _ = perform(run, node, callee, given)
    return value


def perform(
    run: Run, node: cst.BaseExpression, callee: Callee | Closure, given: Arguments
) -> tuple[Value, Value | None]:
    """Execute a function; return its result, and what became of its receiver if that is known."""
    try:
        call = invocation(run, node, callee, given)
    except UnparsableError:
        return run.unknown(node, callee.function.name), None
    if isinstance(callee, Callee):
        name = call.function.name
        event = Call(run.moment(node), name, given.positional, given.keywords, call.function)
        run.emit(event)
    if is_never(call.definition):
        run.ended = True
    if not _is_followed(call):
        return _not_executed(call), None
    arguments_promised(call)
    found, before = _executed(call)
    if found is None:
        run.analysis.cut_off += 1
        return _not_executed(call), None
    return _returned(call, found, before)


def _is_followed(call: Invocation) -> bool:
    """Say whether the body of a function tells what a call of it does."""
    if isinstance(call.callee, Closure):
        return True
    try:
        transparent = is_transparent(call.run.analysis.program, call.function)
    except UnparsableError:
        return False
    return transparent and not call.is_default


def _within_bounds(call: Invocation) -> bool:
    run, function = call.run, call.function
    if isinstance(call.callee, Closure):
        return run.depth < MAX_DEPTH and call.callee.origin not in run.name
    return run.depth < MAX_DEPTH and function is not run.function and function not in run.callers


def _entered(call: Invocation) -> Run:
    run, shown = call.run, call.node.func if isinstance(call.node, cst.Call) else call.node
    label = call.callee.origin if isinstance(call.callee, Closure) else ""
    seen: Mapping[str, Value] = {}
    if isinstance(call.callee, Closure):
        seen = captured(run, call.callee)
    return Run(
        run.analysis,
        call.function,
        State(seen, run.here.facts),
        path=(*run.path, run.station(call.node, "`{}(...)` is called", shown)),
        base=len(run.here.facts),
        name=f"{_identity(call)}{label}/",
        depth=run.depth + 1,
        callers=(*run.callers, run.function),
        caller=run,
    )


def _identity(call: Invocation) -> str:
    """Return what makes a call this one: a property of an object that did not change gives the same."""
    holder = call.receiver
    if isinstance(call.node, cst.Attribute) and isinstance(holder, Record):
        return derived("property", call.function.name, repr(holder))
    return call.run.identity(call.node)


def _executed(call: Invocation) -> tuple[Outcome | None, Mapping[str, Value]]:
    """Return what comes of a call, None if it takes too much work, and the names that it began with.

    A call in which another one was not executed, for depth or recursion, stands for itself alone.
    """
    if not _within_bounds(call):
        return None, {}
    inner, analysis = _entered(call), call.run.analysis
    muted = analysis.muted
    analysis.budget.enter()
    try:
        bind(inner, call.definition.params, call.receiver, call.given)
        _adopt(call, inner)
        before = inner.here.names
        key = (call.function, id(call.definition), *sorted_names(before), inner.here.known)
        known = analysis.outcomes.get(key) or analysis.outcomes.get((inner.name, key))
        if known is None or (known.silent and not muted):
            cut_off = analysis.cut_off
            _execute_body(inner, call.definition)
            known = outcome(inner, call.definition, before)
            whole = analysis.cut_off == cut_off
            place = key if whole else (inner.name, key)
            analysis.outcomes[place] = known
            if not known.silent:
                analysis.told.append(place)
    except (WorkBoundError, UnparsableError):
        analysis.muted = muted
        return None, {}
    finally:
        analysis.budget.leave()
    return known, before


def sorted_names(names: Mapping[str, Value]) -> list[tuple[str, Value]]:
    """Return names with their values in an order that does not depend on how they were bound."""
    return sorted(names.items(), key=lambda each: each[0])


def _execute_body(inner: Run, definition: cst.FunctionDef | cst.Lambda) -> None:
    if isinstance(definition, cst.Lambda):
        inner.returns.append((inner.here, inner.evaluate(definition.body)))
        inner.state = None
    else:
        inner.execute((definition.body,))


def _returned(
    call: Invocation, found: Outcome, before: Mapping[str, Value]
) -> tuple[Value, Value | None]:
    """Bring what a call leaves to its caller: facts, changed objects, and the result."""
    run = call.run
    if found.value is None and (call.function.owner is None or not is_abstract(call.definition)):
        run.ended = True
    tell(run, found)
    places = call.places()
    for name, after in found.changed.items():
        _keep(run, places.get(name), before[name], fresh(after))
    around = home(run, call.callee) if isinstance(call.callee, Closure) else None
    if around is not None:
        around.here.bind({name: fresh(value) for name, value in found.outer.items()})
    first = next(iter(ordered(call.definition.params)), None)
    became = None if first is None else found.changed.get(first.name.value)
    if found.value is None:
        return _promised(call), became
    return fresh(found.value), became


def _keep(run: Run, place: cst.BaseExpression | None, before: Value, after: Value) -> None:
    """Bind what an argument has become wherever the caller has it, where that is followed."""
    followed = isinstance(place, cst.Name | cst.Attribute)
    rebind(run, place if place is not None and followed else _NOWHERE, before, after)


def _not_executed(call: Invocation) -> Value:
    """Return what is promised, and forget what the function may have changed."""
    run, places = call.run, call.places()
    for name, place in places.items():
        if isinstance(place, cst.Name | cst.Attribute) and call.function.changes_list(name):
            forget(run, place)
    holder = call.receiver
    if isinstance(holder, Record) and holder.fields:
        kept = tuple(each for each in holder.fields if each[0] not in call.function.writes)
        first = next(iter(places.values()), None)
        _keep(run, first, holder, replace(holder, fields=kept))
    return _promised(call)


def _promised(call: Invocation) -> Value:
    run, program = call.run, call.run.analysis.program
    unknown = run.unknown(call.node, call.function.name)
    definition = call.definition
    try:
        plain = is_transparent(program, call.function)
    except UnparsableError:
        plain = False
    if isinstance(definition, cst.Lambda) or definition.returns is None or not plain:
        return unknown
    annotations = Annotations.within(program, call.function.module, f"{run.identity(call.node)}/")
    bound = dict(bound_by_position(definition.params, call.receiver, call.given))
    return promised(run.identity(call.node), definition, bound, annotations) or unknown


def _adopt(call: Invocation, inner: Run) -> None:
    """Let the caller's unknown names become the records that the callee's annotations say they are."""
    here = call.run.here
    for argument in call.node.args if isinstance(call.node, cst.Call) else ():
        name = argument.value.value if isinstance(argument.value, cst.Name) else ""
        known = here.names.get(name)
        if not isinstance(known, Unknown):
            continue
        for value in inner.here.names.values():
            if isinstance(value, Record) and value.origin == known.origin:
                here.bind({name: value})
