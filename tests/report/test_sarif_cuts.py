"""What a SARIF report leaves out, or lists apart: suppressed findings, and what GitHub would refuse."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest
from sarif_validation import complaints, schema

from shapeguard.finding import Confidence, Position, Severity, Step, Suppressed, Suppressor
from shapeguard.report import render, sarif, sarif_results


@pytest.fixture
def suppressed(finding, runtime_finding):
    reason = "sizes are checked by the caller \x1b[31m [a](https://example.org)"
    return (
        Suppressed(replace(finding, fingerprint="s1"), Suppressor.COMMENT, reason),
        Suppressed(replace(runtime_finding, code="SG502"), Suppressor.BASELINE),
    )


def run_of(findings, view):
    log = json.loads(render(findings, "sarif", view))
    jsonschema.validate(log, schema())
    (run,) = log["runs"]
    return run


def test_suppressed_findings_are_results_with_what_suppresses_them(finding, view, suppressed):
    run = run_of([finding], replace(view, suppressed=suppressed))
    reported, by_comment, by_baseline = run["results"]
    assert "suppressions" not in reported
    assert by_comment["suppressions"] == [
        {
            "kind": "inSource",
            "status": "accepted",
            "justification": "sizes are checked by the caller \\x1b[31m [a] (https://example.org)",
        }
    ]
    assert by_baseline["suppressions"] == [{"kind": "external", "status": "accepted"}]
    assert "codeFlows" in by_comment
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["SG101", "SG502"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_the_official_validator_is_content_with_suppressed_findings(finding, view, suppressed):
    for found in ([], [finding]):
        assert complaints(render(found, "sarif", replace(view, suppressed=suppressed))) == []


def test_results_that_github_would_refuse_are_counted(finding, view, suppressed, monkeypatch):
    monkeypatch.setattr(sarif, "MOST_RESULTS", 4)
    found = [
        replace(finding, severity=severity, confidence=confidence, message=f"{number}")
        for number, (severity, confidence) in enumerate(
            [
                (Severity.INFO, Confidence.HIGH),
                (Severity.ERROR, Confidence.LOW),
                (Severity.WARNING, Confidence.HIGH),
                (Severity.ERROR, Confidence.HIGH),
                (Severity.WARNING, Confidence.MEDIUM),
            ]
        )
    ]
    run = run_of(found, replace(view, suppressed=suppressed, problems=("gone.py",)))
    messages = [result["message"]["text"].partition(".")[0] for result in run["results"]]
    assert messages == ["1", "2", "3", "4"]
    (invocation,) = run["invocations"]
    assert [each["message"]["text"] for each in invocation["toolExecutionNotifications"]] == [
        "gone.py",
        "3 results left out: a run holds 4.",
    ]

    (invocation,) = run_of(found[:3], replace(view, suppressed=suppressed))["invocations"]
    assert invocation["executionSuccessful"] is True
    (notice,) = invocation["toolExecutionNotifications"]
    assert notice["message"]["text"] == "1 result left out: a run holds 4."
    assert notice["level"] == "warning"


def test_a_report_that_is_full_is_taken_whole(finding, view, monkeypatch):
    monkeypatch.setattr(sarif, "MOST_RESULTS", 3)
    run = run_of([finding] * 3, view)
    assert len(run["results"]) == 3
    assert run["invocations"] == [{"executionSuccessful": True}]


def test_a_trace_that_is_too_long_keeps_its_begin_and_its_end(finding, view, monkeypatch):
    for module in (sarif, sarif_results):
        monkeypatch.setattr(module, "LONGEST_TRACE", 5)
    steps = [
        Step(replace(finding.span, start=Position(row, 1), end=Position(row, 2)), f"{row}")
        for row in (1, 2, 3, 4, 5, 6, 7)
    ]
    run = run_of([replace(finding, trace=tuple(steps))], view)
    (flow,) = run["results"][0]["codeFlows"][0]["threadFlows"]
    said = [each["location"]["message"]["text"] for each in flow["locations"]]
    assert said == ["1.", "2.", "3.", "4.", "7."]
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notice["message"]["text"] == "1 trace cut: one holds 5 places."

    whole = run_of([replace(finding, trace=tuple(steps[2:]))], view)
    assert whole["invocations"] == [{"executionSuccessful": True}]


def test_the_limits_hold_at_their_real_size(finding, view):
    small = replace(finding, trace=(), witness=None)
    run = json.loads(render([small] * 25_001, "sarif", view))["runs"][0]
    assert len(run["results"]) == 25_000
    step = Step(replace(finding.span, start=Position(1, 1), end=Position(1, 2)), "a")
    run = json.loads(render([replace(finding, trace=(step,) * 10_500)], "sarif", view))["runs"][0]
    (flow,) = run["results"][0]["codeFlows"][0]["threadFlows"]
    assert len(flow["locations"]) == 10_000
    assert flow["locations"][-1]["location"]["physicalLocation"]["region"]["startLine"] == 7
