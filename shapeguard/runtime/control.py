"""Whether contracts are enforced, how loudly, and what was found."""

from __future__ import annotations

import threading
import warnings
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from shapeguard.contracts.relations import LEVELS
from shapeguard.errors import UsageError
from shapeguard.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Generator

    from shapeguard.contracts.relations import Level
    from shapeguard.errors import ShapeContractError

Mode = Literal["error", "warn", "collect"]
MODES: tuple[Mode, ...] = get_args(Mode)

MOST_KEPT = 1000


class ShapeContractWarning(UserWarning):
    """A broken contract in mode ``warn``; shown once for each site."""


@dataclass(frozen=True, eq=False, slots=True)
class Activation:
    """One request to enforce contracts; the newest one that still holds decides."""

    mode: Mode
    level: Level


DEFAULT = Activation("error", "shapes")
"""What holds for ``@contract`` while nothing else is asked for."""


@dataclass(slots=True)
class _State:
    activations: list[Activation] = field(default_factory=list[Activation])
    findings: dict[str, Finding] = field(default_factory=dict[str, Finding])
    lock: threading.RLock = field(default_factory=threading.RLock)


_state = _State()
_aside: ContextVar[bool] = ContextVar("shapeguard_aside", default=False)


def is_aside() -> bool:
    """Whether contracts step aside for what runs now."""
    return _aside.get()


@contextmanager
def aside() -> Generator[None]:
    """Let contracts step aside: in a call that has broken its own, of which the rest follows, or a test."""
    token = _aside.set(True)
    try:
        yield
    finally:
        _aside.reset(token)


def checked(mode: str, level: str) -> Activation:
    """Read a mode and a level.

    Raises:
        UsageError: naming the words that would have been valid.

    """
    for found, known, label in ((mode, MODES, "mode"), (level, LEVELS, "level")):
        if found not in known:
            message = f"unknown {label} {found!r}; shapeguard knows {', '.join(known)}"
            raise UsageError(message)
    return Activation(mode, level)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def add(activation: Activation) -> None:
    """Let an activation hold; the first one starts a new list of findings."""
    with _state.lock:
        if not _state.activations:
            _state.findings.clear()
        _state.activations.append(activation)


def remove(activation: Activation) -> bool:
    """End an activation; true if none is left. Ending it twice does nothing."""
    with _state.lock:
        if activation not in _state.activations:
            return False
        _state.activations.remove(activation)
        return not _state.activations


def current() -> Activation | None:
    """Return the activation that decides, if contracts of libraries are enforced at all."""
    activations = _state.activations
    return activations[-1] if activations else None


def violations() -> tuple[Finding, ...]:
    """Return what modes ``warn`` and ``collect`` found; each site, layer and path once."""
    with _state.lock:
        return tuple(_state.findings.values())


def deliver(error: ShapeContractError, finding: Finding, mode: Mode) -> None:
    """Raise, warn or keep. At most ``MOST_KEPT`` findings are kept, the first ones.

    Raises:
        ShapeContractError: in mode ``error``.

    """
    error.finding = finding
    if mode == "error":
        raise error
    with _state.lock:
        known = finding.fingerprint in _state.findings
        if not known and len(_state.findings) < MOST_KEPT:
            _state.findings[finding.fingerprint] = finding
    if mode == "warn" and not known:
        warnings.warn_explicit(
            str(error),
            ShapeContractWarning,
            finding.span.filename,
            finding.span.start.row,
            registry={},
        )
