"""The arguments of a call, evaluated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.values import Int, Missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    import libcst as cst

    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.models import vocabulary as words

_ALSO = {
    "dim": ("axis",),
    "keepdim": ("keepdims",),
    "input": ("self", "x", "a"),
    "size": ("shape",),
}
"""What numpy calls the parameters that torch has other names for."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a call. ``nodes`` are the expressions of the positional ones.

    ``star`` is a list of unknown length behind ``*``, and ``behind`` of the positional ones follow it;
    ``unpacked`` says that ``**`` may give more.
    """

    positional: tuple[Value, ...]
    keywords: Mapping[str, Value]
    nodes: tuple[cst.BaseExpression, ...] = ()
    star: Value | None = None
    unpacked: bool = False
    behind: int = 0

    def named(self, keyword: str) -> Value | None:
        """Return the argument that was given by keyword, or None."""
        for name in (keyword, *_ALSO.get(keyword, ())):
            if name in self.keywords:
                return self.keywords[name]
        return None

    def get(self, parameter: words.Parameter) -> Value | None:
        """Return the argument of a parameter, or None if it was not given."""
        named = self.named(parameter.keyword)
        if named is None and parameter.position < len(self.positional):
            return self.positional[parameter.position]
        return named

    def number(self, parameter: words.Parameter) -> int | None:
        """Return the known integer that a parameter has; None if it is absent or unknown."""
        value = self.get(parameter)
        if value is None:
            return parameter.default
        return value.term.known if isinstance(value, Int) else None

    def absent(self, parameter: words.Parameter) -> bool:
        """Say whether neither an argument nor a default is there."""
        given = self.get(parameter)
        return (given is None or isinstance(given, Missing)) and parameter.default is None
