"""``pytest --shapeguard``, as a team would run its own tests with it."""

from __future__ import annotations

import json

import pytest
from sarif_validation import complaints

pytest_plugins = ["pytester"]

TESTS = """
import pytest
import torch
import shapeguard
from jaxtyping import Float
from torch import Tensor

@shapeguard.contract
def join(x: Float[Tensor, "n d"], y: Float[Tensor, "n d"]) -> None: ...

def rows(count):
    join(torch.zeros(3, 2), torch.zeros(count, 2))

def test_right():
    rows(3)

def test_broken():
    rows(2)

def test_broken_again():
    rows(0)

@pytest.mark.no_shapeguard
def test_without():
    rows(2)
"""
LIBRARY = """
import pytest
import torch

def test_library():
    from adapters.composition import adjust_tensors_for_parallel
    with pytest.raises(ZeroDivisionError):
        adjust_tensors_for_parallel(torch.zeros(3, 2), torch.zeros(0, 2))
"""


@pytest.fixture
def suite(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    pytester.makepyfile(test_own=TESTS)
    return pytester


def run(suite, *arguments):
    return suite.runpytest_subprocess("-p", "no:cacheprovider", *arguments)


def test_without_the_option_only_the_marker_does_something(suite):
    done = run(suite, "--strict-markers")
    done.assert_outcomes(
        passed=2, failed=2
    )  # contracts of one's own functions hold, but where marked
    assert "shape contracts" not in done.stdout.str()


def test_broken_contracts_fail_their_tests_and_have_a_section(suite):
    done = run(suite, "--shapeguard", "--strict-markers")
    done.assert_outcomes(passed=2, failed=2)
    done.stdout.fnmatch_lines(
        [
            "*shape contracts: 1 broken*",
            "SG501 mismatched-axis: join: y axis 0 (n) has extent 2; expected 3*",
            "*test_own.py:*",
            "*first in test_own.py::test_broken",
        ]
    )


@pytest.mark.parametrize("mode", ["warn", "collect"])
def test_other_modes_let_tests_pass_and_tell(suite, mode):
    done = run(suite, f"--shapeguard={mode}", "--shapeguard-report", "json=found.json")
    outcome = {"passed": 4, "warnings": 1} if mode == "warn" else {"passed": 4}
    done.assert_outcomes(**outcome)
    done.stdout.fnmatch_lines(["*shape contracts: 1 broken*"])
    (finding,) = json.loads((suite.path / "found.json").read_text())
    assert finding["code"] == "SG501"


def test_what_broke_is_reported_in_sarif_and_markdown(suite):
    reports = ("--shapeguard-report", "sarif=x.sarif", "--shapeguard-report", "markdown=x.md")
    run(suite, "--shapeguard", *reports).assert_outcomes(passed=2, failed=2)
    text = (suite.path / "x.sarif").read_text("utf-8")
    assert complaints(text) == []
    (result,) = json.loads(text)["runs"][0]["results"]
    assert result["ruleId"] == "SG501"
    assert "### shapeguard: 1 finding in 1 file" in (suite.path / "x.md").read_text("utf-8")


@pytest.mark.adapters
def test_contracts_of_the_library_hold(suite):
    suite.makepyfile(test_library=LIBRARY)
    run(suite, "-k", "library").assert_outcomes(passed=1, deselected=4)
    done = run(suite, "--shapeguard", "-k", "library")
    done.assert_outcomes(failed=1, deselected=4)
    done.stdout.fnmatch_lines(["SG501 * tensors*0* has 0 rows*"])


SWITCHING = """
import threading
import pytest
import shapeguard
from test_own import rows

def test_that_switches_by_itself():
    shapeguard.enable("error")
    shapeguard.disable()

def test_after():
    rows(2)
    assert len(shapeguard.violations()) == 1

@pytest.mark.no_shapeguard
def test_threads():
    thread = threading.Thread(target=rows, args=(0,))
    thread.start()
    thread.join()
"""


def test_a_test_that_switches_contracts_does_so_for_itself_alone(suite):
    suite.makepyfile(test_switching=SWITCHING)
    done = run(suite, "--shapeguard=collect", "test_switching.py")
    done.assert_outcomes(passed=3)
    done.stdout.fnmatch_lines(["*shape contracts: 1 broken*", "*first in *::test_after"])


def test_the_marker_holds_in_threads(suite):
    suite.makepyfile(test_switching=SWITCHING)
    run(suite, "-W", "error", "-k", "threads", "test_switching.py").assert_outcomes(
        passed=1, deselected=2
    )


GOING = """
import os, shutil
from test_own import rows

def test_wreck():
    rows(2)
    shutil.rmtree("reports", ignore_errors=True)
    os.chdir("elsewhere")
"""


def test_a_report_that_cannot_be_written_any_more_fails_the_run(suite):
    suite.makepyfile(test_going=GOING)
    for each in ("reports", "elsewhere"):
        suite.mkdir(each)
    reports = ("--shapeguard-report", "json=reports/x", "--shapeguard-report", "json=found.json")
    done = run(suite, "--shapeguard=collect", *reports, "test_going.py")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.assert_outcomes(passed=1)
    done.stdout.fnmatch_lines(["*: no report*", "*/x: cannot be written: No such file*"])
    done.stdout.fnmatch_lines(["*shape contracts: 1 broken*"])
    done.stdout.no_fnmatch_line("*INTERNALERROR*")
    assert json.loads((suite.path / "found.json").read_text())


def test_workers_send_what_they_found(suite):
    done = run(suite, "-n", "2", "--shapeguard=collect")
    done.stdout.fnmatch_lines(["*shape contracts: 1 broken*"])


@pytest.mark.parametrize(
    ("options", "phrase"),
    [
        (["--shapeguard", "test_own.py"], "the mode is one of error, warn, collect"),
        (["--shapeguard=loud"], "'loud': the mode is one of"),
        (["--shapeguard", "--shapeguard-report", "x"], "is not of the form NAME=FILE"),
        (["--shapeguard", "--shapeguard-report", "json=no/x"], "no/x: cannot be written: No such"),
        (["--shapeguard", "--shapeguard-level", "all"], "invalid choice: 'all'"),
    ],
)
def test_wrong_options_are_wrong_usage(suite, options, phrase):
    done = run(suite, *options)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    assert phrase in done.stderr.str()
