"""``shapeguard probe`` as a user runs it: a few cases, in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from shapeguard.cli import probe_results
from shapeguard.cli.group import invoke
from shapeguard.errors import UsageError
from shapeguard.outcome import Outcome, Verdict

SMALL = (
    "probe",
    "--method",
    "dora",
    "--family",
    "bert",
    "--composition",
    "a,a+b 2 1",
    "--jobs",
    "1",
)
OUTCOME = Outcome(
    method="lora",
    family="bert",
    attention="eager",
    padding="none",
    composition="a",
    group="single",
    text="'a'",
    verdict=Verdict.CORRECT,
)
OWN = """\
import adapters, torch
from transformers import BertConfig, BertModel

def make():
    config = BertConfig(vocab_size=9, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8)
    model = BertModel(config)
    adapters.init(model)
    model.add_adapter("mine", config="lora")
    return model, {"input_ids": torch.ones(3, 4, dtype=torch.long)}

def broken():
    return 1 / 0
"""


def test_help_names_every_option(tool):
    done = tool("probe", "--help")
    assert done.returncode == 0
    for option in (
        "--method",
        "--model",
        "--reference",
        "--resume",
        "--report",
        "--jobs",
        "--shrink",
        "--emit-test",
    ):
        assert option in done.stdout


def test_a_listing_counts_what_would_be_swept(tool):
    done = tool(
        "probe", "--list", "--method", "lora*,dora", "--family", "vit", "--composition", "split"
    )
    assert done.returncode == 0
    assert "lora-gated" in done.stdout
    assert "seq-bn" not in done.stdout
    assert done.stdout.splitlines()[-1].endswith(" cases")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--method", "lorra"], "no method is 'lorra'; did you mean 'lora'?"),
        (["--family", "brt"], "no family is 'brt'; did you mean 'bert'?"),
        (["--composition", "splitt"], "no composition is 'splitt'; did you mean 'split'?"),
        (["--padding", "left"], "no padding is 'left'"),
        (["--family", "t5", "--attention", "sdpa"], "no case fits all filters"),
        (["--model", "somewhere"], "'somewhere' is not of the form MODULE:FUNCTION"),
        (["--model", "a:b", "--method", "lora"], "--method chooses a built-in model"),
        (["--report", "sarif=x"], "'sarif=x' is not NAME=FILE with one of json, markdown, html"),
        (["--jobs", "0"], "Invalid value for '--jobs'"),
    ],
)
def test_wrong_usage(tool, arguments, message):
    done = tool("probe", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """Run a small sweep once: what it printed, and where its files are."""
    place = tmp_path_factory.mktemp("probe")
    reports = [f"--report={name}=report.{name}" for name in ("json", "markdown", "html")]
    command = [sys.executable, "-m", "shapeguard", *SMALL, "--shrink", "--resume=kept", *reports]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    return done, place


@pytest.mark.adapters
def test_a_sweep_prints_counts_and_distinct_failures(swept):
    done, _ = swept
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == [
        "method",
        "correct",
        "refused",
        "wrong",
        "error",
        "accepted",
        "unjudged",
    ]
    assert lines[1].split() == ["dora", "4", "0", "4", "0", "0", "0"]
    assert "wrong: dora: the row alone (4 cases, 1 method, 1 family)" in done.stdout
    assert "smallest case: BatchSplit(" in done.stdout
    assert "a second; a process took up to" in done.stderr


@pytest.mark.adapters
def test_reports_hold_every_case(swept):
    _, place = swept
    report = json.loads((place / "report.json").read_text())
    assert len(report["outcomes"]) == 8
    assert report["counts"] == {"plain": {"correct": 4, "wrong": 4}}
    assert "| dora |" in (place / "report.markdown").read_text()
    assert "BatchSplit(" in (place / "report.html").read_text()


@pytest.mark.adapters
def test_what_a_file_has_is_not_run_again(swept, tool):
    _, place = swept
    known = probe_results.read(place / "kept")
    assert len(known) == 8
    done = tool(*SMALL, "--resume", str(place / "kept"))
    assert done.returncode == 1
    assert done.stderr == "8 cases, all known\n"
    assert done.stdout.splitlines()[1].split()[:2] == ["dora", "4"]


class InProcess:
    """Runs jobs here: a process of its own takes seconds to start."""

    def __init__(self, jobs, workers):
        self.peak = 1
        self._jobs = jobs

    def outcomes(self):
        from shapeguard.oracle.sweep.running import run  # noqa: PLC0415 - brings torch

        for job in self._jobs:
            yield from run(job)


@pytest.fixture
def own(tmp_path, monkeypatch, capsys):
    """Return a function that runs ``probe`` on a model of ``OWN``."""
    (tmp_path / "own.py").write_text(OWN, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr("shapeguard.cli.probing.Pool", InProcess)

    def run(*arguments):
        monkeypatch.delitem(sys.modules, "own", raising=False)
        status = invoke(["probe", "--composition", "split,multitask", *arguments])
        return status, *capsys.readouterr()

    return run


@pytest.mark.adapters
def test_a_model_of_ones_own(own):
    status, output, _ = own("--model", "own:make")
    assert status == 0
    assert output.splitlines()[-1] == "Every case is right or clearly refused."
    assert output.splitlines()[-3].split() == ["all", "23", "0", "0", "0", "0", "0"]


@pytest.mark.adapters
def test_a_model_that_cannot_be_made_is_wrong_usage(own):
    status, output, errors = own("--model", "own:broken")
    assert (status, output) == (2, "")
    assert "own:broken fails: ZeroDivisionError: division by zero" in errors


@pytest.mark.adapters
def test_the_reference_before_and_after(own):
    status, output, _ = own(
        "--method=prefix-ragged", "--family=bert", "--padding=none", "--reference"
    )
    assert status == 0
    (line,) = [line for line in output.splitlines() if line.startswith("prefix-ragged")]
    assert " -> 46" in line
    assert "Every case with the reference is right or clearly refused." in output


@pytest.mark.adapters
def test_an_interrupted_sweep_leaves_a_file_that_goes_on(tmp_path):
    kept = tmp_path / "kept"
    command = [
        sys.executable,
        "-m",
        "shapeguard",
        "probe",
        "--method=lora",
        "--jobs=1",
        f"--resume={kept}",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (kept.exists() and kept.stat().st_size > 2000):
        time.sleep(0.2)
    os.kill(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    assert "the same command goes on there" in errors
    assert len(probe_results.read(kept)) > 3


def test_results_are_read_as_they_were_written(tmp_path):
    path = tmp_path / "kept"
    lost = OUTCOME.unjudged("why")
    with probe_results.kept(path) as keep:
        keep(OUTCOME)
        keep(lost)
    assert probe_results.read(path) == {OUTCOME.key: lost}  # the last counts


def test_a_line_that_was_cut_off_is_left_out_and_written_over(tmp_path):
    path = tmp_path / "kept"
    with probe_results.kept(path) as keep:
        keep(OUTCOME)
    with path.open("a") as file:
        file.write('{"method": "lo')
    assert list(probe_results.read(path)) == [OUTCOME.key]
    with probe_results.kept(path) as keep:
        keep(OUTCOME)
    assert path.read_text().count('{"method"') == 2
    assert list(probe_results.read(path)) == [OUTCOME.key]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("hello\n", "has no results of a sweep"),
        (
            '{"format": 1, "versions": {"adapters": "0.1"}}\n',
            "has results of adapters 0.1, not of shapeguard",
        ),
        ("[]\n", "has no results of a sweep"),
    ],
)
def test_other_files_and_other_versions_are_refused(tmp_path, content, message):
    path = tmp_path / "kept"
    path.write_text(content)
    with pytest.raises(UsageError, match=message):
        probe_results.read(path)


def test_a_file_that_cannot_be_written_is_wrong_usage():
    with (
        pytest.raises(UsageError, match="cannot be written"),
        probe_results.kept(Path("/no/where")),
    ):
        pass


def test_progress_counts_verdicts(capsys):
    from shapeguard.cli.probe_progress import Progress  # noqa: PLC0415 - brings rich

    with Progress(total=3, known=2) as show:
        for verdict in (Verdict.CORRECT, Verdict.WRONG, Verdict.CORRECT):
            show(replace(OUTCOME, verdict=verdict))
        (task,) = show._bar.tasks
        assert (task.completed, task.total) == (3, 3)
        assert task.description == "2 correct, 1 wrong"
    assert capsys.readouterr().out == ""


@pytest.mark.adapters
def test_regression_tests_are_printed_or_put_into_a_directory(swept, tool, tmp_path):
    _, place = swept
    kept = ["--resume", str(place / "kept")]
    printed = tool(*SMALL, *kept, "--emit-test", "-")
    assert printed.returncode == 1
    assert printed.stdout.startswith('"""dora on bert')
    assert "def test_every_row_comes_out_as_it_does_alone" in printed.stdout
    assert "shapeguard" not in printed.stdout
    assert "method" in printed.stderr
    tests = tmp_path / "deep" / "tests"
    done = tool(*SMALL, *kept, "--emit-test", str(tests))
    assert f"1 regression test in {tests}\n" in done.stderr
    assert [path.read_text() for path in tests.iterdir()] == [printed.stdout]


def test_a_directory_for_tests_that_cannot_be_made(tool, tmp_path):
    (tmp_path / "file").write_text("")
    done = tool(*SMALL, "--emit-test", str(tmp_path / "file" / "tests"))
    assert done.returncode == 2
    assert "--emit-test" in done.stderr
