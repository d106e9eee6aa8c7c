from __future__ import annotations

import json
from dataclasses import replace

from shapeguard.finding import Applicability, Edit, Fix
from shapeguard.report import render

FIELDS = [
    "code",
    "name",
    "message",
    "severity",
    "confidence",
    "consequence",
    "filename",
    "location",
    "end_location",
    "function",
    "trace",
    "witness",
    "fix",
    "url",
    "fingerprint",
]


def test_all_fields_of_a_finding(finding, view):
    (entry,) = json.loads(render([finding], "json", view))
    assert list(entry) == FIELDS
    assert entry["severity"] == "error"
    assert entry["confidence"] == "high"
    assert entry["consequence"] == "crash"
    assert entry["filename"] == "pkg/join.py"
    assert entry["location"] == {"row": 7, "column": 12}
    assert entry["end_location"] == {"row": 7, "column": 50}
    assert entry["trace"][0] == {
        "filename": "pkg/split.py",
        "location": {"row": 2, "column": 13},
        "end_location": {"row": 2, "column": 34},
        "message": "a size may be 0",
    }
    assert entry["witness"] == {
        "sizes": {"sizes": [2, 0]},
        "operands": [
            {"name": "prefix", "shape": [2, 4], "names": ["share", "heads", "..."]},
            {"name": "state.keys", "shape": [0, 4, 7], "names": ["share", "heads", "seq"]},
        ],
        "text": "The last share starts at 2, which is not below 2.",
    }
    assert entry["fix"] is None
    assert entry["url"] is None


def test_absent_parts_are_null_or_empty(runtime_finding, view):
    (entry,) = json.loads(render([runtime_finding], "json", view))
    assert list(entry) == FIELDS
    assert entry["witness"] is None
    assert entry["trace"] == []
    assert entry["function"] == ""


def test_fix(finding, view):
    fix = Fix(Applicability.SAFE, "slice always", (Edit(finding.span, "x"),))
    (entry,) = json.loads(render([replace(finding, fix=fix)], "json", view))
    assert entry["fix"] == {
        "applicability": "safe",
        "message": "slice always",
        "edits": [
            {
                "content": "x",
                "location": {"row": 7, "column": 12},
                "end_location": {"row": 7, "column": 50},
            }
        ],
    }


def test_nothing_found_is_an_empty_array(view):
    assert json.loads(render([], "json", view)) == []
