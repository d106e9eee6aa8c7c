"""What the arrays of one call have bound: extents alone, without who bound them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from shapeguard.runtime.closures import ARGUMENTS, UnboundNameError
from shapeguard.runtime.expressions import UndefinedValueError, evaluate, parse_formula
from shapeguard.runtime.scope import Bound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.runtime.scope import Extent


class Extents:
    """What the arrays of one call have bound: extents by name, those of members in order."""

    __slots__ = ("arguments", "bound", "members", "pending")

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self.arguments = arguments
        self.bound: dict[str, Extent] = {}
        self.members: dict[str, list[Extent]] = {}
        self.pending: list[tuple[str, int]] = []

    def snapshot(self) -> tuple[int, dict[str, int]]:
        """Remember how much is bound; what is bound later comes behind it."""
        lengths = {name: len(each) for name, each in self.members.items()} if self.members else {}
        return len(self.bound), lengths

    def restore(self, snapshot: tuple[int, dict[str, int]]) -> None:
        """Forget what was bound since."""
        count, lengths = snapshot
        self.bound = dict(islice(self.bound.items(), count))
        self.members = {name: self.members[name][:length] for name, length in lengths.items()}
        self.pending = []

    def find(self, name: str) -> Bound | None:
        """Look a name up, as a scope does."""
        extent = self.bound.get(name)
        return None if extent is None else Bound(extent, "the arguments")

    def names(self) -> dict[str, Any]:
        """Collect what an expression may read: arguments, then members' extents, then axes."""
        members = {name: tuple(extents) for name, extents in self.members.items()}
        return {**self.arguments, ARGUMENTS: self.arguments, **members, **self.bound}

    def are_settled(self) -> bool:
        """Compare the axes that are expressions; one with a name that nothing has bound is passed over."""
        if not self.pending:
            return True
        names, pending = self.names(), self.pending
        self.pending = []
        for text, extent in pending:
            try:
                if evaluate(parse_formula(text), names) != extent:
                    return False
            except UnboundNameError:
                continue
            except UndefinedValueError:
                return False
        return True
