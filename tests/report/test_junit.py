from __future__ import annotations

from dataclasses import replace

import pytest
import xmlschema
from report_schemas import junit

from shapeguard.finding import Position
from shapeguard.report import render


def test_each_file_is_a_suite_and_each_finding_a_failed_test(finding, runtime_finding, view):
    other = replace(finding, span=replace(finding.span, filename="pkg/split.py"))
    root = junit(render([finding, runtime_finding, other], "junit", view))
    assert root.attrib == {"name": "shapeguard", "tests": "3", "failures": "3", "errors": "0"}
    assert [suite.attrib["name"] for suite in root] == ["pkg/join.py", "pkg/split.py"]
    names = [case.attrib["name"] for case in root.iter("testcase")]
    title = "SG101 join-of-unequal-extents in compose"
    assert names == ["SG501 contract-broken", title, title]
    assert {case.attrib["classname"] for case in root[0]} == {"pkg/join.py"}


def test_a_failure_says_all_that_full_says(finding, view):
    (failure,) = junit(render([finding], "junit", view)).iter("failure")
    assert failure.attrib == {"type": "error", "message": finding.message}
    assert failure.text == "\n" + render([finding], "full", view).removesuffix("\n")


def test_names_hold_no_line_numbers_and_are_numbered_where_they_repeat(finding, view):
    later = replace(finding, span=replace(finding.span, start=Position(8, 1)), message="other")
    root = junit(render([finding, later], "junit", view))
    assert [case.attrib["name"] for case in root.iter("testcase")] == [
        "SG101 join-of-unequal-extents in compose",
        "SG101 join-of-unequal-extents in compose (2)",
    ]


def test_nothing_found_is_a_test_that_passed(view):
    root = junit(render([], "junit", view))
    assert root.attrib == {"name": "shapeguard", "tests": "1", "failures": "0", "errors": "0"}
    (case,) = root.iter("testcase")
    assert case.attrib == {"name": "no finding in 2 files", "classname": "shapeguard"}
    assert list(case) == []
    (case,) = junit(render([], "junit", replace(view, checked=None))).iter("testcase")
    assert case.attrib["name"] == "no finding"


def test_problems_are_errors(finding, view):
    with_problems = replace(view, problems=("gone.py: \x1b]]> no such file", "b.py: missing"))
    for found, failures in (([], "0"), ([finding], "1")):
        root = junit(render(found, "junit", with_problems))
        assert (root.attrib["errors"], root.attrib["failures"]) == ("2", failures)
        errors = [error.attrib["message"] for error in root.iter("error")]
        assert errors == ["gone.py: \\x1b]]> no such file", "b.py: missing"]
        names = [case.attrib["name"] for case in root[0]]
        assert names == [f"everything is checked: {error}" for error in errors]


def test_names_of_problems_are_unique(view):
    problems = ("a.py: cannot be read", "a.py: cannot\nbe read", "b.py: cannot be read")
    root = junit(render([], "junit", replace(view, problems=problems)))
    assert [case.attrib["name"] for case in root.iter("testcase")] == [
        "everything is checked: a.py: cannot be read",
        "everything is checked: a.py: cannot be read (2)",
        "everything is checked: b.py: cannot be read",
    ]


def test_the_schema_sees_what_is_wrong(finding, view):
    text = render([finding], "junit", view)
    for right, wrong in (("testcase", "case"), (' classname="', ' class="'), ("failure", "fault")):
        with pytest.raises((xmlschema.XMLSchemaValidationError, AssertionError)):
            junit(text.replace(right, wrong))
