"""``super()``: the next method in the order of the class that an object has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.calls.binding import ordered
from shapeguard.lint.flow.calls.passing import arguments
from shapeguard.lint.flow.calls.summaries import invoke
from shapeguard.lint.flow.domain.callables import Callee, Constructor
from shapeguard.lint.flow.domain.values import Record
from shapeguard.lint.flow.program import Class

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run


def call_super(run: Run, node: cst.Call, name: str) -> Value:
    """Call the next method in the order of the receiver's class: ``super().f()``."""
    given = arguments(run, node)
    holder = run.here.names.get(_first_parameter(run))
    after = _explicit_class(run, node) or run.function.owner
    known = holder.owner if isinstance(holder, Record | Constructor) else None
    if after is None or holder is None or known is None:
        return run.unknown(node, name)
    program = run.analysis.program
    order = list(program.bases(known))
    order = order if after in order else list(program.bases(after))
    for base in order[order.index(after) + 1 :]:
        if name in base.methods:
            return invoke(run, node, Callee(base.methods[name], holder), given)
    return run.unknown(node, name)


def _first_parameter(run: Run) -> str:
    parameters = ordered(run.function.parse().params)
    return parameters[0].name.value if parameters else ""


def _explicit_class(run: Run, node: cst.Call) -> Class | None:
    """Return ``C`` of ``super(C, self)``."""
    match node.func:
        case cst.Attribute(value=cst.Call(args=(cst.Arg(value=cst.Name(value=written)), _))):
            found = run.analysis.program.find(run.function.module, written)
            return found if isinstance(found, Class) else None
        case _:
            return None
