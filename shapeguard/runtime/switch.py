"""Switch the contracts of libraries on and off; off means unpatched.

Activations are counted: the first one patches, the last one to end restores, in whatever order
they end. Imports nothing heavy until a library is really covered.

Counting and patching are one step, under ``control.SWITCHING``. Nothing is imported under it: a
thread that imports the library holds the lock of that import when it comes here.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from shapeguard.errors import MissingExtraError
from shapeguard.runtime import control
from shapeguard.runtime.extras import import_extra, require_runtime
from shapeguard.runtime.importing import when_imported

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapeguard.runtime.control import Activation

LIBRARY = "adapters"
FEATURE = "shapeguard.debug"

_enabled: list[Activation] = []
_uncover: list[Callable[[], None]] = []
"""What takes the patches back, once a library has been covered."""


def begin(activation: Activation) -> None:
    """Let an activation hold and cover the library now, importing it if need be.

    Raises:
        MissingExtraError: if torch, jaxtyping, beartype or adapters is not installed.

    """
    require_runtime(FEATURE, LIBRARY)
    import_extra(LIBRARY, FEATURE, LIBRARY)
    cover = _covering()
    with control.SWITCHING:
        control.add(activation)
        try:
            cover()
        except BaseException:
            end(activation)
            raise


def begin_from_import(activation: Activation) -> None:
    """Let an activation hold; cover the library when it is imported."""
    control.add(activation)
    when_imported(LIBRARY, _cover_if_wanted)


def end(activation: Activation) -> None:
    """End an activation; ending it twice does nothing."""
    with control.SWITCHING:
        if control.remove(activation):
            for uncover in _uncover:
                uncover()


def keep(activation: Activation) -> None:
    """Let an activation hold until :func:`release`, instead of the one kept before.

    Raises:
        MissingExtraError: as :func:`begin`.

    """
    begin(activation)
    _replace(activation)


def keep_from_import(activation: Activation) -> None:
    """Let an activation hold until :func:`release`; cover the library when it is imported."""
    begin_from_import(activation)
    _replace(activation)


def release() -> None:
    """End what :func:`keep` or :func:`keep_from_import` began."""
    with control.SWITCHING:
        while _enabled:
            end(_enabled.pop())


def require_library(feature: str) -> None:
    """Make sure that contracts can be enforced, without importing anything heavy.

    Raises:
        MissingExtraError: naming the extra that brings what is absent.

    """
    require_runtime(feature, LIBRARY)
    if importlib.util.find_spec(LIBRARY) is None:
        raise MissingExtraError(feature, LIBRARY, LIBRARY)


def _replace(activation: Activation) -> None:
    with control.SWITCHING:
        earlier, _enabled[:] = list(_enabled), [activation]
        for each in earlier:
            end(each)


def _cover_if_wanted() -> None:
    """Cover the library if contracts are wanted still: an import may come much later."""
    if control.current() is not None:
        cover = _covering()
        with control.SWITCHING:
            if control.current() is not None:
                cover()


def _covering() -> Callable[[], None]:
    """Import all that covering takes and return what covers."""
    from shapeguard.runtime import library  # noqa: PLC0415 - brings torch

    library.prepare()
    _uncover[:] = [library.uncover]
    return library.cover_adapters
