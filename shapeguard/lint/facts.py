"""What is to be known of rules and of packs without asking them: plain values, which can be kept."""

from __future__ import annotations

from dataclasses import dataclass

from shapeguard.finding import Severity  # noqa: TC001 - decoded by its annotation


@dataclass(frozen=True, slots=True)
class Signs:
    """What shows that something can happen of which a rule may speak; see :class:`gate.Gate`."""

    alone: frozenset[str] = frozenset()
    with_cut: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What is to be known of a rule without asking it; ``text`` is the docstring of its module.

    ``signs`` show that it may have something to say of a function.
    """

    code: str
    name: str
    severity: Severity
    since: str
    preview: bool
    text: str
    signs: Signs = Signs()


@dataclass(frozen=True, slots=True)
class PackFacts:
    """What is to be known of packs, none of which has a problem, without loading them.

    ``libraries`` are those that op models describe.
    """

    rules: tuple[RuleFacts, ...]
    libraries: frozenset[str]
