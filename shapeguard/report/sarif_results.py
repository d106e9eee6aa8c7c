"""The results of a SARIF report: findings, with their places, traces and fixes."""

from __future__ import annotations

import os
import urllib.parse
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from shapeguard.finding import Confidence, Suppressor
from shapeguard.report.columns import extent
from shapeguard.report.json import witness_object
from shapeguard.report.sarif_rules import LEVEL
from shapeguard.report.sources import encodable, printable
from shapeguard.report.words import gist, paragraphs, whole_trace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.finding import Finding, Fix, Span, Step, Suppressed
    from shapeguard.report.sources import Sources

Json: TypeAlias = dict[str, Any]

ROOT: Final = "%SRCROOT%"
LONGEST_TRACE: Final = 10_000
"""How many places GitHub takes of one trace; of the others, it refuses the whole report."""
# Only the name: readers that find primaryLocationLineHash set by a tool warn of each result.
_FINGERPRINT: Final = "shapeguard/v1"
_RANK: Final = {Confidence.LOW: 25.0, Confidence.MEDIUM: 50.0, Confidence.HIGH: 75.0}
_KIND: Final = {Suppressor.COMMENT: "inSource", Suppressor.BASELINE: "external"}


def suppressed_result(suppressed: Suppressed, rule: int, sources: Sources) -> Json:
    """Return the result of a finding that is not reported, and what keeps it from that."""
    suppression = {"kind": _KIND[suppressed.by], "status": "accepted"}
    reason = plain(suppressed.reason)
    if reason:
        suppression["justification"] = reason
    return {**result_of(suppressed.finding, rule, sources), "suppressions": [suppression]}


def result_of(finding: Finding, rule: int, sources: Sources) -> Json:
    """Return the result of a finding, of the rule with the number ``rule``."""
    related = list(_related(finding, sources))
    result: Json = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": LEVEL[finding.severity],
        "rank": _RANK[finding.confidence],
        "message": {"text": _message(finding, sources, related=bool(related))},
        "locations": [_location(finding.span, sources, function=finding.function)],
        "properties": {
            "confidence": finding.confidence.value,
            "consequence": finding.consequence.value,
            "witness": witness_object(finding.witness) if finding.witness else None,
        },
    }
    if related:
        result["relatedLocations"] = related
    if finding.fingerprint:
        result["partialFingerprints"] = {_FINGERPRINT: finding.fingerprint}
    if finding.trace:
        result["codeFlows"] = [{"threadFlows": [{"locations": _flow(finding, sources)}]}]
    if finding.fix:
        result["fixes"] = [_fix(finding.fix, sources)]
    return result


def _message(finding: Finding, sources: Sources, *, related: bool) -> str:
    """Return what was found, the sizes that make it happen, and a link to where they come from.

    What a reader shows as the title is the first sentence, so each is one.
    """
    sentences = [_sentence(plain(finding.message) or finding.name)]
    witness = plain(gist(finding.witness, finding.message)) if finding.witness else ""
    if witness:
        sentences.append(_sentence(f"Witness: {witness}"))
    if related:
        place = sources.place(finding.trace[0].span)
        shown = place.replace("[", "\\[").replace("]", "\\]")
        sentences.append(f"The trace begins at [{shown}](1).")
    return "\n".join(sentences)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def plain(text: str) -> str:
    """Return printable text in which nothing is a link: ``f[x] (y)`` for ``f[x](y)``."""
    return paragraphs(text).strip().replace("](", "] (")


def _related(finding: Finding, sources: Sources) -> Iterator[Json]:
    """Yield where the trace begins, if that is not the place itself."""
    if finding.trace and finding.trace[0].span.start != finding.span.start:
        step = finding.trace[0]
        yield {"id": 1, **_location(step.span, sources, message=step.message)}


def _flow(finding: Finding, sources: Sources) -> list[Json]:
    steps = _kept(whole_trace(finding))
    ends = {0, len(steps) - 1}
    return [
        {
            "location": _location(step.span, sources, message=step.message),
            "importance": "essential" if number in ends else "important",
        }
        for number, step in enumerate(steps)
    ]


def _kept(steps: list[Step]) -> list[Step]:
    """Return the trace, without the places before the last that are too many."""
    return [*steps[: LONGEST_TRACE - 1], steps[-1]] if len(steps) > LONGEST_TRACE else steps


def _location(span: Span, sources: Sources, *, message: str = "", function: str = "") -> Json:
    location: Json = {
        "physicalLocation": {
            "artifactLocation": _artifact(span.filename, sources),
            "region": _region(span),
        }
    }
    if function:
        location["logicalLocations"] = [
            {
                "name": printable(function.rpartition(".")[2]),
                "fullyQualifiedName": printable(function),
                "kind": "function",
            }
        ]
    if message.strip():
        location["message"] = {"text": _sentence(plain(message))}
    return location


def _artifact(filename: str, sources: Sources) -> Json:
    path = sources.path(filename)
    # Bytes, since a name need not be UTF-8; a colon is quoted, or what is before it were a scheme.
    try:
        if path.is_absolute():
            return {"uri": path.as_uri()}
        name = os.fsencode(path.as_posix())
    except UnicodeEncodeError:  # no file can have that name
        name = encodable(path.as_posix()).encode()
    return {"uri": urllib.parse.quote(name, safe="/"), "uriBaseId": ROOT}


def _region(span: Span) -> Json:
    real = extent(span)
    return {
        "startLine": real.start.row,
        "startColumn": real.start.column,
        "endLine": real.end.row,
        "endColumn": real.end.column,
    }


def _fix(fix: Fix, sources: Sources) -> Json:
    changes: dict[str, list[Json]] = {}
    for edit in fix.edits:
        changes.setdefault(edit.span.filename, []).append(
            {
                "deletedRegion": _region(edit.span),
                "insertedContent": {"text": encodable(edit.content)},
            }
        )
    return {
        "description": {"text": _sentence(plain(fix.message) or "Change it")},
        "artifactChanges": [
            {"artifactLocation": _artifact(filename, sources), "replacements": replacements}
            for filename, replacements in changes.items()
        ],
        "properties": {"applicability": fix.applicability.value},
    }
