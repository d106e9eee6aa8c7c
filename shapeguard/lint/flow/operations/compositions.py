"""Blocks of adapters: what one is made of, for who uses it later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.values import Block
from shapeguard.lint.flow.events import Compose

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.models import vocabulary as words
    from shapeguard.lint.flow.operations.application import Application


def composes(call: Application, model: words.Composes) -> Value:
    """Make a block of its arguments."""
    given = call.given
    made = (call.run.station(call.node, f"a `{call.operation}` block is made"),)
    children = given.positional if given.star is None else None
    sizes = given.keywords.get(model.sizes)
    block = Block(call.identity, call.operation, children, model.sizes, sizes, made)
    versions = call.run.analysis.program.required("adapters")
    call.run.emit(Compose(call.run.moment(call.node), block, versions))
    return block
