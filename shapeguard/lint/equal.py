"""What functions of many files show, held once for all that show the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shapeguard.lint.flow.program import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapeguard.lint.flow.program import Function

_Names = frozenset[str]
_Holders = tuple[str, ...]


@dataclass(slots=True)
class Equal:
    """What has been shown before."""

    _names: dict[_Names, _Names] = field(default_factory=dict[_Names, _Names])
    _holders: dict[_Holders, _Holders] = field(default_factory=dict[_Holders, _Holders])

    def share(self, functions: Iterable[Function]) -> None:
        """Let functions have what is known in place of what is equal to it."""
        for each in functions:
            shown, holders = each.shown, self._holders
            each.shown = Shown(
                self._known(shown.calls),
                self._known(shown.tests),
                {name: holders.setdefault(some, some) for name, some in shown.sites.items()},
                self._known(shown.binds),
            )
            each.writes, each.sets = self._known(each.writes), self._known(each.sets)

    def _known(self, names: _Names) -> _Names:
        return self._names.setdefault(names, names)
