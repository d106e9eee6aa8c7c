"""What a call of something unknown may do to the objects that it is given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.calls.containers import forget
from shapeguard.lint.flow.calls.objects import REGISTERING, registered
from shapeguard.lint.flow.domain.callables import Closure
from shapeguard.lint.flow.domain.values import Record, Sequence
from shapeguard.lint.flow.statements.targets import rebind
from shapeguard.lint.flow.syntax.usage import changed_names

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.arguments import Arguments
    from shapeguard.lint.flow.run import Run

_HARMLESS = frozenset({"print", "repr", "str", "bool", "id", "hash", "type", "hasattr", "getattr"})


def escape(run: Run, node: cst.Call, given: Arguments) -> None:
    """Forget what a call that is not followed may change: a list to be filled, lists of an object.

    Whoever passes a list that has no member wants it filled; other lists are mostly read.
    """
    if isinstance(node.func, cst.Name) and node.func.value in _HARMLESS:
        return
    for place in (*given.nodes, *(each.value for each in node.args if each.keyword is not None)):
        _forget(run, place)
    if isinstance(node.func, cst.Attribute) and node.func.attr.value not in REGISTERING:
        _forget_lists(run, node.func.value)


def _forget(run: Run, place: cst.BaseExpression) -> None:
    if not isinstance(place, cst.Name | cst.Attribute):
        return
    holder = run.here.names.get(place.value) if isinstance(place, cst.Name) else run.evaluate(place)
    if isinstance(holder, Sequence) and holder.items == ():
        forget(run, place)
    elif isinstance(holder, Closure):
        _forget_changed_by(run, holder)
    else:
        _forget_lists(run, place)


def _forget_changed_by(run: Run, made: Closure) -> None:
    """Forget the lists that a function changes which somebody unknown may call."""
    if isinstance(made.node, cst.FunctionDef) and made.home == run.name:
        for name in changed_names(made.node) & run.here.names.keys():
            forget(run, cst.Name(name))


def _forget_lists(run: Run, place: cst.BaseExpression) -> None:
    holder = run.here.names.get(place.value) if isinstance(place, cst.Name) else None
    if not isinstance(holder, Record) or holder.owner is None:
        return
    if run.analysis.program.record(holder.owner) is not None:
        return
    kept = tuple(each for each in holder.fields if not isinstance(each[1], Sequence))
    if len(kept) < len(holder.fields):
        rebind(run, place, holder, replace(holder, fields=kept))


def register(run: Run, node: cst.Call, given: Arguments) -> None:
    """Give an object the attribute that a call registers by name: ``self.add_state("rows", [])``."""
    if not isinstance(node.func, cst.Attribute) or not isinstance(node.func.value, cst.Name):
        return
    name = node.func.value.value
    holder = run.here.names.get(name)
    changed = (
        registered(holder, node.func.attr.value, given) if isinstance(holder, Record) else None
    )
    if changed is not None:
        run.here.bind({name: changed})
