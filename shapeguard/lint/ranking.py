"""Which diagnosis of a place is shown, and what tells a finding apart from all others."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.finding import Finding
    from shapeguard.lint.api import Diagnosis


def merit(diagnosis: Diagnosis) -> tuple[int, int, int, str, tuple[str, ...]]:
    """Return what orders diagnoses of one place; no two that differ are equal in all of it."""
    sureness = -list(Confidence).index(diagnosis.confidence)
    way = tuple(
        f"{each.site.function!r}@{each.site.function.number(each.site.node)} {each.message}"
        for each in diagnosis.trail
    )
    text = "" if diagnosis.witness is None else diagnosis.witness.text
    return sureness, diagnosis.rank, len(way), diagnosis.message, (text, *way)


def fingerprinted(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Give every finding a value that survives shifted lines and is unique within the run.

    Until then the field holds the text of the sink: code, file, function and that text make the
    value, so neither another wording of a message nor code elsewhere changes it.
    """
    seen: dict[str, int] = {}
    for finding in findings:
        text = finding.fingerprint or finding.message
        key = f"{finding.code}|{finding.span.filename}|{finding.function}|{text}"
        seen[key] = seen.get(key, 0) + 1
        digest = hashlib.sha256(f"{key}|{seen[key]}".encode(errors="backslashreplace")).hexdigest()
        yield replace(finding, fingerprint=digest[:32])
