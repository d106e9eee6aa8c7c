"""Install the reference over ``adapters``, and take it away again."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shapeguard.reference import upstream
from shapeguard.runtime.patching import Rank, push, release

if TYPE_CHECKING:
    from collections.abc import Generator

    from shapeguard.runtime.patching import Layer

_lock = threading.RLock()
_layers: list[Layer] = []
_holders: list[object] = []
"""Who wants the corrections: open blocks, and :func:`install`. They are pushed once for all of them."""
_PROCESS = object()


def install() -> None:
    """Replace the composition of adapters by the reference; twice is the same as once.

    Models made earlier are covered, too. Raises :class:`MissingExtraError` without adapters and
    :class:`UnsupportedVersionError` if the installed adapters is not one that is corrected.
    """
    with _lock:
        if _PROCESS not in _holders:
            _hold(_PROCESS)


def uninstall() -> None:
    """Undo :func:`install`; without it, do nothing."""
    _let_go(_PROCESS)


@contextmanager
def installed() -> Generator[None]:
    """Install the reference for the time of a block, with the errors of :func:`install`.

    Blocks nest, also in several threads; what :func:`install` has installed outlives them.
    """
    block = object()
    _hold(block)
    try:
        yield
    finally:
        _let_go(block)


def _hold(holder: object) -> None:
    with _lock:
        if not _holders:
            _layers.extend(_push_corrections())
        _holders.append(holder)


def _let_go(holder: object) -> None:
    with _lock:
        if holder not in _holders:
            return
        _holders.remove(holder)
        if not _holders:
            for layer in _layers:
                release(layer)
            _layers.clear()


def _push_corrections() -> list[Layer]:
    upstream.require_version()
    from shapeguard.reference.corrections import CORRECTIONS  # noqa: PLC0415 - torch, when it is needed

    upstream.require_members(CORRECTIONS)
    return [
        push(upstream.found(each.owner), each.method, Rank.REFERENCE, each.wrap)
        for each in CORRECTIONS
        if upstream.has(each.owner, each.method)
    ]
