"""One call of something that the project defines: who is called, with what, from where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.calls.binding import ordered
from shapeguard.lint.flow.calls.closures import body_of
from shapeguard.lint.flow.domain.callables import Closure, Constructor
from shapeguard.lint.flow.domain.values import Record

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.arguments import Arguments
    from shapeguard.lint.flow.domain.callables import Callee
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.program import Function
    from shapeguard.lint.flow.run import Run


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of something that the project defines; ``definition`` has its parameters and body."""

    run: Run
    node: cst.BaseExpression
    callee: Callee | Closure
    function: Function
    definition: cst.FunctionDef | cst.Lambda
    given: Arguments

    @property
    def receiver(self) -> Value | None:
        """The first argument, where the callee is bound to it."""
        if isinstance(self.callee, Closure) or "staticmethod" in self.function.decorators:
            return None
        holder = self.callee.receiver
        if isinstance(holder, Record) and "classmethod" in self.function.decorators:
            return None if holder.owner is None else Constructor(holder.owner)
        return holder

    @property
    def is_default(self) -> bool:
        """Say whether a method does nothing, and so may be there for subclasses to replace it."""
        if self.function.owner is None or isinstance(self.definition, cst.Lambda):
            return False
        statements = [
            small
            for line in self.definition.body.body
            for small in (line.body if isinstance(line, cst.SimpleStatementLine) else (line,))
        ]
        return all(
            isinstance(each, cst.Pass | cst.Raise)
            or (
                isinstance(each, cst.Expr) and isinstance(each.value, cst.BaseString | cst.Ellipsis)
            )
            for each in statements
        )

    def places(self) -> dict[str, cst.BaseExpression]:
        """Return where the caller keeps what it passes, by the names of the parameters."""
        nodes: list[cst.BaseExpression] = []
        if self.receiver is not None:
            owner = self.node.func if isinstance(self.node, cst.Call) else self.node
            nodes.append(owner.value if isinstance(owner, cst.Attribute) else self.node)
        nodes.extend(self.given.nodes)
        names = [each.name.value for each in ordered(self.definition.params)]
        places = dict(zip(names, nodes, strict=False))
        for argument in self.node.args if isinstance(self.node, cst.Call) else ():
            if argument.keyword is not None:
                places[argument.keyword.value] = argument.value
        return places


def invocation(
    run: Run, node: cst.BaseExpression, callee: Callee | Closure, given: Arguments
) -> Invocation:
    """Return a call; raises :class:`~shapeguard.lint.flow.program.UnparsableError`."""
    if isinstance(callee, Closure):
        return Invocation(run, node, callee, *body_of(callee), given)
    return Invocation(run, node, callee, callee.function, callee.function.parse(), given)
