"""What rules have said of places: plain values, which come together whatever was executed where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from shapeguard.finding import Finding, Span  # noqa: TC001 - sent to other processes

if TYPE_CHECKING:
    from collections.abc import Iterator

Merit = tuple[int, int, int, str, tuple[str, ...]]
Place = tuple[str, Span]
"""The code of a rule, and where it says something."""
Context = tuple[str, str, str, int]
"""The code of a rule, and the node that it was asked about: its file, what its function is known by
there, its number.

Where that node stands in its file need not be computed before something is said of it.
"""

NOTHING: Final = 1
SOMETHING: Final = 2


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says about a place.

    ``asked`` is what the rule was asked about. ``merit`` orders what is said about one place, the best first. ``reason`` is what the diagnosis rests
    on, nothing where it rests on no evidence that an extent may be 0; one that is not ``explicit`` is a
    belief, which callers may refute. ``gives_way_to`` are the codes of rules that are more special.
    """

    finding: Finding
    asked: Context
    merit: Merit
    reason: str
    explicit: bool
    gives_way_to: frozenset[str]


@dataclass(slots=True)
class Heard:
    """What was said in some executions.

    ``contexts`` tells of each node what was said of it where its function is called: :data:`NOTHING`,
    :data:`SOMETHING`, or both in turn. ``failed`` are the codes of rules that failed, ``problems`` how.
    """

    said: dict[Place, Said] = field(default_factory=dict[Place, Said])
    contexts: dict[Context, int] = field(default_factory=dict[Context, int])
    failed: set[str] = field(default_factory=set[str])
    problems: list[str] = field(default_factory=list[str])

    def add(self, other: Heard) -> None:
        """Add what was heard in other executions: of what is said of one place, the best is kept."""
        for place, each in other.said.items():
            known = self.said.get(place)
            if known is None or each.merit < known.merit:
                self.said[place] = each
        for asked, answers in other.contexts.items():
            self.answer(asked, answers)
        self.failed |= other.failed
        self.problems += [each for each in other.problems if each not in self.problems]

    def answer(self, asked: Context, answers: int) -> None:
        """Add what was said of a node."""
        self.contexts[asked] = self.contexts.get(asked, 0) | answers

    def plain(self) -> Told:
        """Return what was said of one file, as it can be kept."""
        contexts = (
            (*asked, bool(said & NOTHING), bool(said & SOMETHING))
            for asked, said in self.contexts.items()
        )
        return Told(tuple(self.said.values()), tuple(contexts))

    def findings(self) -> Iterator[Finding]:
        """Yield what was found, less beliefs about a function that all its callers refute.

        Where one operation is given the result of another, and both are said to break for the same
        reason, the inner one breaks first.
        """
        upheld = {place: each for place, each in self.said.items() if self._upheld(each)}
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

    def _upheld(self, each: Said) -> bool:
        return each.explicit or self.contexts.get(each.asked) != NOTHING


@dataclass(frozen=True, slots=True)
class Told:
    """What was heard, as it can be kept: each context with whether nothing, and something, was said."""

    said: tuple[Said, ...]
    contexts: tuple[tuple[str, str, str, int, bool, bool], ...]

    def heard(self) -> Heard:
        """Return it as it was heard."""
        return Heard(
            {(each.finding.code, each.finding.span): each for each in self.said},
            {
                (code, name, place, number): no * NOTHING | yes * SOMETHING
                for code, name, place, number, no, yes in self.contexts
            },
        )


def _is_inside(inner: Span, outer: Span) -> bool:
    return inner != outer and outer.start <= inner.start and inner.end <= outer.end
