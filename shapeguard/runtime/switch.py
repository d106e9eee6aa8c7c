"""Switch the contracts of libraries on and off; off means unpatched.

Activations are counted: the first one patches, the last one to end restores, in whatever order
they end. Imports nothing heavy until a library is really covered.
"""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING

from shapeguard.errors import MissingExtraError
from shapeguard.runtime import control
from shapeguard.runtime.extras import import_extra, require_runtime
from shapeguard.runtime.importing import when_imported

if TYPE_CHECKING:
    from shapeguard.runtime.control import Activation

LIBRARY = "adapters"
FEATURE = "shapeguard.debug"

_enabled: list[Activation] = []


def begin(activation: Activation) -> None:
    """Let an activation hold and cover the library now, importing it if need be.

    Raises:
        MissingExtraError: if torch, jaxtyping, beartype or adapters is not installed.

    """
    require_runtime(FEATURE, LIBRARY)
    import_extra(LIBRARY, FEATURE, LIBRARY)
    control.add(activation)
    try:
        _cover()
    except BaseException:
        end(activation)
        raise


def end(activation: Activation) -> None:
    """End an activation; ending it twice does nothing."""
    if control.remove(activation) and "shapeguard.runtime.library" in sys.modules:
        from shapeguard.runtime.library import uncover  # noqa: PLC0415 - loaded already

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
    control.add(activation)
    _replace(activation)
    when_imported(LIBRARY, _cover)


def release() -> None:
    """End what :func:`keep` or :func:`keep_from_import` began."""
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
    earlier, _enabled[:] = list(_enabled), [activation]
    for each in earlier:
        end(each)


def _cover() -> None:
    """Cover the library if contracts are wanted (still: an import may come much later)."""
    if control.current() is not None:
        from shapeguard.runtime.library import cover_adapters  # noqa: PLC0415 - brings torch

        cover_adapters()
