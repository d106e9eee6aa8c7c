from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace

import pytest

from shapeguard.finding import Confidence, Consequence, Position, Severity
from shapeguard.lint.config import Hierarchy, Settings
from shapeguard.lint.engine import check
from shapeguard.lint.flow.expressions import comparisons

SINGLE = """\
import torch


class Single:
    def single(self, prefix, keys, share):
        if share.start < prefix.size(0):
            prefix = prefix[share]
        return torch.cat([prefix, keys], dim=2)
"""
COMPOSITION = """\
from .single import Single


class Layer(Single):
    def compose(self, sizes, prefix, keys):
        outputs = []
        for i in range(len(sizes)):
            share = slice(sum(sizes[:i]), sum(sizes[: i + 1]))
            outputs.append(self.single(prefix, keys[share], share))
        return outputs
"""
OTHER = """\
import torch


def other(left, right, index: slice):
    right = right[index]
    if index.start < left.size(0):
        left = left[index]
    total = torch.stack([left, right])
    return torch.stack([left, right])
"""
PACKAGE = {
    "pkg/__init__.py": "",
    "pkg/single.py": SINGLE,
    "pkg/composition.py": COMPOSITION,
    "pkg/other.py": OTHER,
    "pkg/clean.py": "def clean(x):\n    return x\n",
}
JOIN = "pkg/single.py:8:16"


@pytest.fixture
def package(tmp_path):
    return write(tmp_path, PACKAGE)


def write(directory, files):
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return directory


def checked(directory, *names, **settings):
    files = [directory / name for name in names] or sorted(directory.rglob("*.py"))
    return check(files, Settings(**settings), root=directory)


def places(outcome):
    return [
        f"{each.span.filename}:{each.span.start.row}:{each.span.start.column}"
        for each in outcome.findings
    ]


# --- what a finding says ---


def test_a_finding_tells_the_way_over_two_files_with_sizes_that_show_it(package):
    outcome = checked(package)
    assert places(outcome) == ["pkg/other.py:8:13", "pkg/other.py:9:12", JOIN]
    finding = outcome.findings[-1]
    assert (finding.code, finding.severity) == ("SG101", Severity.ERROR)
    assert finding.consequence is Consequence.CRASH
    assert finding.function == "Single.single"
    assert finding.trace[-1].span == finding.span
    assert finding.trace[0].span.filename == "pkg/composition.py"
    assert {step.span.filename for step in finding.trace} == {
        "pkg/composition.py",
        "pkg/single.py",
    }
    assert any(value == (2, 0) for _, value in finding.witness.sizes)
    prefix, keys = finding.witness.operands
    assert prefix.shape[0] != keys.shape[0]


def test_the_outcome_counts_files(package):
    outcome = checked(package)
    assert (outcome.checked, outcome.problems, outcome.not_analysed) == (5, (), ())


# --- what is reported never decides what is known ---


@pytest.mark.parametrize("name", PACKAGE)
def test_one_file_gets_the_findings_that_it_gets_with_the_whole_package(package, name):
    whole = [each for each in checked(package).findings if each.span.filename == name]
    assert list(checked(package, name).findings) == whole


def test_the_order_of_files_changes_nothing(package):
    expected = checked(package).findings
    names = list(PACKAGE)
    for shift in range(len(names)):
        order = names[shift:] + names[:shift]
        assert checked(package, *order).findings == expected
        assert checked(package, *reversed(order)).findings == expected


def test_a_run_can_be_repeated(package):
    assert checked(package) == checked(package)


def test_files_of_several_projects_are_checked_together(tmp_path):
    for name in ("one", "two"):
        write(tmp_path / name, PACKAGE)
    alone = checked(tmp_path / "one")
    both = check(sorted(tmp_path.rglob("*.py")), Settings(), root=tmp_path)
    assert len(both.findings) == 2 * len(alone.findings)
    assert len({each.fingerprint for each in both.findings}) == len(both.findings)


def test_text_that_is_not_on_disk_replaces_the_file(package):
    path = package / "pkg/other.py"
    outcome = check([path], Settings(), root=package, overrides={path: b"x = 1\n"})
    assert outcome.findings == ()
    assert path.read_bytes() == OTHER.encode()


