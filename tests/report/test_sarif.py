from __future__ import annotations

import json
import urllib.parse
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from sarif_validation import complaints, schema

from shapeguard.finding import (
    Applicability,
    Confidence,
    Edit,
    Fix,
    Position,
    Severity,
    Span,
    Step,
    Witness,
)
from shapeguard.report import View, render, tool
from shapeguard.report.pages import RulePage
from shapeguard.report.sources import Sources

ATTACK = "</script> \x1b[31m ]]> \u202e [a](1) [b](https://example.org) {0} \U0001f600 \x00"


def run_of(findings, view):
    text = render(findings, "sarif", view)
    log = json.loads(text)
    jsonschema.validate(log, schema())
    (run,) = log["runs"]
    return run


def result_of(finding, view):
    (result,) = run_of([finding], view)["results"]
    return result


def region(row, column, end_row, end_column):
    return {
        "startLine": row,
        "startColumn": column,
        "endLine": end_row,
        "endColumn": end_column,
    }


@pytest.fixture
def hostile(finding):
    place = Span("a\n[b](1) #%\u202e\U0001f600.py", Position(1, 1), Position(1, 9))
    return replace(
        finding,
        name=ATTACK,
        message=ATTACK,
        function=ATTACK,
        url="javascript:alert(1)",
        span=place,
        trace=(Step(place, ATTACK), Step(replace(place, start=Position(1, 2)), "")),
        witness=Witness(((ATTACK, (0,)),), (), ATTACK),
        fix=Fix(Applicability.UNSAFE, "", (Edit(place, "\U0001f600\r\n\t]]>\x1b"),)),
    )


def test_the_official_validator_is_content(finding, runtime_finding, hostile, view):
    edits = (Edit(finding.span, "x"), Edit(replace(finding.span, filename="pkg/split.py"), ""))
    found = [
        finding,
        runtime_finding,
        hostile,
        replace(finding, message="", url="https://example.org/SG101", function=""),
        replace(finding, fix=Fix(Applicability.SAFE, "slice always", edits)),
        *(
            replace(finding, trace=(), span=Span(name, Position(3, 5), end))
            for name in ("a b/\u4e2d.py", "c:d.py", "\udcff.py", "<string>")
            for end in (Position(3, 2), Position(2, 9), Position(4, 1), Position(0, 0))
        ),
    ]
    assert complaints(render(found, "sarif", view)) == []


def test_the_official_validator_is_content_with_nothing_found(view):
    assert complaints(render([], "sarif", view)) == []
    assert complaints(render([], "sarif", replace(view, problems=("gone.py: \x1b",)))) == []


def test_a_finding_is_a_result(finding, view):
    result = result_of(finding, view)
    assert result["ruleId"] == "SG101"
    assert result["level"] == "error"
    assert result["message"]["text"] == (
        "`prefix` keeps 2 rows where `state.keys` has 0.\n"
        "Witness: The last share starts at 2, which is not below 2.\n"
        "The trace begins at [pkg/split.py:2:13](1)."
    )
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "pkg/join.py", "uriBaseId": "%SRCROOT%"},
        "region": region(7, 12, 7, 50),
    }
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "compose"
    assert result["partialFingerprints"] == {"shapeguard/v1": "a1b2"}
    assert result["properties"]["confidence"] == "high"
    assert result["properties"]["witness"]["sizes"] == {"sizes": [2, 0]}


def test_the_trace_is_a_flow_from_source_to_sink(finding, view):
    result = result_of(finding, view)
    ((flow,),) = (each["threadFlows"] for each in result["codeFlows"])
    places = [each["location"]["physicalLocation"] for each in flow["locations"]]
    assert [each["artifactLocation"]["uri"] for each in places] == [
        "pkg/split.py",
        "pkg/join.py",
        "pkg/join.py",
    ]
    assert [each["region"]["startLine"] for each in places] == [2, 5, 7]
    assert [each["importance"] for each in flow["locations"]] == [
        "essential",
        "important",
        "essential",
    ]
    (related,) = result["relatedLocations"]
    assert related["id"] == 1
    assert related["physicalLocation"] == places[0]


def test_a_finding_of_a_running_program(runtime_finding, view):
    nowhere = Span("<string>", Position(0, 1), Position(0, 1))
    run = run_of([runtime_finding, replace(runtime_finding, span=nowhere, message="")], view)
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["id"] == "SG501"
    assert "slice both under the same condition" in rule["help"]["text"]
    without, with_place = run["results"]
    assert "codeFlows" not in with_place
    assert "partialFingerprints" not in with_place
    assert "relatedLocations" not in with_place
    assert without["message"]["text"] == "contract-broken."
    place = without["locations"][0]["physicalLocation"]
    assert place["region"] == region(1, 1, 1, 1)
    assert place["artifactLocation"]["uri"] == "%3Cstring%3E"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((3, 5), (3, 2), (3, 5, 3, 5)),
        ((3, 5), (2, 9), (3, 5, 3, 5)),
        ((3, 5), (4, 1), (3, 5, 4, 1)),
        ((0, 0), (0, 0), (1, 1, 1, 1)),
    ],
)
def test_spans_without_a_real_end_are_empty_regions(finding, view, start, end, expected):
    place = Span("pkg/join.py", Position(*start), Position(*end))
    result = result_of(replace(finding, span=place, trace=()), view)
    assert result["locations"][0]["physicalLocation"]["region"] == region(*expected)


