"""Emitted regression tests: run for real, in a project that knows nothing of the oracle."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from adapters import SeqBnConfig
from adapters.composition import Average, BatchSplit, MultiTask, Stack
from models import batch, prefix, tiny_bert

from shapeguard.oracle.comparison import Tolerance
from shapeguard.oracle.execution import Runner
from shapeguard.oracle.judging import Judge, Question
from shapeguard.oracle.regression import Recipe, regression_test
from shapeguard.oracle.verdict import Case, Relation, RowReport, ValueDifference, Verdict

pytestmark = pytest.mark.adapters

HELPERS = str(Path(__file__).parents[1])
SOURCE = """
import sys

sys.path.insert(0, {helpers!r})

from adapters import SeqBnConfig
from models import batch, prefix, tiny_bert


def build(attention):
    return tiny_bert({methods}, attention=attention), batch(3, mask="padded")
"""
REFERENCE = """
import pytest
from shapeguard import reference


@pytest.fixture(autouse=True)
def corrected():
    with reference.installed():
        yield
"""
PREFIXES = "{'a': prefix(4), 'b': prefix(2), 'c': prefix(3)}"
BOTTLENECKS = "{name: SeqBnConfig(reduction_factor=4) for name in 'abc'}"
ROWS = (0, 1, 2)


def split(*children, sizes):
    return BatchSplit(*children, batch_sizes=sizes)


PLANTED = {
    "bad_input": RowReport(ok=False, verdict=Verdict.ACCEPTED),
    "bad_floats": RowReport(ok=False, verdict=Verdict.ACCEPTED),
    "gradients": RowReport(
        ok=False,
        verdict=Verdict.WRONG,
        values=(ValueDifference("gradient of x", 1.0),),
        relation=Relation.GRADIENT,
    ),
}
"""Reports of nothing that was run: adapters accepts the first, the last is right after all."""

CASES = {
    "ragged": (PREFIXES, Case(split("a", "b", sizes=[0, 3]), ROWS)),
    "empty": (PREFIXES, Case(Stack("b", split("a", "b", sizes=[0, 3]), "c"), ROWS)),
    "average": (BOTTLENECKS, Case(Average("a", "b"), ROWS, layers=(0,))),
    "tasks": (BOTTLENECKS, Case(Stack(MultiTask("a", "b"), "c"), ROWS, (1, 0, 1))),
    "bad_input": (BOTTLENECKS, Case(split("a", "b", sizes=[4, -1]), ROWS)),
    "bad_floats": (BOTTLENECKS, Case(split("a", "b", sizes=[2.0, 1.0]), ROWS)),
    "gradients": (BOTTLENECKS, Case(split("a", "b", sizes=[1, 2]), ROWS)),
}


@pytest.fixture(scope="module")
def texts():
    models = {
        PREFIXES: tiny_bert({"a": prefix(4), "b": prefix(2), "c": prefix(3)}),
        BOTTLENECKS: tiny_bert({name: SeqBnConfig(reduction_factor=4) for name in "abc"}),
    }
    return {name: emitted(models[methods], name, methods) for name, (methods, _) in CASES.items()}


def emitted(model, name, methods):
    case = CASES[name][1]
    recipe = Recipe("tiny BERT", SOURCE.format(helpers=HELPERS, methods=methods))
    runner = Runner(model, batch(3, mask="padded"))
    report = PLANTED.get(name) or Judge(runner, Question(unpadded=True)).examine(case)
    return regression_test(recipe, case, report, Tolerance())


@pytest.fixture(scope="module")
def outcomes(texts, tmp_path_factory):
    """How every emitted test ends, before and after the reference is installed."""
    project = tmp_path_factory.mktemp("project")
    for name, text in texts.items():
        (project / f"test_{name}.py").write_text(text)
    return [run(project, ""), run(project, REFERENCE)]


def run(project, conftest):
    (project / "conftest.py").write_text(conftest)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", project],
        capture_output=True,
        text=True,
        check=False,
        cwd=project,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"},
    )
    ends = re.findall(
        r"^(PASSED|FAILED) test_(\w+)\.py::\w+(?: - (.*))?$", done.stdout, re.MULTILINE
    )
    assert {name for _, name, _ in ends} == set(CASES), done.stdout + done.stderr
    return {name: said if end == "FAILED" else "" for end, name, said in ends}


@pytest.mark.parametrize(("name", "says"), [("ragged", "Tensor-likes"), ("empty", "ZeroDivision")])
def test_it_fails_before_and_passes_after(outcomes, name, says):
    before, after = outcomes
    assert says in before[name]
    assert after[name] == ""


@pytest.mark.parametrize("name", ["average", "tasks"])
def test_it_goes_on_failing_where_nothing_is_mended(outcomes, texts, name):
    assert all("Tensor-likes are not close" in each[name] for each in outcomes)
    assert "shapeguard" not in texts[name]


def test_an_average_is_one_of_copies(texts):
    test = texts["average"].partition("def test")[2]
    assert "Average('a', 'a')" in test
    assert "Average('a', 'b')" not in test


def test_bad_input_that_is_accepted_must_be_refused(outcomes):
    assert all("DID NOT RAISE" in each["bad_input"] for each in outcomes)
    assert all("nobody refuses it" in each["bad_floats"] for each in outcomes)


def test_gradients_are_left_to_the_oracle(outcomes, texts):
    call = "assert_rowwise_equal(model, BatchSplit('a', 'b', batch_sizes=[1, 2]), chosen"
    assert call in texts["gradients"]
    assert all(each["gradients"] == "" for each in outcomes)


def test_a_right_case_has_no_test():
    right = RowReport(ok=True, verdict=Verdict.CORRECT)
    with pytest.raises(ValueError, match="no regression test"):
        regression_test(Recipe("", ""), Case("a", (0,)), right, Tolerance())
