"""What a pass of a loop does beside what it does to one share: it may not be left out with that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.liveness import bound_behind, is_read_first
from shapeguard.lint.flow.syntax.trees import code_of, walk
from shapeguard.lint.flow.syntax.usage import CHANGING, only_index, target_names
from shapeguard.lint.flow.syntax.walks import assigned

if TYPE_CHECKING:
    from collections.abc import Sequence

_FILLED = frozenset(
    [
        "zeros",
        "ones",
        "full",
        "zeros_like",
        "ones_like",
        "full_like",
        "new_zeros",
        "new_ones",
        "new_full",
        "clone",
    ]
)
"""What makes a tensor that has a value in each place before one is written there."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a loop takes in each pass: ``name``, if it has one, used by ``node``, cut by ``selector``."""

    node: cst.CSTNode
    name: str | None
    selector: str


def is_about(
    share: Share, statements: Sequence[cst.CSTNode], function: cst.FunctionDef, loop: cst.For
) -> bool:
    """Say whether statements at the end of a pass deal with its share alone.

    Then they do nothing for an empty one that another pass counts on, or what follows the loop.
    """
    return _Omission(share, statements, function, loop).is_harmless()


@dataclass(frozen=True)
class _Omission:
    share: Share
    statements: Sequence[cst.CSTNode]
    function: cst.FunctionDef
    loop: cst.For

    def is_harmless(self) -> bool:
        """Say whether no statement does something that must be done without a share too."""
        own = self._derived()
        return not any(self._is_missed(each, own) for each in self._parts())

    def _parts(self) -> list[cst.CSTNode]:
        return [each for statement in self.statements for each in walk(statement)]

    def _derived(self) -> frozenset[str]:
        """Return the names of what is computed from the share."""
        names = frozenset({self.share.name} if self.share.name is not None else ())
        while True:
            more = {name for part in self._parts() for name in self._bound_from(part, names)}
            if more <= names:
                return names
            names |= more

    def _bound_from(self, part: cst.CSTNode, own: frozenset[str]) -> set[str]:
        """Return the names that a statement binds to something of the share."""
        match part:
            case cst.Assign(targets=targets, value=value) if self._reads(value, own):
                return {name for each in targets for name in target_names(each.target)}
            case cst.AugAssign(target=target, value=value) if self._reads(value, own):
                return set(target_names(target))
            case cst.For(target=target, iter=value) if self._reads(value, own):
                return set(target_names(target))
            case _:
                return set()

    def _reads(self, code: cst.CSTNode, own: frozenset[str]) -> bool:
        return any(
            each is self.share.node or _is_one_of(each, own) or self._selects(each)
            for each in walk(code)
        )

    def _selects(self, part: cst.CSTNode) -> bool:
        """Say whether a part of anything is the one that the share is of."""
        index = only_index(part)
        return index is not None and code_of(index) == self.share.selector

    def _is_missed(self, part: cst.CSTNode, own: frozenset[str]) -> bool:
        match part:
            case cst.Yield() | cst.FunctionDef() | cst.ClassDef() | cst.Del():
                return True
            case cst.Call(func=cst.Attribute(value=holder, attr=cst.Name(value=method))) if (
                method in CHANGING
            ):
                return not self._is_summed_alone(holder)
            case cst.Expr(value=cst.Call() as call):
                return not self._reads(call, own)
            case cst.AugAssign(target=target, value=value):
                return not isinstance(target, cst.Name) or not self._reads(value, own)
            case cst.AssignTarget(target=cst.Subscript() as slot):
                return not self._has_value(slot)
            case cst.AssignTarget(target=cst.Attribute()):
                return True
            case cst.Assign(targets=targets, value=value):
                names = {name for each in targets for name in target_names(each.target)}
                return any(self._is_counted_on(name, value, own) for name in names)
            case _:
                return False

    def _is_counted_on(self, name: str, value: cst.CSTNode, own: frozenset[str]) -> bool:
        """Say whether a name is read in a later pass or behind the loop, and is no running total."""
        behind = name in bound_behind(self.function, self.loop)
        if not behind and not is_read_first(name, [self.loop.body]):
            return False
        adds_up = any(_is_one_of(each, {name}) for each in walk(value))
        return not adds_up or not self._reads(value, own - {name})

    def _is_summed_alone(self, holder: cst.CSTNode) -> bool:
        """Say whether a list is filled and its members added up, however many, and no more."""
        if not isinstance(holder, cst.Name):
            return False
        name = holder.value
        uses = sum(_is_one_of(each, {name}) for each in walk(self.function))
        known = sum(_is_filled_or_summed(each, name) for each in walk(self.function))
        return uses == known

    def _has_value(self, slot: cst.Subscript) -> bool:
        """Say whether a place is one of rows of the share, or has a value before it gets another."""
        if self._selects(slot):
            return True
        made = (
            assigned(self.function, slot.value.value) if isinstance(slot.value, cst.Name) else None
        )
        match made:
            case cst.Call(func=cst.Attribute(attr=cst.Name(value=maker))):
                return maker in _FILLED
            case _:
                return False


def _is_one_of(node: cst.CSTNode, names: frozenset[str] | set[str]) -> bool:
    return isinstance(node, cst.Name) and node.value in names


def _is_filled_or_summed(node: cst.CSTNode, name: str) -> bool:
    match node:
        case cst.Call(func=cst.Name("sum"), args=[cst.Arg(value=cst.Name(value=used))]):
            return used == name
        case cst.Call(func=cst.Attribute(value=cst.Name(value=used), attr=cst.Name("append"))):
            return used == name
        case cst.AssignTarget(target=cst.Name(value=used)):
            return used == name
        case _:
            return False
