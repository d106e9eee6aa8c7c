from __future__ import annotations

import json
from dataclasses import replace

from shapeguard.report import render


def test_each_line_is_a_finding_of_json(finding, runtime_finding, view):
    found = [finding, replace(runtime_finding, message="a\nb\u2028c\x85d")]
    lines = render(found, "json-lines", view).splitlines()
    assert list(map(json.loads, lines)) == json.loads(render(found, "json", view))


def test_nothing_found_is_nothing_said(view):
    assert render([], "json-lines", view) == ""
