"""The entry of the analysis: execute one function abstractly and report what happens in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.expressions import evaluate
from shapeguard.lint.flow.parameters import Annotations, receiver, signature
from shapeguard.lint.flow.program import UnparsableError
from shapeguard.lint.flow.run import Analysis, Budget, Run, WorkBoundError
from shapeguard.lint.flow.state import State
from shapeguard.lint.flow.statements import execute
from shapeguard.lint.flow.values import Sequence, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shapeguard.lint.flow.events import Event
    from shapeguard.lint.flow.models.vocabulary import Model
    from shapeguard.lint.flow.program import Class, Function, Program
    from shapeguard.lint.flow.values import Value

STEPS = 12_000


class NotAnalysedError(Exception):
    """A function was given up: too much work for one function, too deep, or not to be parsed."""


def analyse_function(
    program: Program,
    models: Mapping[str, Model],
    function: Function,
    emit: Callable[[Event], None],
    owner: Class | None = None,
    steps: int = STEPS,
) -> None:
    """Execute ``function`` with unknown arguments and hand every event to ``emit``.

    Events are handed over at the end, when all tests that the function makes are known: a test after
    the sink is evidence as well.

    ``owner`` is the class of ``self``: a method that is inherited is executed once for each class
    that changes what it calls. Raises :class:`NotAnalysedError` when the work bound is reached.
    """
    events: list[Event] = []
    analysis = Analysis(program, models, events.append, evaluate, execute, Budget(steps))
    run = Run(analysis, function, State(), name=repr(owner or function))
    try:
        _parameters(run, function, owner)
        run.execute((function.parse().body,))
    except (WorkBoundError, RecursionError, UnparsableError) as error:
        raise NotAnalysedError(repr(function)) from error
    finally:
        for event in events:
            emit(event)


def _parameters(run: Run, function: Function, owner: Class | None) -> None:
    names = run.here.names
    parameters = signature(function)
    for position, parameter in enumerate(parameters):
        name = parameter.name.value
        if position == 0 and owner is not None and "staticmethod" not in function.decorators:
            names[name] = receiver(owner, name)
        else:
            names[name] = _declared(run, function, parameter, name)
    rest = function.parse().params.star_arg
    if isinstance(rest, cst.Param):
        names[rest.name.value] = Sequence(None, Unknown(f"{rest.name.value}[*]", "argument"))


def _declared(run: Run, function: Function, parameter: cst.Param, name: str) -> Value:
    if parameter.annotation is None:
        return Unknown(name, name)
    annotations = Annotations(run.analysis.program, function.module)
    return annotations.declared(parameter.annotation.annotation, name, name)