def test_text_that_is_not_on_disk_is_known_to_the_other_files(package):
    path = package / "pkg/single.py"
    right = SINGLE.replace("if share.start < prefix.size(0):\n            ", "")
    files = [path, package / "pkg/composition.py"]
    assert check(files, Settings(), root=package, overrides={path: right.encode()}).findings == ()


def test_paths_outside_of_the_working_directory_are_absolute(package, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    outcome = check([package / "pkg/other.py"], Settings(), root=elsewhere)
    assert {each.span.filename for each in outcome.findings} == {
        (package / "pkg/other.py").as_posix()
    }


# --- fingerprints ---


def test_fingerprints_do_not_depend_on_where_and_with_what_a_file_is_checked(package):
    (package / ".git").mkdir()
    (package / "shapeguard.toml").write_text("", "utf-8")
    inner = package / "pkg"
    (inner / "shapeguard.toml").write_text("", "utf-8")
    twin = package / "other.py"
    twin.write_bytes((inner / "other.py").read_bytes())
    settings = Hierarchy(package)
    both = check([twin, inner / "other.py"], settings, root=package).findings
    alone = check([inner / "other.py"], settings, root=inner).findings
    prints = [each.fingerprint for each in both]
    assert len(set(prints)) == len(prints) > len(alone) > 0
    assert {each.fingerprint for each in alone} <= set(prints)


def test_fingerprints_are_unique_and_survive_shifted_lines(package):
    before = checked(package).findings
    assert len({each.fingerprint for each in before}) == len(before) == 3
    for name in ("other", "single"):
        path = package / f"pkg/{name}.py"
        path.write_text(f"# a comment\n\n{path.read_text('utf-8')}", "utf-8")
    after = checked(package).findings
    assert [each.fingerprint for each in after] == [each.fingerprint for each in before]
    assert [each.span.start.row - 2 for each in after] == [each.span.start.row for each in before]


def test_a_fingerprint_changes_with_the_function(package):
    path = package / "pkg/other.py"
    before = checked(package, "pkg/other.py").findings
    path.write_text(OTHER.replace("def other", "def another"), "utf-8")
    after = checked(package, "pkg/other.py").findings
    assert {each.fingerprint for each in before}.isdisjoint(each.fingerprint for each in after)


# --- files that cannot be read ---


def test_an_unparsable_file_is_a_finding_and_the_others_are_still_checked(package):
    write(package, {"pkg/broken.py": "def f(:\n    pass\n", "pkg/bytes.py": b"x = 1\ny = '\xe9'\n"})
    outcome = checked(package)
    assert places(outcome) == [
        "pkg/broken.py:1:7",
        "pkg/bytes.py:2:6",
        "pkg/other.py:8:13",
        "pkg/other.py:9:12",
        JOIN,
    ]
    broken, undecodable, *_ = outcome.findings
    assert (broken.code, broken.name) == ("SG900", "unparsable-file")
    assert broken.message == "file cannot be parsed: invalid syntax"
    assert undecodable.message == "file cannot be decoded as utf-8: invalid continuation byte"
    assert (broken.confidence, broken.consequence) == (Confidence.HIGH, Consequence.NONE)
    assert outcome.problems == ()


def test_an_unparsable_file_is_silent_where_its_rule_is_not_selected(package):
    write(package, {"pkg/broken.py": "def f(:\n"})
    assert checked(package, "pkg/broken.py", ignore=("SG900",)).findings == ()


def test_a_missing_file_is_a_problem_and_the_others_are_still_checked(package):
    outcome = checked(package, "pkg/absent.py", "pkg/other.py", "pkg")
    assert len(outcome.findings) == 2
    assert outcome.checked == 1
    assert outcome.problems == (
        "pkg/absent.py: cannot be read: No such file or directory",
        "pkg: cannot be read: Is a directory",
    )


def test_a_relative_path_is_relative_to_the_root(package):
    outcome = check([(package / "pkg/other.py").relative_to(package)], Settings(), root=package)
    assert len(outcome.findings) == 2


@pytest.mark.parametrize(
    "text", ["", "\n", "# nothing\n", "x = 1", "\ufeffx = 1\n", "'''only a docstring'''"]
)
@pytest.mark.parametrize("beside", ["", "import torch\n"])
def test_files_without_functions_are_silent(tmp_path, text, beside):
    write(tmp_path, {"a.py": text, "b.py": beside})
    outcome = checked(tmp_path, "a.py")
    assert outcome == replace(outcome, findings=(), checked=1, problems=())
    assert outcome.unexamined == (not beside)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: f"# coding: latin-1\n'''\xe9'''\n{text}".encode("latin-1"),
        lambda text: text.replace("    ", "\t").encode(),
        lambda text: text.replace("left", "линк").encode(),
    ],
    ids=["carriage returns", "byte order mark", "latin-1", "tabs", "other letters"],
)
def test_the_way_in_which_a_file_is_written_changes_no_finding(tmp_path, change):
    write(tmp_path, {"a.py": OTHER})
    expected = [each.code for each in checked(tmp_path).findings]
    write(tmp_path, {"a.py": change(OTHER)})
    found = checked(tmp_path).findings
    lines = change(OTHER).decode("latin-1").splitlines()
    assert [each.code for each in found] == expected == ["SG101", "SG101"]
    for each in found:
        assert "torch.stack" in lines[each.span.start.row - 1]
        assert lines[each.span.start.row - 1][each.span.start.column - 1 :].startswith("torch")


