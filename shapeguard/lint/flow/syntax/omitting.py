"""Whether a pass of a loop does nothing but something to one share, so that an empty one can be left out.

What is harmless is listed; anything else may be counted on: by another pass, behind the loop, elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.liveness import bound_behind, is_read_first
from shapeguard.lint.flow.syntax.trees import code_of, walk
from shapeguard.lint.flow.syntax.usage import only_index, target_names
from shapeguard.lint.flow.syntax.walks import assigned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FILLED = frozenset(
    {
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
    }
)
"""What makes a tensor that has a value in each place before one is written there."""
_PURE = frozenset({"len", "int", "float", "bool", "range", "min", "max", "abs", "sum", "enumerate"})
_STEPS = (cst.NamedExpr, cst.Await, cst.Yield, cst.Lambda, cst.ListComp, cst.GeneratorExp)
"""Expressions that do something beside having a value, or of which that is not looked at."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a loop takes in each pass: ``name``, if it has one, used by ``node``.

    ``mask`` is the mask that selects it, as the source has it, if there is one.
    """

    node: cst.CSTNode
    name: str | None
    mask: str


def is_about(
    share: Share, statements: Sequence[cst.CSTNode], function: cst.FunctionDef, loop: cst.For
) -> bool:
    """Say whether statements at the end of a pass deal with its share alone.

    They give names that nothing else reads, write to the rows of the share or to places that have a value,
    and add to a total. Then there is nothing that they would have to do for an empty share.
    """
    return _Pass(share, statements, function, loop).is_harmless()


@dataclass(frozen=True)
class _Pass:
    share: Share
    statements: Sequence[cst.CSTNode]
    function: cst.FunctionDef
    loop: cst.For

    def is_harmless(self) -> bool:
        """Say whether each statement is."""
        own = self._derived()
        return all(self._is_fine(each, own) for each in self.statements)

    def _derived(self) -> frozenset[str]:
        """Return the names of what is computed from the share."""
        names = frozenset({self.share.name} if self.share.name is not None else ())
        parts = [each for statement in self.statements for each in walk(statement)]
        while True:
            more = {name for part in parts for name in self._bound_from(part, names)}
            if more <= names:
                return names
            names |= more

    def _bound_from(self, part: cst.CSTNode, own: frozenset[str]) -> Iterator[str]:
        """Yield the names that a statement binds to something of the share."""
        match part:
            case cst.Assign(targets=targets, value=value) if self._reads(value, own):
                for each in targets:
                    yield from target_names(each.target)
            case cst.AnnAssign(target=target, value=cst.BaseExpression() as value):
                if self._reads(value, own):
                    yield from target_names(target)
            case _:
                return

    def _reads(self, code: cst.CSTNode, own: frozenset[str]) -> bool:
        """Say whether code is computed from the share."""
        return any(
            each is self.share.node
            or (isinstance(each, cst.Name) and each.value in own)
            or self._selects(each)
            for each in walk(code)
        )

    def _selects(self, part: cst.CSTNode) -> bool:
        """Say whether a part of anything is that of the rows of the share."""
        index = only_index(part)
        return index is not None and bool(self.share.mask) and code_of(index) == self.share.mask

    def _is_fine(self, statement: cst.CSTNode, own: frozenset[str]) -> bool:
        match statement:
            case cst.SimpleStatementLine(body=parts):
                return all(self._is_fine(each, own) for each in parts)
            case cst.If(test=test, body=body, orelse=orelse):
                inner = [*body.body, *([orelse] if orelse is not None else [])]
                return self._is_plain(test, own) and all(self._is_fine(each, own) for each in inner)
            case cst.Else(body=body):
                return all(self._is_fine(each, own) for each in body.body)
            case cst.Assign(targets=targets, value=value):
                return self._is_plain(value, own) and all(
                    self._may_miss(each.target, value, own) for each in targets
                )
            case cst.AnnAssign(target=target, value=cst.BaseExpression() as value):
                return self._is_plain(value, own) and self._may_miss(target, value, own)
            case cst.AugAssign(target=cst.Name(value=total), operator=operator, value=value):
                adds = isinstance(operator, cst.AddAssign | cst.SubtractAssign)
                plain = self._is_plain(value, own) and self._reads(value, own)
                return adds and plain and self._is_number(total)
            case _:
                return isinstance(statement, cst.Pass)

    def _is_plain(self, value: cst.CSTNode, own: frozenset[str]) -> bool:
        """Say whether an expression has a value and no more; what is called is called with the share."""
        parts = list(walk(value))
        if any(isinstance(each, _STEPS) for each in parts):
            return False
        calls = [each for each in parts if isinstance(each, cst.Call)]
        return all(self._reads(each, own) or _is_pure(each) for each in calls)

    def _may_miss(self, target: cst.CSTNode, value: cst.CSTNode, own: frozenset[str]) -> bool:
        """Say whether it does no harm that a target is not assigned."""
        if isinstance(target, cst.Subscript):
            return self._reads(value, own) and self._has_value(target)
        names = list(target_names(target))
        counted_on = [name for name in names if self._is_counted_on(name)]
        if not names or len(counted_on) > 1:
            return False
        return all(self._is_sum(name, value, own) for name in counted_on)

    def _is_counted_on(self, name: str) -> bool:
        """Say whether a name is read in a later pass or behind the loop."""
        behind = name in bound_behind(self.function, self.loop)
        return behind or is_read_first(name, [self.loop.body]) or self._is_shared(name)

    def _is_shared(self, name: str) -> bool:
        """Say whether a name is that of another scope."""
        return any(
            isinstance(each, cst.Global | cst.Nonlocal)
            and any(item.name.value == name for item in each.names)
            for each in walk(self.function.body)
        )

    def _is_sum(self, name: str, value: cst.CSTNode, own: frozenset[str]) -> bool:
        """Say whether something of the share is added to a name: ``total = total + loss``."""
        match value:
            case cst.BinaryOperation(left=cst.Name(value=total), operator=cst.Add(), right=added):
                return total == name and self._reads(added, own - {name}) and self._is_number(name)
            case _:
                return False

    def _is_number(self, name: str) -> bool:
        """Say whether a name begins in front of the loop as a number, or a tensor of numbers."""
        begun = [
            node.value
            for node in walk(self.function.body)
            if isinstance(node, cst.Assign)
            and any(name in target_names(each.target) for each in node.targets)
            and not any(node is each for each in walk(self.loop))
        ]
        match begun:
            case [cst.Integer() | cst.Float()]:
                return not self._is_shared(name)
            case [cst.Call(func=cst.Attribute(attr=cst.Name(value=maker)))]:
                return maker in _FILLED | {"tensor", "new_tensor"} and not self._is_shared(name)
            case _:
                return False

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


def _is_pure(call: cst.Call) -> bool:
    return isinstance(call.func, cst.Name) and call.func.value in _PURE
