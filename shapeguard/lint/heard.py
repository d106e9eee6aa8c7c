"""What rules have said of places: plain values, which come together whatever was executed where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shapeguard.finding import Finding, Span  # noqa: TC001 - sent to other processes

if TYPE_CHECKING:
    from collections.abc import Iterator

Place = tuple[str, Span]
"""The code of a rule, and where it says something."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says about a place.

    ``merit`` orders what is said about one place, the best first. ``reason`` is what the diagnosis rests
    on, nothing where it rests on no evidence that an extent may be 0; one that is not ``explicit`` is a
    belief, which callers may refute. ``gives_way_to`` are the codes of rules that are more special.
    """

    finding: Finding
    merit: tuple[Any, ...]
    reason: str
    explicit: bool
    gives_way_to: frozenset[str]


@dataclass(slots=True)
class Heard:
    """What was said in some executions; ``contexts`` tells of each place whether it always was.

    ``failed`` are the codes of rules that failed, ``problems`` how.
    """

    said: dict[Place, Said] = field(default_factory=dict[Place, Said])
    contexts: dict[Place, set[bool]] = field(default_factory=dict[Place, set[bool]])
    failed: set[str] = field(default_factory=set[str])
    problems: list[str] = field(default_factory=list[str])

    def add(self, other: Heard) -> None:
        """Add what was heard in other executions: of what is said of one place, the best is kept."""
        for place, each in other.said.items():
            known = self.said.get(place)
            if known is None or each.merit < known.merit:
                self.said[place] = each
        for place, answers in other.contexts.items():
            self.contexts.setdefault(place, set()).update(answers)
        self.failed |= other.failed
        self.problems += [each for each in other.problems if each not in self.problems]

    def findings(self) -> Iterator[Finding]:
        """Yield what was found, less beliefs about a function that all its callers refute.

        Where one operation is given the result of another, and both are said to break for the same
        reason, the inner one breaks first.
        """
        upheld = {place: each for place, each in self.said.items() if self._upheld(place, each)}
        for (code, span), each in tuple(upheld.items()):
            if any((other, span) in upheld for other in each.gives_way_to):
                del upheld[code, span]
        reasons: dict[tuple[str, str], list[Span]] = {}
        for (_, span), each in upheld.items():
            if each.reason:
                reasons.setdefault((span.filename, each.reason), []).append(span)
        for (_, span), each in upheld.items():
            others = reasons[span.filename, each.reason] if each.reason else ()
            if not any(_is_inside(other, span) for other in others):
                yield each.finding

    def _upheld(self, place: Place, each: Said) -> bool:
        return each.explicit or self.contexts.get(place) != {False}


def _is_inside(inner: Span, outer: Span) -> bool:
    return inner != outer and outer.start <= inner.start and inner.end <= outer.end
