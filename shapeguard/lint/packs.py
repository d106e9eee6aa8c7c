"""Rule packs and op-model packs: found by entry point, the built-in ones by the same door."""

from __future__ import annotations

import functools
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from shapeguard.errors import PackError

if TYPE_CHECKING:
    from shapeguard.lint.api import Rule
    from shapeguard.lint.flow.models.vocabulary import Model

RULES = "shapeguard.rules"
MODELS = "shapeguard.models"


@functools.cache
def load_rules() -> tuple[type[Rule], ...]:
    """Return the rule classes of every installed pack, by code.

    Raises PackError if a pack cannot be loaded, is not a tuple of rules, or repeats a code.
    """
    from shapeguard.lint.api import Rule  # noqa: PLC0415 - libcst is imported when it is needed

    rules: dict[str, type[Rule]] = {}
    for entry, loaded in _load(RULES):
        for rule in loaded:
            if not (isinstance(rule, type) and issubclass(rule, Rule)):
                raise PackError(f"{_where(entry)}: {rule!r} is not a Rule class")  # noqa: EM102, TRY003
            if rule.code in rules:
                raise PackError(f"{_where(entry)}: {rule.code} is defined twice")  # noqa: EM102, TRY003
            rules[rule.code] = rule
    return tuple(rules[code] for code in sorted(rules))


@functools.cache
def load_models() -> dict[str, Model]:
    """Return every op model by name; raises PackError as :func:`load_rules` does."""
    models: dict[str, Model] = {}
    for entry, loaded in _load(MODELS):
        for model in loaded:
            name = getattr(model, "name", None)
            if not isinstance(name, str):
                raise PackError(f"{_where(entry)}: {model!r} is not an op model")  # noqa: EM102, TRY003
            models[name] = model
    return models


def _load(group: str) -> list[tuple[EntryPoint, tuple[object, ...]]]:
    loaded: list[tuple[EntryPoint, tuple[object, ...]]] = []
    for entry in sorted(entry_points(group=group), key=lambda each: each.name):
        try:
            value = entry.load()
        except Exception as error:
            raise PackError(f"{_where(entry)}: {type(error).__name__}: {error}") from error  # noqa: EM102, TRY003
        if not isinstance(value, tuple):
            raise PackError(f"{_where(entry)}: expected a tuple, found {type(value).__name__}")  # noqa: EM102, TRY003
        loaded.append((entry, value))
    return loaded


def _where(entry: EntryPoint) -> str:
    return f"pack {entry.name!r} ({entry.value})"
