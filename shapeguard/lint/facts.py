"""What is to be known of rules and of packs without asking them: plain values, which can be kept."""

from __future__ import annotations

from dataclasses import dataclass

from shapeguard.finding import Severity  # noqa: TC001 - decoded by its annotation


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What is to be known of a rule without asking it; ``text`` is the docstring of its module."""

    code: str
    name: str
    severity: Severity
    since: str
    preview: bool
    text: str


@dataclass(frozen=True, slots=True)
class PackFacts:
    """What is to be known of packs, none of which has a problem, without loading them.

    ``libraries`` are those that op models describe.
    """

    rules: tuple[RuleFacts, ...]
    libraries: frozenset[str]
