"""Whether contracts are enforced, how loudly, and what was found."""

from __future__ import annotations

import os
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
    from collections.abc import Callable, Generator

    from shapeguard.contracts.relations import Level
    from shapeguard.errors import ShapeContractError

    Listener = Callable[[Finding, "Mode"], None]

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
    """``deciding`` is the last of ``activations``; calls read it without the lock."""

    activations: list[Activation] = field(default_factory=list[Activation])
    deciding: Activation | None = None
    stepping_aside: int = 0
    findings: dict[str, Finding] = field(default_factory=dict[str, Finding])
    listeners: list[Listener] = field(default_factory=list["Listener"])
    lock: threading.RLock = field(default_factory=threading.RLock)


_state = _State()
_aside: ContextVar[bool] = ContextVar("shapeguard_aside", default=False)

SWITCHING = threading.RLock()
"""Held while contracts are switched on or off, and taken before the lock of the state."""

if hasattr(os, "register_at_fork"):  # a child must not inherit a lock that another thread holds
    for _lock in (_state.lock, SWITCHING):  # the last one registered is acquired first
        os.register_at_fork(
            before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release
        )


def is_aside() -> bool:
    """Whether contracts step aside for what runs now."""
    return _state.stepping_aside > 0 or _aside.get()


@contextmanager
def aside() -> Generator[None]:
    """Let contracts step aside for this thread: in a call that has broken its own, the rest follows."""
    token = _aside.set(True)
    try:
        yield
    finally:
        _aside.reset(token)


@contextmanager
def aside_everywhere() -> Generator[None]:
    """Let contracts step aside in every thread of the process."""
    with _state.lock:
        _state.stepping_aside += 1
    try:
        yield
    finally:
        with _state.lock:
            _state.stepping_aside -= 1


def listen(listener: Listener) -> None:
    """Have every new finding told as it is found, with its mode, for the rest of the process.

    In mode ``error`` it is told before the error is raised, whether or not the program catches that.
    A listener is called by one thread at a time, raises nothing, and lives on in a forked child.
    """
    with _state.lock:
        _state.listeners.append(listener)


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
        _state.deciding = activation


def remove(activation: Activation) -> bool:
    """End an activation; true if none is left. Ending it twice does nothing."""
    with _state.lock:
        if activation not in _state.activations:
            return False
        _state.activations.remove(activation)
        _state.deciding = _state.activations[-1] if _state.activations else None
        return not _state.activations


def current() -> Activation | None:
    """Return the activation that decides, if contracts of libraries are enforced at all."""
    return _state.deciding


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
        _tell(finding, mode)
        raise error
    with _state.lock:
        known = finding.fingerprint in _state.findings
        if not known and len(_state.findings) < MOST_KEPT:
            _state.findings[finding.fingerprint] = finding
            _tell(finding, mode)
    if mode == "warn" and not known:
        warnings.warn_explicit(
            str(error),
            ShapeContractWarning,
            finding.span.filename,
            finding.span.start.row,
            registry={},
        )


def _tell(finding: Finding, mode: Mode) -> None:
    with _state.lock:
        for each in _state.listeners:
            each(finding, mode)