# --- settings ---


def test_rules_that_are_not_selected_are_silent(package):
    assert checked(package, select=("SG9",)).findings == ()
    assert checked(package, ignore=("SG101",)).findings == ()
    assert len(checked(package, select=("SG1",)).findings) == 3


def test_findings_below_the_wanted_confidence_are_left_out(package):
    sure = checked(package, min_confidence=Confidence.HIGH).findings
    assert {each.confidence for each in sure} <= {Confidence.HIGH}
    assert set(sure) <= set(checked(package, min_confidence=Confidence.LOW).findings)


# --- nothing of the checked code runs ---


def test_the_checked_code_is_neither_imported_nor_executed(tmp_path):
    trap = "import pathlib\npathlib.Path(__file__).with_name('ran').write_text('')\n"
    hook = "@(lambda f: open(__file__ + '.ran', 'w'))\ndef f(x=open(__file__ + '.ran', 'w')): ...\n"
    write(
        tmp_path,
        {
            "pkg/__init__.py": trap,
            "pkg/other.py": trap + hook + OTHER,
            "pkg/user.py": "from .other import other\n\ndef f(a, b, c):\n    return other(a, b, c)\n",
            "conftest.py": trap,
            "setup.py": trap,
        },
    )
    outcome = checked(tmp_path)
    assert len(outcome.findings) == 2
    assert sorted(path.suffix for path in tmp_path.rglob("*") if path.is_file()) == [".py"] * 5
    assert not {"pkg", "pkg.other", "conftest", "setup"} & set(sys.modules)


# --- hostile sources ---

HAZARD = "    if i.start < x.size(0):\n        x = x[i]\n    return torch.cat([x, y[i]], dim=1)\n"


def hostile(body):
    return f"import torch\n\n\ndef f(x, y, i: slice, n):\n{body}"


