"""Install the reference over ``adapters``, and take it away again."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shapeguard.reference import upstream
from shapeguard.runtime.patching import Rank, push, release

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from shapeguard.runtime.patching import Function, Layer, Wrap

CORRECTED = (
    "compose",
    "vslice",
    "repeat",
    "compose_single",
    "pad_and_concat",
    "compose_average",
)

_lock = threading.RLock()
_installed: list[Layer] = []


def install() -> None:
    """Replace the composition of prefix tuning by the reference; twice is the same as once.

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
    upstream.require_supported()
    target: type = upstream.prefix_tuning().PrefixTuningLayer
    return [
        push(target, name, Rank.REFERENCE, _instead(correction))
        for name, correction in _corrections().items()
    ]


def _corrections() -> Mapping[str, Function]:
    from shapeguard.reference import prefix_tuning  # noqa: PLC0415 - torch, when it is needed

    return {name: getattr(prefix_tuning, name) for name in CORRECTED}


def _instead(correction: Function) -> Wrap:
    def wrap(_below: Function) -> Function:
        return correction

    return wrap


def _release(layers: list[Layer]) -> None:
    for layer in layers:
        release(layer)
