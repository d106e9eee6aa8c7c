"""Where things happened: sites, and the stations that make up a trace."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    import libcst as cst

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.program import Function


@dataclass(frozen=True, slots=True)
class Site:
    """A syntax node in a function; its position is computed only when it is reported."""

    function: Function
    node: cst.CSTNode = field(compare=False)
    identity: int = 0

    @classmethod
    def of(cls, function: Function, node: cst.CSTNode) -> Site:
        """Return the site of a node; nodes are compared by identity, as libcst does."""
        return cls(function, node, id(node))

    def is_behind(self, other: Site) -> bool:
        """Say whether the node stands behind another one, in the same function.

        The nodes of a function are numbered from its end.
        """
        if self.function is not other.function:
            return False
        return self.function.number(self.node) < self.function.number(other.node)

    def __repr__(self) -> str:
        return f"{self.function!r}@{self.function.number(self.node)}"


@dataclass(frozen=True, slots=True)
class Station:
    """One step of a trace. ``order`` is the moment of the abstract execution that made it.

    ``template`` is the message, with ``{}`` for the source text of ``shown``; it is written out for
    the few stations that are reported. ``condition`` is what a branch tests, for stations at one.
    """

    order: int
    site: Site
    template: str
    shown: cst.CSTNode = field(compare=False)
    condition: Predicate | None = field(default=None, compare=False)

    @property
    def message(self) -> str:
        """What happened here, in a sentence."""
        return self.template.replace("{}", source(self.shown))


Trail = tuple[Station, ...]


def joined(*trails: Trail) -> Trail:
    """Return the stations of several trails in the order in which they were made, each once."""
    seen: dict[tuple[Site, str], Station] = {}
    for station in sorted((each for trail in trails for each in trail), key=lambda s: s.order):
        seen.setdefault((station.site, station.template), station)
    return tuple(seen.values())
