from __future__ import annotations

from dataclasses import replace

import jsonschema
import pytest
from report_schemas import gitlab

from shapeguard.finding import Position, Severity, Span
from shapeguard.report import View, render
from shapeguard.report.sources import Sources


def test_a_finding_is_an_issue(finding, view):
    assert gitlab(render([finding], "gitlab", view)) == [
        {
            "type": "issue",
            "check_name": "SG101",
            "description": "`prefix` keeps 2 rows where `state.keys` has 0"
            " (The last share starts at 2, which is not below 2.)",
            "categories": ["Bug Risk"],
            "severity": "critical",
            "fingerprint": "a1b2",
            "location": {
                "path": "pkg/join.py",
                "positions": {
                    "begin": {"line": 7, "column": 12},
                    "end": {"line": 7, "column": 50},
                },
            },
        }
    ]


def test_severities_are_those_of_gitlab(finding, view):
    found = [replace(finding, severity=each, fingerprint=each.value) for each in Severity]
    issues = gitlab(render(found, "gitlab", view))
    assert [each["severity"] for each in issues] == ["critical", "major", "info"]


def test_fingerprints_are_unique_and_hold_no_line_numbers(finding, runtime_finding, view):
    found = [finding, finding, runtime_finding, runtime_finding]
    names = [each["fingerprint"] for each in gitlab(render(found, "gitlab", view))]
    moved = [
        replace(each, span=replace(each.span, start=Position(40, 1), end=Position(40, 2)))
        for each in found
    ]
    again = [each["fingerprint"] for each in gitlab(render(moved, "gitlab", view))]
    assert len(set(names)) == 4
    assert set(again) == set(names)
    other = replace(runtime_finding, message="another")
    assert gitlab(render([other], "gitlab", view))[0]["fingerprint"] not in names


def test_columns_count_characters(finding, tmp_path):
    line = "x = ('\U0001f600', cat(a))\n"
    (tmp_path / "wide.py").write_text(line, "utf-8")
    start = line.index("cat") + 1
    place = Span("wide.py", Position(1, start), Position(1, start + 6))
    (issue,) = gitlab(render([replace(finding, span=place)], "gitlab", View(Sources(tmp_path))))
    positions = issue["location"]["positions"]
    shown = line[positions["begin"]["column"] - 1 : positions["end"]["column"] - 1]
    assert shown == "cat(a)"


@pytest.mark.parametrize("name", ["a b/\u4e2d.py", "\u3000.py", "a\n[b](1).py"])
def test_the_path_is_the_name_of_the_file(finding, view, name):
    place = replace(finding.span, filename=name)
    (issue,) = gitlab(render([replace(finding, span=place)], "gitlab", view))
    assert issue["location"]["path"] == name


def test_a_finding_without_a_message_has_its_name(finding, view):
    (issue,) = gitlab(render([replace(finding, message=" ", witness=None)], "gitlab", view))
    assert issue["description"] == "join-of-unequal-extents"


def test_nothing_found_is_an_empty_array(view):
    assert gitlab(render([], "gitlab", view)) == []


def test_the_schema_sees_what_is_wrong(finding, view):
    text = render([finding], "gitlab", view)
    for right, wrong in (
        ("critical", "fatal"),
        ('"line": 7', '"line": 0'),
        ("pkg/", "/pkg/"),
        ("positions", "places"),
        ("fingerprint", "name"),
    ):
        with pytest.raises(jsonschema.ValidationError):
            gitlab(text.replace(right, wrong))
