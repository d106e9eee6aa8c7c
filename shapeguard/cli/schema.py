"""The JSON Schema of the configuration, for editors; generated from the settings and the rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import msgspec

from shapeguard.lint.config import ALL, EXPECTED, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME: Final = "shapeguard.schema.json"
_CODES: Final = ("select", "extend-select", "ignore")
_FOREIGN: Final = "^[A-Z]+[0-9]*$"


def text(codes: Iterable[str]) -> str:
    """Return the schema of ``shapeguard.toml`` and of ``[tool.shapeguard]``.

    ``codes`` are those of the built-in rules, which editors offer; codes of packs are accepted too.
    """
    settings: dict[str, Any] = msgspec.json.schema(
        Settings, schema_hook=lambda _: {"type": "string"}
    )["$defs"]
    properties = settings["Settings"]["properties"]
    del properties["origin"]
    for key, value in properties.items():
        value["description"] = f"{EXPECTED[key]}."
    properties["min-confidence"] = {
        "enum": settings["Confidence"]["enum"],
        "default": properties["min-confidence"]["default"],
        "description": properties["min-confidence"]["description"],
    }
    entries = {"anyOf": [{"enum": _entries(codes)}, {"type": "string", "pattern": _FOREIGN}]}
    for key in _CODES:
        properties[key]["items"] = entries
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "shapeguard",
        "description": "Configuration of shapeguard: shapeguard.toml, or [tool.shapeguard].",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return json.dumps(schema, indent=2) + "\n"


def _entries(codes: Iterable[str]) -> list[str]:
    """Return what means some rule: ALL, the families, the codes."""
    known = sorted(codes)
    families = sorted({code[:3] for code in known})
    return [ALL, "SG", *families, *known]
