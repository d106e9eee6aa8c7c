"""``sarif``: SARIF 2.1.0, for code scanning on GitHub and for editors that read it.

Nothing in a report depends on the machine or the day: files below the working directory are
relative to ``%SRCROOT%``, which whoever reads the report resolves. Messages are plain text in which
``[text](id)`` leads to a related location.
"""

from __future__ import annotations

import json
import os
import urllib.parse
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from shapeguard.finding import Confidence
from shapeguard.report.json import witness_object
from shapeguard.report.sarif_rules import LEVEL, descriptors
from shapeguard.report.sources import printable
from shapeguard.report.words import gist, paragraphs, web_address, whole_trace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapeguard.finding import Finding, Fix, Span
    from shapeguard.report import View
    from shapeguard.report.sources import Sources

Json: TypeAlias = dict[str, Any]

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_ROOT: Final = "%SRCROOT%"
# Only the name: readers that find primaryLocationLineHash set by a tool warn of each result.
_FINGERPRINT: Final = "shapeguard/v1"
_RANK: Final = {Confidence.LOW: 25.0, Confidence.MEDIUM: 50.0, Confidence.HIGH: 75.0}


def render(findings: Sequence[Finding], view: View) -> str:
    """Return one run with all findings, indented, ASCII only."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(findings, view)]}
    return json.dumps(log, indent=2) + "\n"


def _run(findings: Sequence[Finding], view: View) -> Json:
    rules = descriptors(findings, view.pages)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    return {
        "tool": {"driver": {**_driver(), "rules": rules}},
        "invocations": [_invocation(view)],
        "columnKind": "unicodeCodePoints",
        "defaultSourceLanguage": "python",
        "originalUriBaseIds": {
            _ROOT: {"description": {"text": "The directory in which shapeguard was run."}}
        },
        "results": [_result(each, index[each.code], view.sources) for each in findings],
    }


def _driver() -> Json:
    version = metadata.version("shapeguard")
    return {
        "name": "shapeguard",
        "fullName": f"shapeguard {version}",
        "version": version,
        "semanticVersion": version,
        **_addresses(),
    }


def _addresses() -> Json:
    """Return where to read on, if the package says so."""
    for entry in metadata.metadata("shapeguard").get_all("Project-URL") or ():
        label, _, url = str(entry).partition(",")
        address = web_address(url.strip())
        if address and label.strip().lower() in {"homepage", "documentation", "repository"}:
            return {"informationUri": address}
    return {}


def _invocation(view: View) -> Json:
    notices = [{"level": "error", "message": {"text": _plain(each)}} for each in view.problems]
    more = {"toolExecutionNotifications": notices} if notices else {}
    return {"executionSuccessful": not notices, **more}


def _result(finding: Finding, rule: int, sources: Sources) -> Json:
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
    sentences = [_sentence(_plain(finding.message) or finding.name)]
    witness = _plain(gist(finding.witness, finding.message)) if finding.witness else ""
    if witness:
        sentences.append(_sentence(f"Witness: {witness}"))
    if related:
        place = sources.place(finding.trace[0].span)
        shown = place.replace("[", "\\[").replace("]", "\\]")
        sentences.append(f"The trace begins at [{shown}](1).")
    return "\n".join(sentences)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _plain(text: str) -> str:
    """Return printable text in which nothing is a link: ``f[x] (y)`` for ``f[x](y)``."""
    return paragraphs(text).strip().replace("](", "] (")


def _related(finding: Finding, sources: Sources) -> Iterator[Json]:
    """Yield where the trace begins, if that is not the place itself."""
    if finding.trace and finding.trace[0].span.start != finding.span.start:
        step = finding.trace[0]
        yield {"id": 1, **_location(step.span, sources, message=step.message)}


def _flow(finding: Finding, sources: Sources) -> list[Json]:
    steps = whole_trace(finding)
    ends = {0, len(steps) - 1}
    return [
        {
            "location": _location(step.span, sources, message=step.message),
            "importance": "essential" if number in ends else "important",
        }
        for number, step in enumerate(steps)
    ]


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
        location["message"] = {"text": _sentence(_plain(message))}
    return location


def _artifact(filename: str, sources: Sources) -> Json:
    path = sources.path(filename)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    # Bytes, since a name need not be UTF-8; a colon is quoted, or what is before it were a scheme.
    uri = urllib.parse.quote(os.fsencode(path.as_posix()), safe="/")
    return {"uri": uri, "uriBaseId": _ROOT}


def _region(span: Span) -> Json:
    """Return the region of ``span``; one without a real end, of a running program, is empty."""
    row, column = max(1, span.start.row), max(1, span.start.column)
    end = max((row, column), (span.end.row, max(1, span.end.column)))
    return {"startLine": row, "startColumn": column, "endLine": end[0], "endColumn": end[1]}


def _fix(fix: Fix, sources: Sources) -> Json:
    changes: dict[str, list[Json]] = {}
    for edit in fix.edits:
        changes.setdefault(edit.span.filename, []).append(
            {
                "deletedRegion": _region(edit.span),
                "insertedContent": {"text": edit.content},
            }
        )
    return {
        "description": {"text": _sentence(_plain(fix.message) or "Change it")},
        "artifactChanges": [
            {"artifactLocation": _artifact(filename, sources), "replacements": replacements}
            for filename, replacements in changes.items()
        ],
        "properties": {"applicability": fix.applicability.value},
    }
