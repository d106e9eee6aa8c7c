"""The annotations of functions and classes, evaluated; of a class as far as they can be."""

from __future__ import annotations

import dataclasses
import inspect
import sys
import typing
from typing import TYPE_CHECKING, Any, get_origin

from shapeguard.errors import ContractDefinitionError

if TYPE_CHECKING:
    from collections.abc import Mapping


def resolve_hints(owner: object, names: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Evaluate the annotations of a function or class; ``names`` are those around it.

    Raises:
        NameError: if an annotation uses a name that is not defined (yet).
        ContractDefinitionError: if an annotation cannot be evaluated otherwise.

    """
    try:
        return typing.get_type_hints(owner, localns=dict(names or {}), include_extras=True)
    except NameError:
        raise
    except Exception as error:
        label = getattr(owner, "__qualname__", repr(owner))
        message = f"an annotation of {label} is malformed: {error}"
        raise ContractDefinitionError(message) from error


def field_hints(kind: type, names: Mapping[str, Any]) -> dict[str, Any]:
    """Evaluate the annotations of the fields of a class.

    A field whose annotation names what only type checkers import is left out: no value of it can be
    asked for more than the class says.
    """
    try:
        hints = resolve_hints(kind, names)
    except NameError:
        hints = _resolved_singly(kind, names)
    if dataclasses.is_dataclass(kind):  # what belongs to the class is no field
        fields = {each.name for each in dataclasses.fields(kind)}
        return {name: hint for name, hint in hints.items() if name in fields}
    return hints


def required_keys(kind: type, hints: Mapping[str, object]) -> frozenset[str]:
    """Return the keys of a TypedDict that are never absent; the class misreads postponed annotations."""
    said = {name: get_origin(hint) for name, hint in hints.items()}
    default: frozenset[str] = getattr(kind, "__required_keys__", frozenset[str]())
    return frozenset(
        name
        for name, mark in said.items()
        if mark is typing.Required or (name in default and mark is not typing.NotRequired)
    )


def _resolved_singly(kind: type, names: Mapping[str, Any]) -> dict[str, Any]:
    hints: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        around = {**vars(sys.modules.get(base.__module__, typing)), **names}
        for name, hint in inspect.get_annotations(base).items():
            holder = type("holder", (), {"__annotations__": {name: hint}})
            try:
                found = typing.get_type_hints(holder, around, dict(names), include_extras=True)
            except NameError:
                continue
            hints.update(found)
    return hints
