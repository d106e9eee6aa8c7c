"""``sarif``: SARIF 2.1.0, for code scanning on GitHub and for editors that read it.

Nothing in a report depends on the machine or the day: files below the working directory are
relative to ``%SRCROOT%``, which whoever reads the report resolves. Messages are plain text in which
``[text](id)`` leads to a related location. What GitHub would refuse is cut, and counted in a notification.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from shapeguard.report.sarif_results import (
    LONGEST_TRACE,
    ROOT,
    plain,
    result_of,
    suppressed_result,
)
from shapeguard.report.sarif_rules import descriptors
from shapeguard.report.tool import address, version
from shapeguard.report.words import count, urgency, whole_trace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapeguard.finding import Finding, Suppressed
    from shapeguard.report import View
    from shapeguard.report.sarif_results import Json

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
MOST_RESULTS: Final = 25_000
"""How many results GitHub takes in one run; it shows the 5,000 that are most severe."""


def render(findings: Sequence[Finding], view: View) -> str:
    """Return one run with all findings, those that are suppressed last, indented, ASCII only."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(findings, view)]}
    return json.dumps(log, indent=2) + "\n"


def _run(findings: Sequence[Finding], view: View) -> Json:
    found = _most_urgent(findings)
    suppressed = view.suppressed[: MOST_RESULTS - len(found)]
    shown = [*found, *(each.finding for each in suppressed)]
    left_out = len(findings) + len(view.suppressed) - len(shown)
    rules = descriptors(shown, view.pages)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    return {
        "tool": {"driver": {**_driver(), "rules": rules}},
        "invocations": [_invocation(view, [*_cuts(shown, left_out)])],
        "columnKind": "unicodeCodePoints",
        "defaultSourceLanguage": "python",
        "originalUriBaseIds": {
            ROOT: {"description": {"text": "The directory in which shapeguard was run."}}
        },
        "results": [*_results(found, suppressed, index, view)],
    }


def _results(
    found: Sequence[Finding],
    suppressed: Sequence[Suppressed],
    index: dict[str, int],
    view: View,
) -> Iterator[Json]:
    for finding in found:
        yield result_of(finding, index[finding.code], view.sources)
    for each in suppressed:
        yield suppressed_result(each, index[each.finding.code], view.sources)


def _most_urgent(findings: Sequence[Finding]) -> Sequence[Finding]:
    """Return the findings that fit, in their order."""
    if len(findings) <= MOST_RESULTS:
        return findings
    ranked = sorted(range(len(findings)), key=lambda number: urgency(findings[number]))
    return [findings[number] for number in sorted(ranked[:MOST_RESULTS])]


def _cuts(shown: Sequence[Finding], left_out: int) -> Iterator[str]:
    """Yield what a reader of the report does not see."""
    if left_out:
        yield f"{count(left_out, 'result')} left out: a run holds {MOST_RESULTS:,}."
    long = sum(len(whole_trace(each)) > LONGEST_TRACE for each in shown)
    if long:
        yield f"{count(long, 'trace')} cut: one holds {LONGEST_TRACE:,} places."


def _driver() -> Json:
    number, home = version(), address()
    return {
        "name": "shapeguard",
        "fullName": f"shapeguard {number}",
        "version": number,
        "semanticVersion": number,
        **({"informationUri": home} if home else {}),
    }


def _invocation(view: View, cuts: Sequence[str]) -> Json:
    notices = [
        *({"level": "error", "message": {"text": plain(each)}} for each in view.problems),
        *({"level": "warning", "message": {"text": each}} for each in cuts),
    ]
    more = {"toolExecutionNotifications": notices} if notices else {}
    return {"executionSuccessful": not view.problems, **more}
