"""What is called, with what, and what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.lint.flow.events.moments import Event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Block, Value
    from shapeguard.lint.flow.program import Function


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a callee needs: ``condition`` must hold, or it refuses; ``text`` says so to people.

    ``sure`` is false where that depends on what is not known, such as a rank. ``lone`` is the extent
    that must not be 1, where that is the condition.
    """

    condition: Predicate
    text: str
    sure: bool = True
    lone: Term | None = None


@dataclass(frozen=True)
class Call(Event):
    """A function is called. ``target`` is the function of the project, if it is one.

    ``requirements`` are what its op model declares, in terms of these arguments.
    """

    name: str
    arguments: tuple[Value, ...]
    keywords: Mapping[str, Value]
    target: Function | None = None
    requirements: tuple[Requirement, ...] = ()


@dataclass(frozen=True)
class Demand(Call):
    """A call of something that refuses arguments which do not meet its ``requirements``."""


@dataclass(frozen=True)
class Compose(Event):
    """A composition block of adapters is made.

    ``versions`` are those of adapters that the project admits, as its metadata say: ``<1.1.1``.
    """

    block: Block
    versions: str = ""


@dataclass(frozen=True)
class Handover(Event):
    """Arguments, a part of something among them, are handed to what no op model describes.

    ``arguments`` are at least two, each with what the source calls it, or with its keyword.
    """

    name: str
    arguments: tuple[tuple[str, Value], ...]
