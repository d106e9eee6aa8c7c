"""Every case file says on its own lines what its rule must find, and on all others nothing."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from shapeguard.finding import Confidence
from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check
from shapeguard.lint.packs import load_rules

CASES = Path(__file__).parent / "cases"
MARKER = re.compile(r"#\s*(error|todo|low):\s*(SG\d+)\s+(\d+)")

Place = tuple[str, int, int]


def marked(text: str, kind: str) -> set[Place]:
    return {
        (code, row, int(column))
        for row, line in enumerate(text.splitlines(), start=1)
        for found, code, column in MARKER.findall(line)
        if found == kind
    }


def found_in(path: Path, directory: Path, least: Confidence = Confidence.MEDIUM) -> set[Place]:
    """Check a copy that lies alone, so that the case file is the whole project."""
    copy = directory / path.name
    shutil.copy(path, copy)
    outcome = check([copy], Settings(preview=True, min_confidence=least), root=directory)
    assert not outcome.problems
    assert not outcome.not_analysed
    return {(each.code, each.span.start.row, each.span.start.column) for each in outcome.findings}


@pytest.mark.parametrize("path", sorted(CASES.glob("*.py")), ids=lambda path: path.stem)
def test_case_file(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = found_in(path, tmp_path)
    assert found == marked(text, "error")
    missed = marked(text, "todo")
    assert not found & missed, "a known miss is found: turn its `todo` into `error`"


LOW = [each for each in sorted(CASES.glob("*.py")) if marked(each.read_text("utf-8"), "low")]


@pytest.mark.parametrize("path", LOW, ids=lambda path: path.stem)
def test_what_is_shown_at_low_confidence_alone(path: Path, tmp_path: Path) -> None:
    wanted = marked(path.read_text(encoding="utf-8"), "low")
    assert not wanted & found_in(path, tmp_path)
    assert wanted <= found_in(path, tmp_path, Confidence.LOW)


def suppressed(text: str) -> str:
    """Put a suppression into the place of the markers of each line."""
    lines: list[str] = []
    for line in text.splitlines():
        codes = sorted({code for kind, code, _ in MARKER.findall(line) if kind == "error"})
        bare = line.partition("# error:")[0]
        ignored = f"{bare}# shapeguard: ignore[{', '.join(codes)}] it is a case"
        lines.append(ignored if codes else line)
    return "\n".join(lines)


@pytest.mark.parametrize("path", sorted(CASES.glob("*.py")), ids=lambda path: path.stem)
def test_a_case_file_is_silent_where_its_findings_are_suppressed(path, tmp_path) -> None:
    copy = tmp_path / path.name
    copy.write_text(suppressed(path.read_text(encoding="utf-8")), encoding="utf-8")
    outcome = check([copy], Settings(preview=True), root=tmp_path)
    assert [f"{each.code} {each.span.start.row}" for each in outcome.findings] == []


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.code)
def test_every_rule_has_enough_cases(rule) -> None:
    text = (CASES / f"{rule.code.lower()}.py").read_text(encoding="utf-8")
    flagged, _, silent = text.partition("# --- silent ")
    assert len(marked(flagged, "error")) >= 8
    assert silent.count("def ") >= 8
    assert not marked(silent, "error")
