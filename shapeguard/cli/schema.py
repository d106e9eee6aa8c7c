"""The JSON Schema of the configuration, for editors; generated from the settings and the rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import msgspec

from shapeguard.lint.config import ALL, EXPECTED, EXPECTED_OF_RULES, RuleOptions, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAME: Final = "shapeguard.schema.json"
_CODES: Final = ("select", "extend-select", "ignore")
_EXCLUDES: Final = ("exclude", "extend-exclude")
_FOREIGN: Final = "^(?!SG)[A-Z]+[0-9]*$"
_SOME: Final = "^(?!\\s*$)(?!#)(?!!$)"
_TURNED: Final = "^(?!!?\\s*$)(?!!?#)(?!!!)"
_SRC: Final = (".", "src")

Json = dict[str, Any]


def text(declared: Mapping[str, type[msgspec.Struct]]) -> str:
    """Return the schema of ``shapeguard.toml`` and of ``[tool.shapeguard]``.

    ``declared`` maps the codes of the built-in rules to the types of their options. Editors offer
    these; codes of packs are accepted too.
    """
    properties = _properties(Settings, EXPECTED)
    entries = {"anyOf": [{"enum": _entries(declared)}, {"type": "string", "pattern": _FOREIGN}]}
    for key in _CODES:
        properties[key]["items"] = entries
    properties["per-file-ignores"]["additionalProperties"]["items"] = entries
    properties["per-file-ignores"]["propertyNames"] = {"pattern": _TURNED}
    for key in _EXCLUDES:
        properties[key]["items"]["pattern"] = _SOME
    properties["empty-axes"]["items"]["pattern"] = "^[^\\W\\d]\\w*$"
    properties["src"]["default"] = list(_SRC)
    properties["rules"] |= _rules(declared)
    schema: Json = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "shapeguard",
        "description": "Configuration of shapeguard: shapeguard.toml, or [tool.shapeguard].",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return json.dumps(schema, indent=2) + "\n"


def _properties(struct: type[msgspec.Struct], about: Mapping[str, str]) -> dict[str, Json]:
    """Return the schema of each field that ``about`` tells something about, in that order."""
    definitions: dict[str, Json] = msgspec.json.schema(
        struct, schema_hook=lambda _: {"type": "string", "minLength": 1}
    )["$defs"]
    fields: dict[str, Json] = definitions[struct.__name__]["properties"]
    properties = {key: _plain(fields[key], definitions) for key in about}
    for key, value in properties.items():
        value["description"] = f"{about[key]}."
    return properties


def _plain(field: Json, definitions: Mapping[str, Json]) -> Json:
    """Return a field without references, and without the null that TOML does not know."""
    shape = dict(field)
    for choice in shape.pop("anyOf", []):
        if choice != {"type": "null"}:
            shape |= choice
    name = shape.pop("$ref", "").rpartition("/")[2]
    if name:
        shape["enum"] = definitions[name]["enum"]
    if shape.get("default", ...) is None:
        del shape["default"]
    return shape


def _rules(declared: Mapping[str, type[msgspec.Struct]]) -> Json:
    """Return what may stand in ``rules``: for each built-in rule its options, for others anything."""
    common = _properties(RuleOptions, EXPECTED_OF_RULES)
    tables = {
        code: {
            "type": "object",
            "properties": common | _own(declared[code]),
            "additionalProperties": False,
        }
        for code in sorted(declared)
    }
    foreign = {"type": "object", "properties": common}
    return {
        "properties": tables,
        "patternProperties": {"^(?!SG)[A-Z]+[0-9]+$": foreign},
        "additionalProperties": False,
    }


def _own(struct: type[msgspec.Struct]) -> dict[str, Json]:
    fields: dict[str, Json] = msgspec.json.schema(struct)["$defs"][struct.__name__]["properties"]
    return fields


def _entries(codes: Iterable[str]) -> list[str]:
    """Return what means some rule: ALL, the prefixes that begin a code, the codes."""
    return [ALL, *sorted({code[:length] for code in codes for length in range(2, len(code) + 1)})]
