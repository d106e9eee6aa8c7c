"""Wrap a function of a library in every module that has imported it by name."""

from __future__ import annotations

import sys
from types import FunctionType
from typing import TYPE_CHECKING

from shapeguard.runtime import patching
from shapeguard.runtime.patching import Rank

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from shapeguard.runtime.patching import Layer, Wrap


def cover(function: FunctionType, wrap: Wrap) -> Iterator[Layer]:
    """Wrap a function wherever a module of its package holds it.

    Modules that are imported later get the wrapper from its own module.
    """
    for module, name in list(_holders(function)):
        if getattr(module, name) is function:
            yield patching.push(module, name, Rank.CONTRACTS, wrap)


def restore(function: FunctionType) -> None:
    """Give modules that got a wrapper of the function the function itself."""
    for module, name in list(_holders(function)):
        if getattr(module, name) is not function:
            setattr(module, name, function)


def _holders(function: FunctionType) -> Iterator[tuple[ModuleType, str]]:
    """Yield where modules of the package hold a function, or a wrapper of it."""
    package = function.__module__.partition(".")[0]
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] != package:
            continue
        for attribute, value in list(vars(module).items()):
            if isinstance(value, FunctionType) and function in (value, _wrapped(value)):
                yield module, attribute


def _wrapped(value: FunctionType) -> object:
    return value.__dict__.get("__wrapped__")
