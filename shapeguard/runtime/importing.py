"""Act when a package has been imported, whenever that is."""

from __future__ import annotations

import importlib.abc
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
        return
    waiting = next((each for each in _announcers() if each.package == package), None)
    if waiting is None:
        waiting = _Announcer(package)
        sys.meta_path.insert(0, waiting)
    if action not in waiting.actions:
        waiting.actions.append(action)


class _Announcer(importlib.abc.MetaPathFinder):
    """Finds one package through the other finders and calls back when it has been executed."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.actions: list[Callable[[], None]] = []

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the protocol of finders
        target: ModuleType | None = None,  # noqa: ARG002 - as path
    ) -> ModuleSpec | None:
        """Wrap the loader of the awaited package; leave everything else to others."""
        if fullname != self.package:
            return None
        spec = self._found_by_others(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _AnnouncingLoader(spec.loader, self._executed)
        return spec

    def _found_by_others(self, fullname: str) -> ModuleSpec | None:
        """Ask the other finders, and stay: a program may look for a package and import it later."""
        others = [each for each in sys.meta_path if each is not self]
        specs = (each.find_spec(fullname, None) for each in others)
        return next((spec for spec in specs if spec is not None), None)

    def _executed(self) -> None:
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        for action in self.actions:
            action()


def _announcers() -> list[_Announcer]:
    return [each for each in sys.meta_path if isinstance(each, _Announcer)]


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
