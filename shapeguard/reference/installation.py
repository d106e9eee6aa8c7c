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
_installed: list[Layer] = []


def install() -> None:
    """Replace the composition of adapters by the reference; twice is the same as once.

    Models made earlier are covered, too. Raises :class:`MissingExtraError` without adapters and
    :class:`UnsupportedVersionError` if the installed adapters is not one that is corrected.
    """
    with _lock:
        if not _installed:
            _installed.extend(_push_corrections())


def uninstall() -> None:
    """Undo :func:`install`; without it, do nothing."""
    with _lock:
        _release(_installed)
        _installed.clear()


@contextmanager
def installed() -> Generator[None]:
    """Install the reference for the time of a block, with the errors of :func:`install`.

    Blocks nest; what :func:`install` has installed outlives them.
    """
    layers = _push_corrections()
    try:
        yield
    finally:
        _release(layers)


def _push_corrections() -> list[Layer]:
    upstream.require_version()
    from shapeguard.reference.corrections import CORRECTIONS  # noqa: PLC0415 - torch, when it is needed

    upstream.require_members(CORRECTIONS)
    return [
        push(upstream.found(each.owner), each.method, Rank.REFERENCE, each.wrap)
        for each in CORRECTIONS
        if upstream.has(each.owner, each.method)
    ]


def _release(layers: list[Layer]) -> None:
    for layer in layers:
        release(layer)
