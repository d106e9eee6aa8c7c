from __future__ import annotations

import tarfile
import zipfile
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from accuracy import semgrep
from accuracy.cases import Bug, NearMiss, Visibility, load
from accuracy.hazards import HAZARDS
from accuracy.measure import Found, Measured, measured
from accuracy.page import Ours, Whole, text_of_page
from accuracy.releases import Release, _unpack
from accuracy.running import Store, engine_digest
from accuracy.scoring import Answer, score
from accuracy.semgrep import Match
from accuracy.verdicts import Verdict, judged
from accuracy.verdicts import load as load_verdicts
from accuracy.whole import RELEASES

from shapeguard.finding import Confidence

DOCS = Path(__file__).parents[2] / "docs"
RELEASE = Release("package", "1.0")
JOIN = """\
import torch


def joined(rows):
    kept = [row for row in rows if row.valid]
    return torch.cat(kept)
"""


def bug(lines=(10, 12), hazard="H3", visible=Visibility.FUNCTION, name="bug"):
    return Bug(
        id=name,
        package=RELEASE.package,
        version=RELEASE.version,
        file="module.py",
        lines=lines,
        function="Class.method",
        hazard=hazard,
        note="a list that may have no member",
        reason="lists that a callee fills are not known",
        visible=visible,
    )


def near_miss(lines=(10, 12), hazard="H3"):
    return NearMiss(
        id="near-miss",
        package=RELEASE.package,
        version=RELEASE.version,
        file="module.py",
        lines=lines,
        function="function",
        hazard=hazard,
        note="if xs: cat(xs)",
    )


def found(row, code="SG103", confidence=Confidence.MEDIUM):
    return Found(code, (row, row), confidence, "function", "may be empty", "")


def answer(case, *findings, note="", given_up=()):
    results = Measured("module.py", 20, found=findings, note=note, given_up=given_up)
    (scored,) = score([case], lambda release, file: results if release == RELEASE else None)
    return scored


def test_every_case_has_a_name_of_its_own_and_a_place():
    cases = load()
    names = Counter(case.id for case in cases)
    assert [name for name, times in names.items() if times > 1] == []
    assert [case.id for case in cases if not 0 < case.lines[0] <= case.lines[1]] == []
    assert {case.visible for case in cases if isinstance(case, Bug)} == set(Visibility)


@pytest.mark.parametrize("row", [8, 10, 12, 14])
def test_a_finding_within_two_lines_of_a_bug_is_about_it(row):
    assert answer(bug(), found(row)).answer is Answer.SURE


@pytest.mark.parametrize("row", [7, 15])
def test_a_finding_farther_off_is_not(row):
    assert answer(bug(), found(row)).answer is Answer.SILENT


def test_a_finding_beside_a_near_miss_does_not_disturb_it():
    assert answer(near_miss(), found(9), found(13)).answer is Answer.SILENT
    assert answer(near_miss(), found(11)).answer is Answer.SURE


def test_low_confidence_and_another_class_are_counted_apart():
    assert answer(bug(), found(11, confidence=Confidence.LOW)).answer is Answer.UNSURE
    assert answer(bug(), found(11, code="SG301")).answer is Answer.OTHER
    both = answer(bug(), found(11, code="SG301"), found(11, confidence=Confidence.HIGH))
    assert both.answer is Answer.SURE
    assert answer(bug(), found(8, code="SG101")).answer is Answer.OTHER
    assert answer(bug(hazard="H4"), found(11, code="SG305")).answer is Answer.SURE


def test_what_was_not_measured_is_neither_found_nor_missed():
    late = answer(bug(), note="not analysed in 60 seconds")
    assert (late.answer, late.note) == (Answer.UNKNOWN, "not analysed in 60 seconds")
    assert answer(bug(), given_up=("Class.method",)).note == "function given up"
    assert list(score([bug()], lambda *_: None)) == []


def test_a_file_is_measured_in_its_package_and_within_its_time(tmp_path):
    (tmp_path / "__init__.py").touch()
    (tmp_path / "module.py").write_text(JOIN)
    names = ["module.py", "absent.py"]
    there, absent = measured(tmp_path, names, 60)
    assert [(each.code, each.rows) for each in there.found] == [("SG103", (6, 6))]
    assert there.lines == len(JOIN.splitlines())
    assert absent.note == "no such file in the release"
    many = (JOIN.replace("joined", f"joined_{number}") for number in range(300))
    (tmp_path / "long.py").write_text("".join(many))
    (late,) = measured(tmp_path, ["long.py"], 0.05)
    assert late.note == "not analysed in 0.05 seconds"


