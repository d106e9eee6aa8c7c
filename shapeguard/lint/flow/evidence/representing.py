"""One member that speaks for all members of a list: reported where all are joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.state import State
from shapeguard.lint.flow.events import Represent
from shapeguard.lint.flow.syntax.representatives import representatives
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    import libcst as cst

    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run


def represented(run: Run, join: cst.Call, operation: str) -> None:
    """Report the fields of one member that stand for those of all whose fields a call joins."""
    if run.analysis.muted:
        return
    for each in representatives(run.function.parse(), join):
        trail = [run.station(join, f"`{{}}` joins what all of `{each.listed}` hold")]
        if each.believed is not None:
            trail.insert(0, run.station(each.believed, "each member is asked for it: `{}`"))
        event = Represent(
            run.moment(each.member),
            operation,
            source(each.member),
            each.listed,
            _before_any_test(run, each.member),
            decides=each.decides,
            believed=each.believed is not None,
            gathered=each.gathered,
            converts=each.converts,
            trail=tuple(trail),
        )
        run.emit(event)


def _before_any_test(run: Run, node: cst.BaseExpression) -> Value:
    """Return what an expression is where nothing has been asked of it yet."""
    here = run.here
    run.state = State(here.names)
    run.analysis.muted += 1
    value = run.evaluate(node)
    run.analysis.muted -= 1
    run.state = here
    return value
