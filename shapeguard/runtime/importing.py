"""Act when a package has been imported, whenever that is."""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType


def when_imported(package: str, action: Callable[[], None]) -> None:
    """Run ``action`` once ``package`` has been imported: at once if it has been already."""
    if package in sys.modules:
        action()
    else:
        sys.meta_path.insert(0, _Announcer(package, action))


class _Announcer(importlib.abc.MetaPathFinder):
    """Finds one package through the other finders and calls back when it has been executed."""

    def __init__(self, package: str, action: Callable[[], None]) -> None:
        self._package = package
        self._action = action

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the protocol of finders
        target: ModuleType | None = None,  # noqa: ARG002 - as path
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