def test_results_outlive_a_run_but_not_a_change_of_the_linter(tmp_path):
    path = tmp_path / "results.json"
    kept = Measured("module.py", 20, found=(found(11),))
    Store(path, "before").add(RELEASE, [kept])
    again = Store(path, "before")
    assert again.get(RELEASE, "module.py") == kept
    assert again.missing({RELEASE: {"module.py", "other.py"}}) == {RELEASE: {"other.py"}}
    assert Store(path, "after").get(RELEASE, "module.py") is None
    assert Store(path, "before", fresh=True).get(RELEASE, "module.py") is None
    assert len(engine_digest()) == 16


def test_archives_are_unpacked_without_their_leading_directory_and_without_binaries(tmp_path):
    with zipfile.ZipFile(tmp_path / "package.whl", "w") as wheel:
        wheel.writestr("package/module.py", JOIN)
        wheel.writestr("package/library.so", "")
    with tarfile.open(tmp_path / "package-1.0.tar.gz", "w:gz") as source:
        member = tarfile.TarInfo("package-1.0/package/module.py")
        member.size = len(JOIN)
        source.addfile(member, BytesIO(JOIN.encode()))
    for number, archive in enumerate(["package.whl", "package-1.0.tar.gz"]):
        _unpack(tmp_path / archive, tmp_path / f"{number}")
        files = [path for path in (tmp_path / f"{number}").rglob("*") if path.is_file()]
        assert files == [tmp_path / f"{number}" / "package" / "module.py"]
        assert files[0].read_text() == JOIN


def test_a_line_to_beat_counts_what_it_hits(tmp_path):
    path = RELEASE.home(tmp_path) / "module.py"
    hits = [Match("joined", path, (13, 13)), Match("joined", path.with_name("x.py"), (10, 10))]
    lines = semgrep.lines(hits, [bug(), near_miss()], tmp_path)
    joined = next(line for line in lines if line.rule == "joined")
    assert (joined.bugs, joined.near_misses, joined.matches) == (1, 0, 2)


def test_the_page_tells_figures_and_reasons():
    scored = [
        answer(bug(), found(11)),
        answer(bug(hazard="H9", name="missed")),
        answer(bug(visible=Visibility.OUTSIDE, name="outside")),
        answer(near_miss(), found(11)),
    ]
    whole = [
        Whole("package 1.0", files=1, lines=2000, findings=5, right=4, wrong=1, not_analysed=0)
    ]
    text = text_of_page(scored, [], Ours(1), whole)
    rule = "[SG103](rules/SG103.md)"
    assert f"| H3 a list is joined that may have no member | {rule} | 1 of 1 |  | 0 of 1 |" in text
    assert "| **all** |  | 1 of 2 |  | 0 of 1 |" in text
    assert "| built-in rules, about the hazard of the case | 1 | 1 |  |" in text
    assert "| package 1.0 | 1 | 2,000 | 5 (2.50) | 4 | 1 | 0 |" in text
    assert (
        "- Found of the bugs that show in the function: 50 % (1 of 2); the aim of 60 % is **missed**."
        in text
    )
    assert "- Near-misses disturbed: 100 % (1 of 1); the aim of at most 4 % is **missed**." in text
    misses = text[text.index("## Known misses") : text.index("## Disturbed")]
    assert "| H9 | package 1.0 `module.py:10` |" in misses
    assert "lists that a callee fills are not known" in misses
    assert "H3" not in misses


def test_every_hazard_has_a_rule_and_every_rule_that_exists_has_a_page():
    pages = {path.stem for path in (DOCS / "rules").glob("SG*.md")}
    named = {code for hazard in HAZARDS.values() for code in hazard.codes}
    assert named <= pages
    assert set(HAZARDS) == {f"H{number}" for number in range(1, 19)}


def test_a_verdict_is_about_one_finding_that_a_reader_can_look_up():
    place = (Release("package", "1.0"), "module.py", 11, "SG103")
    verdict = Verdict("package", "1.0", "module.py", 11, "SG103", right=False, why="it is guarded")
    assert judged(RELEASE, "module.py", [found(11), found(12)], {place: verdict}) == [verdict]
    assert judged(RELEASE, "other.py", [found(11)], {place: verdict}) == []
    assert {release for release, *_ in load_verdicts()} <= set(RELEASES)