HOSTILE = {
    "a huge sum": hostile("    return torch.cat([" + " + ".join(["x"] * 900) + "])\n"),
    "a huge boolean": hostile("    return torch.cat([" + " and ".join(["n"] * 3_000) + "])\n"),
    "a huge list": hostile("    return torch.cat([" + "x, " * 20_000 + "])\n"),
    "long chains": hostile(
        "    return torch.cat([x" + ".a" * 400 + "[0]" * 400 + "()" * 100 + "])\n"
    ),
    "deep brackets": hostile("    return torch.cat(" + "(" * 150 + "x" + ")" * 150 + ")\n"),
    "too deep brackets": hostile("    return torch.cat(" + "(" * 400 + "x" + ")" * 400 + ")\n"),
    "deep lambdas": hostile("    return torch.cat([" + "lambda: " * 500 + "x])\n"),
    "deep conditions": hostile("    return torch.cat([" + "x if n else " * 500 + "y])\n"),
    "many elifs": hostile("    if n: pass\n" + "    elif n: pass\n" * 800 + HAZARD),
    "deep blocks": hostile(
        "".join(f"{'    ' * (i + 1)}if n.a{i}:\n" for i in range(90))
        + "    " * 91
        + "torch.cat([x])\n"
    ),
    "many branches": hostile(
        "".join(f"    if n.a{i}:\n        x = x[n.b{i} :]\n" for i in range(40)) + HAZARD
    ),
    "nested loops": hostile(
        "".join(f"{'    ' * (i + 1)}for k{i} in n:\n" for i in range(12))
        + "    " * 13
        + "x = torch.cat([x, y[k0]])\n"
    ),
    "a fact about many numbers": hostile(
        "    if i.start + " + " + ".join(f"n[{k}]" for k in range(16)) + " != 57:\n"
        "        return n\n" + HAZARD
    ),
    "a signs chain": hostile("    return torch.cat([" + "-" * 20_000 + "x])\n"),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_ends_soon_and_the_others_are_checked(tmp_path, text):
    write(tmp_path, {"hostile.py": text, "other.py": OTHER})
    started = time.monotonic()
    outcome = checked(tmp_path)
    assert time.monotonic() - started < 20
    assert outcome.problems == ()
    assert {each.span.filename for each in outcome.findings if each.code == "SG101"} >= {"other.py"}


def test_a_function_that_takes_too_much_work_is_said_to_be_not_analysed(tmp_path):
    text = hostile("    x = x + torch.cat([x, y])\n" * 5_000)
    write(tmp_path, {"long.py": text, "other.py": OTHER})
    started = time.monotonic()
    outcome = checked(tmp_path)
    assert time.monotonic() - started < 40
    assert outcome.not_analysed == ("long.f",)
    assert places(outcome) == ["other.py:8:13", "other.py:9:12"]


def test_brackets_two_thousand_deep_do_not_end_the_process(tmp_path):
    write(tmp_path, {"deep.py": "x = " + "(" * 2_000 + ")" * 2_000 + "\n", "other.py": OTHER})
    done = subprocess.run(
        [sys.executable, "-m", "shapeguard", "check", "--output-format", "concise", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "other.py:8:13" in done.stdout


def test_a_form_feed_before_a_function_ends_nothing(tmp_path):
    write(tmp_path, {"feed.py": OTHER.replace("def other", "\x0cdef other"), "other.py": OTHER})
    assert places(checked(tmp_path)) == [
        "feed.py:8:13",
        "feed.py:9:12",
        "other.py:8:13",
        "other.py:9:12",
    ]


def test_positions_are_ordered_and_inside_of_the_file(package):
    for finding in checked(package).findings:
        lines = (package / finding.span.filename).read_text("utf-8").splitlines()
        for span in (finding.span, *(step.span for step in finding.trace)):
            assert Position(1, 1) <= span.start < span.end
        row = lines[finding.span.start.row - 1]
        assert row[finding.span.start.column - 1 : finding.span.end.column - 1].startswith("torch.")


def test_a_defect_of_the_analysis_costs_one_function_and_says_which(tmp_path, monkeypatch):
    source = "import torch\n\n\ndef f(x):\n    return x[0] if 0.5 in x else x\n\n\n"
    source += "def g(x: torch.Tensor, keep):\n    return x[keep > 0].max()\n"
    (tmp_path / "module.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(comparisons, "looked_for", _broken)
    outcome = check([tmp_path / "module.py"], Settings(), root=tmp_path)
    assert [each.code for each in outcome.findings] == ["SG301"]
    (problem,) = outcome.problems
    for phrase in ("module.py: `f` could not be analysed", "report it", "ZeroDivisionError"):
        assert phrase in problem
    assert outcome.not_analysed == ()


def _broken(*_: object) -> None:
    raise ZeroDivisionError
