"""What measures a check: processes, rounds, fits, sections; on trees that take no time."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from accuracy.releases import UnavailableError

from bench import sections
from bench.check import (
    aims,
    comparison,
    floor,
    generated,
    growth,
    models,
    peers,
    phases,
    profile,
    scale,
    startup,
    whole,
)
from bench.check.growth import Series, exponent, line
from bench.check.phases import phase_of
from bench.check.processes import Absent, Cost, Costs, FailedError, Subject, in_rounds, run
from bench.check.profile import Profile
from bench.check.trees import MissingError, Tree, given

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="costs are measured on Linux only")

SMALL = """\
import torch


def join(hidden, sizes):
    shares = [share for share in torch.split(hidden, sizes) if share.shape[0] > 0]
    return torch.cat(shares)
"""


@pytest.fixture
def tree(tmp_path):
    """Return a package of two files, in which there is something to find."""
    package = tmp_path / "tree" / "package"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "joins.py").write_text(SMALL, "utf-8")
    return Tree("small", package.parent, ("package",))


@pytest.fixture
def no_peers(monkeypatch):
    """Let no tool be installable."""

    def refuse(name, requirements, cache):
        raise UnavailableError(name, "no network")

    monkeypatch.setattr(peers, "installed", refuse)


def python(code, tmp_path, **options):
    return Subject((sys.executable, "-c", code), tmp_path, **options)


def cost(wall, cpu=1.0, peak=10.0):
    return Costs((Cost(wall, cpu, peak, 0),))


def test_a_process_costs_its_descendants_too(tmp_path):
    busy = "import time\nwhile time.process_time() < 0.4: pass"
    large = "held = bytearray(80 << 20)"
    alone = run(python("pass", tmp_path))
    # The child is left behind, as the server of a pool is, and ends after its parent.
    left = (
        f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', '''{busy}\\n{large}'''])"
    )
    both = run(python(left, tmp_path))
    assert alone.cpu < 0.4 <= both.cpu
    assert both.peak > 80 > alone.peak


def test_memory_of_this_process_is_not_counted(tmp_path):
    held = b"1" * (200 << 20)
    assert run(python("pass", tmp_path)).peak < 100
    assert len(held) == 200 << 20


def test_a_process_that_fails_is_told_with_its_last_words(tmp_path):
    with pytest.raises(FailedError, match=r"^ValueError: no$"):
        run(python("raise ValueError('no')", tmp_path, statuses=frozenset({0})))
    with pytest.raises(FailedError, match=r"^took longer than 0 s$"):
        run(python("import time; time.sleep(60)", tmp_path), limit=0.2)
    with pytest.raises(FailedError, match="No such file"):
        run(Subject(("no-such-command-here",), tmp_path))


def test_subjects_take_turns_and_what_is_long_runs_once(tmp_path, monkeypatch):
    seen = []
    subjects = {
        name: python("pass", tmp_path, before=lambda name=name: seen.append(name)) for name in "ab"
    }
    slow = "import time; time.sleep(0.5)"
    subjects["long"] = python(slow, tmp_path, before=lambda: seen.append("long"))
    subjects["bad"] = python("import nothing_of_that_name", tmp_path, statuses=frozenset({0}))
    subjects["none"] = Absent("not here")
    monkeypatch.setattr("bench.check.processes.LONG", 0.4)
    found = in_rounds(subjects, rounds=2)
    assert seen == ["a", "b", "long", "b", "a"]
    assert len(found["a"].rounds) == 2
    assert len(found["long"].rounds) == 1
    assert found["bad"].reason == "ModuleNotFoundError: No module named 'nothing_of_that_name'"
    assert found["none"] == Absent("not here")


def test_rounds_end_with_the_budget(tmp_path):
    found = in_rounds({"a": python("pass", tmp_path)}, rounds=5, budget=0.0)
    assert len(found["a"].rounds) == 1


def test_the_exponent_of_a_known_sequence():
    assert exponent([(n, 3 * n**1.5) for n in (1, 2, 4, 8)]) == pytest.approx(1.5)
    assert line([(1, 5.0), (2, 7.0), (4, 11.0)]) == pytest.approx((3.0, 2.0))
    costs = {0: cost(1, cpu=0.5), **{n: cost(1, cpu=0.5 + n**2) for n in (1, 2, 4)}}
    series = Series({**costs, 8: cost(1, cpu=0.6)}, {1: 1, 2: 2, 4: 4, 8: 8}, frozenset({8}))
    assert series.exponent == pytest.approx(2.0)


def test_generated_functions_are_found_and_a_very_long_one_is_given_up(tmp_path):
    path = tmp_path / "source.py"
    path.write_text(generated.chain(3), "utf-8")
    subject = Subject(comparison.tool("check", "--no-cache", path.name), tmp_path)
    assert run(subject).status == 1
    path.write_text(generated.statements(12), "utf-8")
    assert len(path.read_text("utf-8").splitlines()) == 3 + 1 + 12
    assert not growth.gives_up(path)
    path.write_text(generated.statements(9_000), "utf-8")
    assert growth.gives_up(path)


def test_a_tree_is_measured_once(tree, no_peers, tmp_path):
    said = []
    text = sections.merged("", models.of_tree(tree, tmp_path, 2, said.append))
    assert [*sections.sections(text)] == [*sections.MODELS]
    assert f", {len(tree.files)} files, {tree.lines:,} lines, once, on 2 cores" in text
    assert "| shapeguard, warm |" in text
    assert "- Cold, beside pyrefly: the aim is at most 0.25 times; **not measured**." in text
    assert "- The most memory of one process: the aim is at most 300 MiB; it is " in text
    assert len(said) == len(models.CHOSEN) + 2


def test_a_small_tree_fills_the_page(tree, no_peers, tmp_path, monkeypatch):
    cores = os.sched_getaffinity(0)
    compared = comparison.compared(tree, tmp_path, rounds=1)
    repository = Tree("plain 1", tmp_path / "plain", ("plain",))
    (tmp_path / "plain" / "plain").mkdir(parents=True)
    (tmp_path / "plain" / "plain" / "__init__.py").write_text("x = 1\n", "utf-8")
    started = startup.started(tree, repository, tmp_path, rounds=1, changes=1)
    package = tree.directory / "package"
    sizes = {"copies": (1, 2), "depths": (2,), "statements": (300,), "rounds": 1}
    grown = growth.grown(package, tmp_path / "growth", **sizes)
    packages = scale.Sizes({"one 1": 1_000, "two 2": 3_000}, ("three 3: gone",))
    seen, least = whole.profiled(tree, tmp_path), floor.measured(tree, tmp_path)
    checked = whole.Checked(
        (compared, compared), started, grown, seen, least, packages, ("shapeguard 1",), 2
    )
    text = sections.merged("", whole.lines(checked))
    assert [*sections.sections(text)] == [*sections.CHECK]
    assert "| TorchFix, all rules | absent | | | | | |" in text
    assert (
        "- TorchFix, all rules is absent: cannot be installed: torchfix-0.7.0: no network." in text
    )
    assert "small, cold, beside TorchFix: the aim is at most 0.1 times; **not measured**." in text
    assert "absent: " not in text.partition("## A check: start")[2]
    whole.write(checked, tmp_path)
    of_scale = (tmp_path / "scale.md").read_text("utf-8")
    assert "| all of them, cold |" in of_scale
    assert "A package has 2,000 lines" in of_scale
    assert "- Not counted, for it cannot be had: three 3: gone." in of_scale
    assert "The cost of one function is too little to tell how it grows." in of_scale
    assert ET.parse(tmp_path / profile.CHART).getroot().tag.endswith("svg")  # noqa: S314 - our own
    assert os.sched_getaffinity(0) == cores


def test_less_is_executed_without_callers_and_without_calls(tmp_path):
    package = tmp_path / "small"
    package.mkdir()
    (package / "__init__.py").write_text("", "utf-8")
    text = """\
