from __future__ import annotations

from dataclasses import replace

from report_schemas import github

from shapeguard.finding import Confidence, Position, Severity, Span
from shapeguard.report import render


def test_a_finding_is_an_annotation(finding, view):
    assert render([finding], "github", view) == (
        "::error title=SG101 join-of-unequal-extents,file=pkg/join.py,"
        "line=7,endLine=7,col=12,endColumn=50::"
        "pkg/join.py:7:12: `prefix` keeps 2 rows where `state.keys` has 0%0A"
        "Witness: The last share starts at 2, which is not below 2.%0A"
        "Confidence: high\n"
    )


def test_a_range_of_lines_has_no_columns(finding, view):
    place = Span("pkg/join.py", Position(5, 8), Position(6, 3))
    ((_, properties, _),) = github(render([replace(finding, span=place)], "github", view))
    assert properties["line"] == "5"
    assert properties["endLine"] == "6"
    assert "col" not in properties
    assert "endColumn" not in properties


def test_a_span_without_a_real_end_is_empty(finding, view):
    place = Span("<string>", Position(0, 0), Position(0, 0))
    ((_, properties, _),) = github(render([replace(finding, span=place)], "github", view))
    assert [properties[each] for each in ("line", "endLine", "col", "endColumn")] == ["1"] * 4


def test_levels_are_those_of_github_and_the_most_severe_and_surest_come_first(finding, view):
    found = [
        replace(finding, severity=severity, confidence=confidence)
        for severity in (Severity.INFO, Severity.ERROR, Severity.WARNING)
        for confidence in (Confidence.LOW, Confidence.HIGH, Confidence.MEDIUM)
    ]
    read = github(render(found, "github", view))
    assert [level for level, _, _ in read] == ["error"] * 3 + ["warning"] * 3 + ["notice"] * 3
    assert [message.rpartition(" ")[2] for *_, message in read] == ["high", "medium", "low"] * 3


def test_findings_that_are_as_urgent_keep_the_order_of_places(finding, view):
    found = [replace(finding, span=replace(finding.span, start=Position(r, 1))) for r in (3, 1, 2)]
    read = github(render(found, "github", view))
    assert [properties["line"] for _, properties, _ in read] == ["1", "2", "3"]


def test_problems_are_one_annotation_before_all_others(finding, view):
    with_problems = replace(view, problems=("gone.py: no\x1bsuch file", "b.py: 100%, or: less"))
    (level, properties, message), (_, second, _) = github(
        render([finding], "github", with_problems)
    )
    assert level == "error"
    assert properties == {"title": "shapeguard did not check everything"}
    assert message == "2 problems:\ngone.py: no\\x1bsuch file\nb.py: 100%, or: less"
    assert second["file"] == "pkg/join.py"


def test_what_would_end_a_property_or_a_command_is_escaped(finding, view):
    evil = replace(
        finding,
        name="a,file=x::b%0A",
        message="50%0A\n::error::forged\r\n::add-mask::x",
        span=replace(finding.span, filename="a,line=1:%2C.py"),
    )
    text = render([evil], "github", view)
    assert text.count("\n") == 1
    ((_, properties, message),) = github(text)
    assert properties["title"] == "SG101 a,file=x::b%0A"
    assert properties["file"] == "a,line=1:%2C.py"
    assert "50%0A\n::error::forged\n::add-mask::x\n" in message


def test_nothing_found_is_nothing_said(view):
    assert render([], "github", view) == ""
