"""Optional dependencies, imported when a contract is first asked for."""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING

from shapeguard.errors import MissingExtraError

if TYPE_CHECKING:
    from types import ModuleType

RUNTIME = ("torch", "jaxtyping", "beartype")


def require_runtime(feature: str, extra: str = "runtime") -> None:
    """Make sure that what enforces contracts is installed.

    Raises:
        MissingExtraError: naming ``extra``, which brings all that the feature needs.

    """
    for module in RUNTIME:
        if importlib.util.find_spec(module) is None:
            raise MissingExtraError(feature, extra, module)


def import_extra(module: str, feature: str, extra: str) -> ModuleType:
    """Import a module that an extra brings.

    Raises:
        MissingExtraError: if its top-level package is absent; other import errors pass through.

    """
    package = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        raise MissingExtraError(feature, extra, package) from None
