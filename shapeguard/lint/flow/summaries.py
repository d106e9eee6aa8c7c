"""Calls into the project: the body of the callee is executed with the caller's values.

A summary maps argument values to the result and to the events inside; it is computed when it is
asked for. Depth is bounded and recursion stops at the first repetition; beyond, the result is
unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow import merge
from shapeguard.lint.flow.lists import forget
from shapeguard.lint.flow.parameters import Annotations, signature
from shapeguard.lint.flow.predicates import every
from shapeguard.lint.flow.program import UnparsableError
from shapeguard.lint.flow.run import Run, WorkBoundError
from shapeguard.lint.flow.state import State
from shapeguard.lint.flow.values import Missing, Record, Sequence, Unknown

if TYPE_CHECKING:
    from shapeguard.lint.flow.arguments import Arguments
    from shapeguard.lint.flow.predicates import Predicate
    from shapeguard.lint.flow.program import Function
    from shapeguard.lint.flow.values import Callee, Value

MAX_DEPTH = 6


def invoke(run: Run, node: cst.Call, callee: Callee, given: Arguments) -> Value:
    """Execute a function of the project at a call and return its result."""
    function = callee.function
    if run.depth >= MAX_DEPTH or _recursive(run, function) or _opaque(function):
        return run.unknown(node, function.name)
    inner = Run(
        run.analysis,
        function,
        State({}, run.here.facts),
        path=(*run.path, run.station(node, "`{}(...)` is called", node.func)),
        base=len(run.here.facts),
        name=f"{run.identity(node)}/",
        depth=run.depth + 1,
        callers=(*run.callers, run.function),
    )
    budget, muted = run.analysis.budget, run.analysis.muted
    budget.enter()
    try:
        _bind(run, inner, callee, given)
        _adopt(run, node, inner)
        inner.execute((function.parse().body,))
    except (WorkBoundError, UnparsableError):
        run.analysis.muted = muted
        return run.unknown(node, function.name)
    finally:
        budget.leave()
    if not inner.returns and inner.state is None and function.owner is None:
        # A method that only raises may be abstract: what is called then is another one.
        run.ended = True
    run.state = _told(run.here, inner)
    _forget_changed(run, node, function)
    return result_of(inner, run.identity(node))


def _forget_changed(run: Run, node: cst.Call, function: Function) -> None:
    """Forget the lists that the callee changes in place."""
    parameters = [each.name.value for each in signature(function)]
    if function.owner is not None and "staticmethod" not in function.decorators:
        parameters = parameters[1:]
    for position, argument in enumerate(node.args):
        if argument.keyword is not None:
            name = argument.keyword.value
        else:
            name = parameters[position] if position < len(parameters) else ""
        if isinstance(argument.value, cst.Name) and function.changes_list(name):
            forget(run, argument.value)


def _told(state: State, inner: Run) -> State:
    """Return the caller's state with what holds at every end of the call: what it raised for."""
    ends = [end for end, _ in inner.returns]
    if inner.state is not None:
        ends.append(inner.state)
    if not ends:
        return state
    common = tuple(fact for fact in ends[0].facts if all(fact in end.known for end in ends))
    learned = tuple(fact for fact in common if fact not in state.known)
    return State(dict(state.names), state.facts + learned) if learned else state


def _recursive(run: Run, function: Function) -> bool:
    return function is run.function or function in run.callers


def _opaque(function: Function) -> bool:
    """Say whether a decorator stands between what the function returns and what a call gives."""
    plain = {"staticmethod", "classmethod", "torch.no_grad", "abstractmethod", "abc.abstractmethod"}
    return any(decorator not in plain for decorator in function.decorators)


def result_of(run: Run, identity: str) -> Value:
    """Return the value of a finished call: one alternative for each ``return``."""
    options: list[tuple[Predicate, Value]] = [
        (every(state.facts[run.base :]), value) for state, value in run.returns
    ]
    if run.state is not None:
        options.append((run.state.since(run.base), Missing()))
    if not options:
        return Unknown(identity, run.function.name)
    if len(options) == 1:
        return options[0][1]
    result = options[-1][1]
    for condition, value in reversed(options[:-1]):
        result = merge.branch(condition, value, result, f"{identity}=")
    return result


def _bind(run: Run, inner: Run, callee: Callee, given: Arguments) -> None:
    """Bind arguments to parameters; an unknown argument takes what the annotation says."""
    declared = callee.function.parse().params
    names = inner.here.names
    positional = list(given.positional)
    if callee.receiver is not None and "staticmethod" not in callee.function.decorators:
        positional.insert(0, callee.receiver)
    ordered = [*declared.posonly_params, *declared.params]
    for position, parameter in enumerate([*ordered, *declared.kwonly_params]):
        name = parameter.name.value
        value: Value | None = None
        if name in given.keywords:
            value = given.keywords[name]
        elif position < min(len(positional), len(ordered)):
            value = positional[position]
        elif parameter.default is not None and given.star is None and not given.unpacked:
            value = inner.evaluate(parameter.default)
        names[name] = _typed(run, callee.function, parameter, value, f"{inner.name}{name}")
    if isinstance(declared.star_arg, cst.Param):
        rest = Sequence(tuple(positional[len(ordered) :]))
        label = f"{inner.name}*"
        names[declared.star_arg.name.value] = (
            rest if given.star is None else Sequence(None, Unknown(label, "argument"))
        )


def _typed(
    run: Run, function: Function, parameter: cst.Param, value: Value | None, identity: str
) -> Value:
    name = parameter.name.value
    if value is not None and not isinstance(value, Unknown):
        return value
    if parameter.annotation is None:
        return Unknown(identity, name) if value is None else value
    annotations = Annotations(run.analysis.program, function.module)
    origin = identity if value is None else value.origin
    return annotations.declared(parameter.annotation.annotation, origin, name)


def _adopt(run: Run, node: cst.Call, inner: Run) -> None:
    """Let the caller's unknown names become the records that the callee's annotations say they are."""
    for argument in node.args:
        if not isinstance(argument.value, cst.Name):
            continue
        name = argument.value.value
        known = run.here.names.get(name)
        if not isinstance(known, Unknown):
            continue
        for value in inner.here.names.values():
            if isinstance(value, Record) and value.origin == known.origin:
                run.here.names[name] = value
