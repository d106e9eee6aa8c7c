"""The entry of the analysis: execute one function abstractly and report what happens in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.bounds import Budget, WorkBoundError
from shapeguard.lint.flow.calls.binding import bind_unknown
from shapeguard.lint.flow.calls.signatures import declare
from shapeguard.lint.flow.domain.deduction import forget_all
from shapeguard.lint.flow.domain.state import State
from shapeguard.lint.flow.domain.values import Missing
from shapeguard.lint.flow.events import Definition, Moment, Return
from shapeguard.lint.flow.expressions.evaluation import evaluate
from shapeguard.lint.flow.program import UnparsableError
from shapeguard.lint.flow.run import Analysis, Run
from shapeguard.lint.flow.statements.execution import execute

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shapeguard.lint.flow.events import Event
    from shapeguard.lint.flow.models.vocabulary import Model
    from shapeguard.lint.flow.program import Class, Function, Program

STEPS = 12_000


class NotAnalysedError(Exception):
    """A function was given up: too much work for one function, too deep, or not to be parsed."""


class AnalysisFailedError(NotAnalysedError):
    """A function was given up for a defect of the analysis; the cause is what it raised."""


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
    that changes what it calls. Raises :class:`NotAnalysedError` when the work bound is reached,
    :class:`AnalysisFailedError` for whatever else goes wrong.
    """
    forget_all()
    events: list[Event] = []
    analysis = Analysis(program, models, events.append, evaluate, execute, Budget(steps))
    run = Run(analysis, function, State(), name=repr(owner or function))
    try:
        bind_unknown(run, owner)
        given = run.here.names
        declare(run, owner)
        run.execute((function.parse().body,))
        ended = replace(_definition(run, owner), given=given)
        events[:] = (
            replace(each, others=ended.returns) if isinstance(each, Return) else each
            for each in events
        )
        events.append(ended)
    except (WorkBoundError, RecursionError, UnparsableError) as error:
        raise NotAnalysedError(repr(function)) from error
    except Exception as error:
        raise AnalysisFailedError(repr(function)) from error
    finally:
        for event in events:
            emit(event)


def _definition(run: Run, owner: Class | None) -> Definition:
    """Return what is known of a function that has been executed to its end."""
    function, program = run.function, run.analysis.program
    returns = tuple((state.facts, value) for state, value in run.returns)
    if run.state is not None:
        returns = (*returns, (run.state.facts, Missing()))
    family = () if owner is None else tuple(program.bases(owner))
    replaced = (b.methods[function.name] for b in family[1:] if function.name in b.methods)
    overrides = next((each for each in replaced if each is not function), None)
    moment = Moment(run.site(function.parse()), (), (), run.analysis.tests, program.twins)
    return Definition(moment, function, owner, overrides, returns, family=family)
