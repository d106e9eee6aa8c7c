"""Rule packs and op-model packs: found by entry point, the built-in ones by the same door."""

from __future__ import annotations

import functools
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

from shapeguard.errors import PackError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from shapeguard.lint.api import Rule
    from shapeguard.lint.flow.models.vocabulary import Model

RULES = "shapeguard.rules"
MODELS = "shapeguard.models"
BUILT_IN = "shapeguard.lint.flow.models:MODELS"


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
                raise _refused(entry, f"{rule!r} is not a Rule class")
            if rule.code in rules:
                raise _refused(entry, f"{rule.code} is defined twice")
            rules[rule.code] = rule
    return tuple(rules[code] for code in sorted(rules))


@functools.cache
def load_models() -> dict[str, Model]:
    """Return every op model by name; that of a pack replaces the built-in one of the same name.

    Raises PackError as :func:`load_rules` does, and if two packs declare one name.
    """
    from shapeguard.lint.flow.models.vocabulary import Model  # noqa: PLC0415 - as above

    models: dict[str, Model] = {}
    owners: dict[str, EntryPoint] = {}
    for entry, loaded in sorted(_load(MODELS), key=lambda each: each[0].value != BUILT_IN):
        for model in loaded:
            if not isinstance(model, Model):
                raise _refused(entry, f"{model!r} is not an op model")
            owner = owners.get(model.name)
            if owner is entry:
                raise _refused(entry, f"{model.name} is declared twice")
            if owner is not None and owner.value != BUILT_IN:
                other = f"pack {owner.name!r} ({owner.value})"
                raise _refused(entry, f"{model.name} is declared by {other} too")
            models[model.name], owners[model.name] = model, entry
    return models


def _load(group: str) -> list[tuple[EntryPoint, tuple[object, ...]]]:
    loaded: list[tuple[EntryPoint, tuple[object, ...]]] = []
    for entry in sorted(entry_points(group=group), key=lambda each: (each.name, each.value)):
        try:
            value = entry.load()
        except Exception as error:
            raise _refused(entry, f"{type(error).__name__}: {error}") from error
        if not isinstance(value, tuple):
            raise _refused(entry, f"expected a tuple, found {type(value).__name__}")
        loaded.append((entry, cast("tuple[object, ...]", value)))
    return loaded


def _refused(entry: EntryPoint, why: str) -> PackError:
    return PackError(f"pack {entry.name!r} ({entry.value}): {why}")
