"""``SHAPEGUARD=error|warn|collect|off``, and contracts for a library that is imported later.

Imports nothing heavy: with the variable set, ``import shapeguard`` only leaves a hook behind that
waits for ``adapters``.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import os
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

from shapeguard.errors import ConfigError

VARIABLE = "SHAPEGUARD"
VALUES = ("off", "error", "warn", "collect")
LIBRARY = "adapters"


def activate() -> None:
    """Act on the environment variable; an unset, empty or ``off`` one asks for nothing.

    Raises:
        ConfigError: if the value is none of the documented ones.

    """
    value = os.environ.get(VARIABLE, "")
    if value in {"", "off"}:
        return
    if value not in VALUES:
        message = f"{VARIABLE}={value!r} is not valid; use {', '.join(VALUES)}"
        raise ConfigError(message)
    when_imported(LIBRARY, lambda: _enable(value, "shapes"))


def when_imported(package: str, action: Callable[[], None]) -> None:
    """Run ``action`` once ``package`` has been imported: at once if it has been already."""
    if package in sys.modules:
        action()
    else:
        sys.meta_path.insert(0, _Announcer(package, action))


def _enable(mode: str, level: str) -> None:
    from shapeguard.runtime import enable  # noqa: PLC0415 - torch only when adapters brings it

    enable(mode=mode, level=level)


class _Announcer(importlib.abc.MetaPathFinder):
    """Finds one package through the other finders and calls back when it has been executed."""

    def __init__(self, package: str, action: Callable[[], None]) -> None:
        self._package = package
        self._action = action

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Wrap the loader of the awaited package; leave everything else to others."""
        if fullname != self._package:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _AnnouncingLoader(spec.loader, self._action)
        return spec


class _AnnouncingLoader(importlib.abc.Loader):
    """The real loader, followed by one call of the action."""

    def __init__(self, loader: importlib.abc.Loader, action: Callable[[], None]) -> None:
        self._loader = loader
        self._action = action

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As the real loader does."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Execute the package, give it its real loader back, then act."""
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._action()
