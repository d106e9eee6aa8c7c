"""Shape contracts, lint, row oracle and reference for code that splits and joins a batch.

Every public name is loaded when it is first used (PEP 562): importing shapeguard imports neither
torch nor libcst nor jaxtyping. With ``SHAPEGUARD=error|warn|collect`` in the environment, importing it
also puts the contracts of third-party classes in force, as soon as their library is imported.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapeguard import oracle, reference
    from shapeguard.errors import (
        CompositionError,
        ContractDefinitionError,
        RowMismatch,
        ShapeContractError,
        ShapeguardError,
    )
    from shapeguard.finding import Finding
    from shapeguard.runtime import (
        contract,
        debug,
        disable,
        enable,
        ensure,
        require,
        violations,
    )

    __version__: str

__all__ = [
    "CompositionError",
    "ContractDefinitionError",
    "Finding",
    "RowMismatch",
    "ShapeContractError",
    "ShapeguardError",
    "__version__",
    "contract",
    "debug",
    "disable",
    "enable",
    "ensure",
    "oracle",
    "reference",
    "require",
    "violations",
]

_HOME = {
    "CompositionError": "errors",
    "ContractDefinitionError": "errors",
    "RowMismatch": "errors",
    "ShapeContractError": "errors",
    "ShapeguardError": "errors",
    "Finding": "finding",
    "contract": "runtime",
    "debug": "runtime",
    "disable": "runtime",
    "enable": "runtime",
    "ensure": "runtime",
    "require": "runtime",
    "violations": "runtime",
    "load_ipython_extension": "_ipython",
    "unload_ipython_extension": "_ipython",
}
_SUBPACKAGES = ("oracle", "reference")


def __getattr__(name: str) -> object:
    """Load a public name on first use."""
    if name in _SUBPACKAGES:
        return importlib.import_module(f"shapeguard.{name}")
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("shapeguard")
    if name in _HOME:
        return getattr(importlib.import_module(f"shapeguard.{_HOME[name]}"), name)
    message = f"module 'shapeguard' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted(__all__)


if os.environ.get("SHAPEGUARD"):
    importlib.import_module("shapeguard.runtime.environment").activate()
