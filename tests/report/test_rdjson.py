from __future__ import annotations

from dataclasses import replace

import jsonschema
import pytest
from report_schemas import rdjson

from shapeguard.finding import Applicability, Edit, Fix, Position, Severity, Span
from shapeguard.report import View, render, tool
from shapeguard.report.sources import Sources


def diagnostic_of(finding, view):
    (diagnostic,) = rdjson(render([finding], "rdjson", view))["diagnostics"]
    return diagnostic


def cut(source: bytes, where: dict[str, dict[str, int]]) -> str:
    """Return what a range of UTF-8 columns holds, as reviewdog counts them."""
    lines = source.splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]
    start, end = (
        starts[where[at]["line"] - 1] + where[at]["column"] - 1 for at in ("start", "end")
    )
    return source[start:end].decode()


def test_a_finding_is_a_diagnostic(finding, view):
    shown = replace(finding, url="https://example.org/SG101")
    assert diagnostic_of(shown, view) == {
        "message": "`prefix` keeps 2 rows where `state.keys` has 0\n"
        "Witness: The last share starts at 2, which is not below 2.\n"
        "The trace begins at pkg/split.py:2:13.",
        "location": {
            "path": "pkg/join.py",
            "range": {"start": {"line": 7, "column": 12}, "end": {"line": 7, "column": 50}},
        },
        "severity": "ERROR",
        "code": {"value": "SG101", "url": "https://example.org/SG101"},
    }


def test_the_source_is_this_tool(finding, view, monkeypatch):
    assert rdjson(render([finding], "rdjson", view))["source"]["name"] == "shapeguard"
    monkeypatch.setattr(tool, "version", lambda: "1")
    found = ["Homepage, https://example.org/"]
    metadata = type("Metadata", (), {"get_all": lambda self, name: found})
    monkeypatch.setattr(tool.metadata, "metadata", lambda name: metadata())
    assert rdjson(render([], "rdjson", view))["source"]["url"] == "https://example.org/"


def test_the_severity_of_all_is_the_worst(finding, view):
    warning = replace(finding, severity=Severity.WARNING)
    info = replace(finding, severity=Severity.INFO)
    assert rdjson(render([info, warning], "rdjson", view))["severity"] == "WARNING"
    assert rdjson(render([info, warning, finding], "rdjson", view))["severity"] == "ERROR"


def test_columns_count_bytes(finding, tmp_path):
    text = "# \u00e9\n\tx = ('\U0001f600e\u0301', cat(\u4e2d))\n"
    (tmp_path / "wide.py").write_text(text, "utf-8")
    start = text.splitlines()[1].index("cat") + 1
    place = Span("wide.py", Position(2, start), Position(2, start + 6))
    shown = diagnostic_of(replace(finding, span=place, trace=()), View(Sources(tmp_path)))
    assert cut(text.encode(), shown["location"]["range"]) == "cat(\u4e2d)"


def test_a_fix_is_a_suggestion(finding, tmp_path):
    text = "a = '\U0001f600'; b = max(c)\n"
    (tmp_path / "a.py").write_text(text, "utf-8")
    start = text.index("max") + 1
    place = Span("a.py", Position(1, start), Position(1, start + 3))
    fix = Fix(Applicability.SAFE, "sum it", (Edit(place, "sum\u00e9"),))
    shown = diagnostic_of(replace(finding, span=place, trace=(), fix=fix), View(Sources(tmp_path)))
    assert shown["message"].endswith("\nFix (safe): sum it")
    (suggestion,) = shown["suggestions"]
    assert suggestion["text"] == "sum\u00e9"
    assert cut(text.encode(), suggestion["range"]) == "max"


def test_edits_of_one_file_are_one_suggestion(finding, view, tmp_path):
    argument = Span("pkg/join.py", Position(7, 23), Position(7, 29))
    condition = Span("pkg/join.py", Position(5, 1), Position(6, 9))
    fix = Fix(Applicability.UNSAFE, "", (Edit(argument, "first"), Edit(condition, "    ")))
    (suggestion,) = diagnostic_of(replace(finding, fix=fix), view)["suggestions"]
    assert suggestion["text"] == "    prefix = prefix[idx]\n    keys = torch.cat([first"
    source = (tmp_path / "pkg" / "join.py").read_bytes()
    replaced = cut(source, suggestion["range"])
    assert replaced.startswith("    if idx.start")
    assert replaced.endswith("torch.cat([prefix")


def test_half_a_fix_is_no_suggestion(finding, view, tmp_path):
    other = Edit(Span("pkg/split.py", Position(1, 5), Position(1, 10)), "parts")
    own = Edit(finding.span, "x")
    for edits in ((own, other), (other,), ()):
        fix = Fix(Applicability.SAFE, "rename", edits)
        assert "suggestions" not in diagnostic_of(replace(finding, fix=fix), view)
    gone = View(Sources(tmp_path / "gone"))
    assert "suggestions" in diagnostic_of(
        replace(finding, fix=Fix(Applicability.SAFE, "", (own,))), gone
    )
    assert "suggestions" not in diagnostic_of(
        replace(finding, fix=Fix(Applicability.SAFE, "", (own, own))), gone
    )


def test_an_insertion_is_an_empty_range(finding, view):
    start = finding.span.start
    fix = Fix(Applicability.SAFE, "", (Edit(Span("pkg/join.py", start, start), "+"),))
    (suggestion,) = diagnostic_of(replace(finding, fix=fix), view)["suggestions"]
    assert suggestion["range"]["start"] == suggestion["range"]["end"]


def test_nothing_found(view):
    assert rdjson(render([], "rdjson", view))["diagnostics"] == []


def test_the_schema_sees_what_is_wrong(finding, view):
    text = render([finding], "rdjson", view)
    for right, wrong in (('"ERROR"', '"FATAL"'), ('"line": 7', '"line": 0'), ('"path"', '"file"')):
        with pytest.raises(jsonschema.ValidationError):
            rdjson(text.replace(right, wrong))
