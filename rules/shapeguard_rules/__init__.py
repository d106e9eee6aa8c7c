"""The built-in rules: one hazard, one file, one class.

Every module ``sgNNN`` of this package holds one rule; a new file is all that a new rule takes.
"""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module

from shapeguard.lint.api import Rule


def _rules_in(name: str) -> list[type[Rule]]:
    module = import_module(f"{__name__}.{name}")
    classes = inspect.getmembers(module, inspect.isclass)
    return [
        each for _, each in classes if issubclass(each, Rule) and each.__module__ == module.__name__
    ]


RULES: tuple[type[Rule], ...] = tuple(
    rule
    for each in pkgutil.iter_modules(__path__)
    if each.name.startswith("sg")
    for rule in _rules_in(each.name)
)
