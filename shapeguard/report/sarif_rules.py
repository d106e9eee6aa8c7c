"""What a SARIF report says of the rules that spoke: each from its page."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any, Final

from shapeguard.finding import Severity
from shapeguard.report.pages import page_without_rule
from shapeguard.report.sources import printable
from shapeguard.report.words import paragraphs, web_address

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapeguard.finding import Finding
    from shapeguard.report.pages import RulePage

LEVEL: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEM: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "recommendation",
}
# What GitHub takes of a description.
_LONGEST: Final = 1024
_WHAT_IT_DOES: Final = re.compile(r"^## What it does\n+(.+?)(?=\n#|\Z)", re.MULTILINE | re.DOTALL)


def descriptors(findings: Sequence[Finding], pages: Mapping[str, RulePage]) -> list[dict[str, Any]]:
    """Return one descriptor for each code among the findings, by code."""
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(finding.code, []).append(finding)
    return [
        _descriptor(pages.get(code) or page_without_rule(group[0]), group)
        for code, group in sorted(by_code.items())
    ]


def _descriptor(page: RulePage, findings: Sequence[Finding]) -> dict[str, Any]:
    """Describe a rule as GitHub reads it; its precision is that of its least sure finding."""
    text = paragraphs(inspect.cleandoc(page.text))
    does = _WHAT_IT_DOES.search(text)
    summary = printable(page.summary)
    descriptor: dict[str, Any] = {
        "id": page.code,
        "name": printable(page.name),
        "shortDescription": {"text": _cut(summary)},
        "fullDescription": {"text": _cut(does.group(1).strip() if does else summary)},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": LEVEL[page.severity]},
        "properties": {
            "tags": ["correctness", "shapes", *(["preview"] if page.preview else [])],
            "precision": min(each.confidence for each in findings).value,
            "problem.severity": _PROBLEM[page.severity],
        },
    }
    address = web_address(findings[0].url)
    if address:
        descriptor["helpUri"] = address
    return descriptor


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
