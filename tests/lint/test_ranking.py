"""What tells findings apart: the text of a place does not depend on its layout."""

from __future__ import annotations

import pytest

from shapeguard.finding import Confidence, Consequence, Finding, Position, Severity, Span
from shapeguard.lint.ranking import keyed


def texts(*stretches):
    """Return the texts in the keys of findings at these stretches of source."""
    place = Span("a.py", Position(1, 1), Position(1, 2))
    kind = ("SG101", "name", "message", Severity.ERROR, Confidence.HIGH, Consequence.CRASH)
    findings = (Finding(*kind, place, fingerprint=stretch) for stretch in stretches)
    return [key.text for _, key in keyed(findings, lambda name: name)]


@pytest.mark.parametrize(
    ("stretch", "text"),
    [
        ("f( a,b )", "f(a, b)"),
        ("f(\n    'a',\n)", "f('a')"),
        ("x\n    .view(-1)  # why\n    .sum()", "x.view(-1).sum()"),
        ("x + \\\n    y  # last", "x + y"),
        ('f("\\d")', "f('\\\\d')"),
        ("x = f( a )", "x = f(a)"),
        ("for i in  x:\n    f(i)\nelse:\n    g()", "for i in x:"),
        ("with f() as x:\n    g(x)", "with f() as x:"),
        ("def f( x: int ):\n    return x", "def f(x: int):"),
        ("1 :2", "1 :2"),
        ("cannot be  parsed", "cannot be parsed"),
    ],
)
def test_the_layout_of_a_place_is_not_part_of_its_key(stretch, text):
    assert texts(stretch) == [text]


def test_places_that_are_alike_are_counted():
    place = Span("a.py", Position(1, 1), Position(1, 2))
    kind = ("SG101", "name", "message", Severity.ERROR, Confidence.HIGH, Consequence.CRASH)
    findings = [Finding(*kind, place, fingerprint=each) for each in ("f(x)", "f( x )", "g(x)")]
    found = list(keyed(findings, lambda name: f"src/{name}"))
    assert [key.occurrence for _, key in found] == [1, 2, 1]
    assert {key.path for _, key in found} == {"src/a.py"}
    assert len({finding.fingerprint for finding, _ in found}) == 3