def test_rules_are_described_by_their_pages(finding, runtime_finding, view):
    text = f"Short.\n\n## What it does\n\nFlags {'x' * 2000}\n\n## More\n\nEnd."
    page = RulePage("SG101", "joined", Severity.WARNING, "0.1.0", preview=True, text=text)
    found = [
        replace(finding, url="https://example.org/SG101"),
        replace(finding, confidence=Confidence.LOW),
    ]
    run = run_of([*found, runtime_finding], replace(view, pages={"SG101": page}))
    first, second = run["tool"]["driver"]["rules"]
    assert first["shortDescription"]["text"] == "Short."
    assert first["fullDescription"]["text"].startswith("Flags xxx")
    assert len(first["fullDescription"]["text"]) == 1024
    assert first["help"]["markdown"] == text
    assert first["helpUri"] == "https://example.org/SG101"
    assert first["defaultConfiguration"] == {"level": "warning"}
    assert first["properties"]["precision"] == "low"
    assert "preview" in first["properties"]["tags"]
    assert "helpUri" not in second
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_fix_over_two_files(finding, view):
    other = Span("pkg/split.py", Position(2, 1), Position(3, 1))
    edits = (Edit(finding.span, "x"), Edit(other, ""), Edit(replace(other, end=other.start), "y"))
    fix = Fix(Applicability.SAFE, "slice always", edits)
    (shown,) = result_of(replace(finding, fix=fix), view)["fixes"]
    assert shown["description"] == {"text": "slice always."}
    assert shown["properties"] == {"applicability": "safe"}
    first, second = shown["artifactChanges"]
    assert first["artifactLocation"]["uri"] == "pkg/join.py"
    assert first["replacements"] == [
        {"deletedRegion": region(7, 12, 7, 50), "insertedContent": {"text": "x"}}
    ]
    assert second["artifactLocation"]["uri"] == "pkg/split.py"
    assert [each["deletedRegion"] for each in second["replacements"]] == [
        region(2, 1, 3, 1),
        region(2, 1, 2, 1),
    ]


def test_hostile_text_is_shown_and_links_nowhere(hostile, view):
    run = run_of([hostile], view)
    (result,) = run["results"]
    text = result["message"]["text"]
    assert "\\x1b[31m" in text
    assert "\\u202e" in text
    assert "[a] (1) [b] (https://example.org)" in text
    assert "\\x00" in text
    assert "helpUri" not in run["tool"]["driver"]["rules"][0]
    # What is to be inserted is data, not text to show.
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"]["text"] == "\U0001f600\r\n\t]]>\x1b"
    assert result["fixes"][0]["description"]["text"] == "Change it."


def test_the_address_of_a_file_is_its_name(hostile, view):
    result = result_of(hostile, view)
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"].isascii()
    assert urllib.parse.unquote(place["uri"]) == hostile.span.filename
    assert not {*" \n[]()#"} & {*place["uri"]}


@pytest.mark.parametrize(
    ("name", "uri"),
    [("a b/\u4e2d.py", "a%20b/%E4%B8%AD.py"), ("c:d.py", "c%3Ad.py"), ("\udcff.py", "%FF.py")],
)
def test_names_are_percent_encoded(finding, view, name, uri):
    place = replace(finding.span, filename=name)
    result = result_of(replace(finding, span=place, trace=()), view)
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_files_elsewhere_are_absolute(finding, tmp_path):
    view = View(Sources(tmp_path / "below"))
    place = replace(finding.span, filename=str(tmp_path / "x y.py"))
    result = result_of(replace(finding, span=place, trace=()), view)
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": Path(tmp_path / "x y.py").as_uri()}
    assert "%20" in location["uri"]


def test_columns_count_code_points(finding, tmp_path):
    line = "x = ('\U0001f600', cat(a))\n"
    (tmp_path / "wide.py").write_text(line, "utf-8")
    start = line.index("cat") + 1
    place = Span("wide.py", Position(1, start), Position(1, start + 6))
    run = run_of([replace(finding, span=place, trace=())], View(Sources(tmp_path)))
    assert run["columnKind"] == "unicodeCodePoints"
    shown = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert line[shown["startColumn"] - 1 : shown["endColumn"] - 1] == "cat(a)"


def test_what_could_not_be_checked_is_told(view):
    assert run_of([], view)["invocations"] == [{"executionSuccessful": True}]
    (invocation,) = run_of([], replace(view, problems=("gone.py: \x1b no such file",)))[
        "invocations"
    ]
    assert invocation["executionSuccessful"] is False
    (notice,) = invocation["toolExecutionNotifications"]
    assert notice["message"]["text"] == "gone.py: \\x1b no such file"


def test_the_address_of_the_project_is_that_of_its_metadata(view, monkeypatch):
    class Metadata:
        def get_all(self, name):
            return ["Changelog, https://example.org/c", "Homepage, https://example.org/"]

    monkeypatch.setattr(tool.metadata, "metadata", lambda name: Metadata())
    driver = run_of([], view)["tool"]["driver"]
    assert driver["informationUri"] == "https://example.org/"


def test_nothing_depends_on_machine_or_day(finding, view, tmp_path):
    text = render([finding], "sarif", view)
    assert str(tmp_path) not in text
    assert text.isascii()
    assert text == render([finding], "sarif", view)


def test_the_validator_sees_what_is_wrong(finding, view):
    log = json.loads(render([finding], "sarif", view))
    del log["runs"][0]["tool"]["driver"]["rules"][0]["help"]
    assert [each[:6] for each in complaints(json.dumps(log))] == ["GH2012"]
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["endColumn"] = 1
    log["runs"][0]["colour"] = "blue"
    said = {each.split()[0] for each in complaints(json.dumps(log))}
    assert "SARIF1007" in said
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(log, schema())