import torch

def chosen(x, keep):
    return x[keep]

def joined(parts):
    return parts.max()

def f(x):
    return joined(chosen(x, x[:, 0] > 0))
"""
    (package / "module.py").write_text(text, "utf-8")
    found = floor.measured(Tree("small 1", tmp_path, ("small",)), tmp_path).findings
    assert found == {floor.ALL: 1, floor.ALONE: 1, floor.SHALLOW: 0, floor.ONCE: 0}


def test_a_night_is_the_sum_of_what_it_assumes(tree):
    results = {comparison.ONE: cost(9, cpu=3.6), comparison.WARM: cost(9, cpu=0.36)}
    packages = scale.Sizes({"one 1": tree.lines}, ())
    text = scale.page(
        [comparison.Compared(tree, results)],
        growth.Grown("p", 1, *[Series({}, {})] * 3),
        None,
        packages,
    )
    assert "| all of them, cold | 10 | 5.0 h | 0.6 h | 0.2 h |" in text
    assert "| 1 % have changed | 1 | 0.5 h | 0.1 h | 0.0 h |" in text
    assert "was not measured" in text


def test_an_aim_is_met_or_missed_by_its_figure():
    results = {comparison.COLD: cost(3.0), comparison.PARSE: cost(2.0), "x": Absent("gone")}
    figure = aims.ratio(results, comparison.COLD, comparison.PARSE)
    assert figure == 1.5
    assert (
        aims.Aim("It", 1.5, figure).line() == "- It: the aim is at most 1.5 times; it is 1.50: met."
    )
    assert aims.Aim("It", 1.4, figure).line().endswith("it is 1.50: **missed**.")
    assert aims.ratio(results, comparison.COLD, "x") is None


def test_sections_that_were_not_measured_are_kept():
    page = "# Old\n\nOld.\n\n## A sweep\n\nKept.\n\n### Inner\n\n## A check: aims\n\nOld aims.\n"
    text = sections.merged(page, ["", "## A check: aims", "", "New aims."])
    assert text.index("## A sweep\n\nKept.\n\n### Inner\n\n## A check: aims\n\nNew aims.\n")
    assert "Old" not in text
    assert sections.merged(text, []) == text
    with pytest.raises(ValueError, match="no place on the page for Another"):
        sections.merged(text, ["## Another"])


def test_a_phase_begins_at_what_does_its_work():
    assert phase_of("/x/shapeguard/lint/outline.py", "anything") == "outline"
    assert phase_of("/x/shapeguard/lint/cuttings.py", "_module") == "parse"
    assert phase_of("/x/shapeguard/lint/cuttings.py", "span") is None
    assert phase_of("/x/rules/shapeguard_rules/sg101.py", "check") == "rules"
    assert phase_of("<frozen importlib._bootstrap>", "_find") == "import"
    assert phase_of("/x/libcst/_nodes/base.py", "walk") is None


def test_every_place_that_begins_a_phase_exists():
    package = Path(comparison.__file__).parents[3] / "shapeguard"
    texts = {path: path.read_text("utf-8") for path in package.rglob("*.py")}
    for short in phases._FILES:
        assert [path for path in texts if path.as_posix().endswith(f"/{short}")]
    for short, function in phases._FUNCTIONS:
        (text,) = (t for path, t in texts.items() if path.as_posix().endswith(f"/{short}"))
        assert f"def {function}(" in text


def test_a_chart_has_a_bar_for_each_function(tree):
    seen = Profile({"": 2.0}, {f"a.py f<{n}>": float(n) for n in range(1, 30)}, 3.0)
    root = ET.fromstring(profile.chart(seen, tree))  # noqa: S314 - our own
    bars = [each for each in root.iter() if each.get("class") == "bar"]
    assert len(bars) == profile.TOP
    assert root[1].text.startswith("a.py f<29> 6.7 %")


def test_a_tree_is_given_by_name_and_path(tree):
    found = given(f"mine={tree.directory / 'package'}")
    assert (found.name, len(found.files), found.lines) == ("mine", 2, 6)
    with pytest.raises(MissingError, match="is not NAME=PATH with a directory as PATH"):
        given("mine=/no/such/place")
