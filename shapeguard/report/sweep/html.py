"""``html``: a heat map of method and composition, in one page that needs no network.

Needs the extra ``report`` (jinja2). The cases stand in the page as data, which its script shows as
text; everything else is escaped by jinja2.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from shapeguard.errors import MissingExtraError
from shapeguard.outcome import Verdict
from shapeguard.report.sources import printable
from shapeguard.report.sweep.matrix import details, failures, good, setting, table, tally
from shapeguard.report.words import count, paragraphs

try:
    from markupsafe import Markup

    from shapeguard.report.templating import assets, environment
except ImportError as error:
    _feature = "the html report"
    raise MissingExtraError(_feature, "report", error.name or "jinja2") from error

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapeguard.outcome import Outcome
    from shapeguard.report.sweep.matrix import Failure, Sweep

_FIELDS = ("method", "family", "attention", "padding", "composition", "verdict", "code")
_TEXTS = ("group", "text", "relation", "error", "place", "smallest", "test")


def render(sweep: Sweep) -> str:
    """Return the page. The same outcomes give the same page."""
    versions = ", ".join(f"{name} {version}" for name, version in sweep.versions.items())
    counts = tally(sweep.last)
    return (
        environment()
        .get_template("sweep.html.jinja")
        .render(
            title=count(len(sweep.last), "case"),
            subtitle=printable(versions),
            compares=sweep.compares,
            counts=[(verdict.value, counts[verdict]) for verdict in Verdict],
            before=[(verdict.value, tally(sweep.first)[verdict]) for verdict in Verdict],
            groups=list(dict.fromkeys(each.group for each in sweep.last)),
            matrix=_matrix(sweep),
            failures=[_failure(each) for each in failures(sweep.last)],
            data=_data(sweep.outcomes),
            **assets(["report.css", "sweep.css"], "sweep.js"),
        )
    )


def _matrix(sweep: Sweep) -> list[tuple[str, list[tuple[int, int]]]]:
    """Return, for each method, how many cases of each group are good, of how many."""
    groups = list(dict.fromkeys(each.group for each in sweep.last))
    rows = table(sweep.last, lambda each: each.method, lambda each: each.group)
    return [
        (
            printable(method),
            [
                (good(row[group]), row[group].total()) if group in row else (0, 0)
                for group in groups
            ],
        )
        for method, row in rows.items()
    ]


def _failure(failure: Failure) -> dict[str, Any]:
    example = failure.example
    return {
        "verdict": example.verdict.value,
        "title": failure.title,
        "extent": failure.extent,
        "setting": setting(example),
        "text": printable(example.text),
        "details": details(example),
        "test": paragraphs(example.test),
        "method": example.method,
        "composition": example.composition,
    }


def _data(outcomes: Iterable[Outcome]) -> Markup:
    """Return the cases as JSON that cannot end the element it stands in: texts, and numbers of texts."""
    texts: dict[str, int] = {}

    def number(text: str) -> int:
        return texts.setdefault(text, len(texts))

    cases = [
        [
            *[number(printable(str(getattr(each, name)))) for name in _FIELDS],
            *[number(paragraphs(str(getattr(each, name) or ""))) for name in _TEXTS],
            list(each.wrong_rows),
            None if each.difference is None else float(f"{each.difference:.3g}"),
        ]
        for each in outcomes
    ]
    data = {
        "fields": [*_FIELDS, *_TEXTS, "rows", "difference"],
        "texts": list(texts),
        "cases": cases,
    }
    text = json.dumps(data, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - escaped right here
