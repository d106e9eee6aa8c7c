from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from sarif_validation import complaints

PROGRAM = """\
import sys
import shapeguard, torch
from jaxtyping import Float
from torch import Tensor

@shapeguard.contract
def f(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> None: ...

def main():
    action, *rest = sys.argv[1:]
    if action == "show":
        print(sys.argv, sys.path[0], __name__)
    if action == "break":
        f(torch.ones(1), torch.ones(2))
    if action == "fail":
        raise KeyError("mine")
    if action == "wreck":
        import os, shutil
        os.makedirs("elsewhere")
        os.chdir("elsewhere")
        f(torch.ones(1), torch.ones(2))
        shutil.rmtree("../reports", ignore_errors=True)
    if action == "exit":
        sys.exit(eval(rest[0]))

main()
"""


@pytest.fixture
def program(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    return tmp_path


def run(directory, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "shapeguard", "run", *arguments],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )


def test_a_script_sees_what_python_would_show_it(program):
    done = run(program, "program.py", "show", "--mode", "x", "--help")
    assert done.returncode == 0
    shown = f"['program.py', 'show', '--mode', 'x', '--help'] {program} __main__"
    assert done.stdout.strip() == shown


def test_a_module_sees_what_python_would_show_it(program):
    done = run(program, "-m", "program", "show", "-m", "other")
    assert done.returncode == 0
    path = program / "program.py"
    assert done.stdout.strip() == f"['{path}', 'show', '-m', 'other'] {program} __main__"


@pytest.mark.parametrize(
    ("value", "status", "printed"),
    [("0", 0, ""), ("3", 3, ""), ("None", 0, ""), ("'stopped'", 1, "stopped")],
)
def test_the_exit_status_is_the_program_s(program, value, status, printed):
    done = run(program, "program.py", "exit", value)
    assert (done.returncode, done.stderr.strip()) == (status, printed)


def test_an_uncaught_exception_is_shown_as_python_shows_it(program):
    done = run(program, "program.py", "fail")
    assert done.returncode == 1
    first, second, *_, last = done.stderr.strip().splitlines()
    assert first == "Traceback (most recent call last):"
    assert 'program.py", line ' in second
    assert last == "KeyError: 'mine'"


def test_a_broken_contract_ends_the_program_in_mode_error(program):
    done = run(program, "program.py", "break")
    assert done.returncode == 1
    assert "ShapeContractError: f: y axis 0 (n) has extent 2; expected 1" in done.stderr


@pytest.mark.parametrize("mode", ["collect", "warn"])
def test_collected_violations_are_printed_and_make_the_status_1(program, mode):
    done = run(program, "--mode", mode, "program.py", "break")
    assert done.returncode == 1
    line = done.stderr.strip().splitlines()[-1]
    assert line.startswith("program.py:14:9: SG501 f: y axis 0 (n) has extent 2; expected 1")
    assert ("ShapeContractWarning" in done.stderr) == (mode == "warn")


def test_a_missing_script_is_wrong_usage(program):
    done = run(program, "nowhere.py")
    assert done.returncode == 2
    assert "cannot find the script 'nowhere.py'" in done.stderr


CHILDREN = """\
import multiprocessing
import subprocess
import sys
import torch

def work(rows):
    import adapters.composition as composition
    try:
        composition.adjust_tensors_for_parallel(torch.zeros(3, 2), torch.zeros(rows, 2))
    except ZeroDivisionError:
        print("plain error", flush=True)

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=work, args=(0,))
    process.start()
    process.join()
    code = "import program; program.work(2)"
    subprocess.run([sys.executable, "-c", code], check=False)
"""


@pytest.fixture
def parent(tmp_path):
    (tmp_path / "program.py").write_text(CHILDREN)
    return tmp_path


@pytest.mark.adapters
def test_contracts_hold_in_child_processes(parent):
    done = run(parent, "program.py")
    assert "adjust_tensors_for_parallel: tensors[0] has 0 rows" in done.stderr
    assert "adjust_tensors_for_parallel: tensors[0] has 2 rows" in done.stderr
    assert "plain error" not in done.stdout


@pytest.mark.adapters
def test_what_children_collect_is_reported_by_the_parent(parent):
    done = run(parent, "--mode", "collect", "--report", "json=found.json", "program.py")
    assert done.returncode == 1
    assert "plain error" in done.stdout
    found = json.loads((parent / "found.json").read_text())
    assert [each["code"] for each in found] == ["SG501"]  # one site, in two processes
    assert "has 0 rows" in found[0]["message"] or "has 2 rows" in found[0]["message"]


ELASTIC = """\
import os
import torch
from adapters import composition
from torch import distributed

distributed.init_process_group("gloo")
total = torch.ones(1)
distributed.all_reduce(total)
rank = int(os.environ["RANK"])
print(f"rank {rank} of {int(total.item())}\\n", end="", flush=True)  # in one piece

def first():
    composition.adjust_tensors_for_parallel(torch.zeros(4, 2), torch.zeros(0, 2))

def second():
    composition.adjust_tensors_for_parallel(torch.zeros(3, 2), torch.zeros(2, 2))

try:
    (first, second)[rank]()
except ZeroDivisionError:
    print("plain error")
distributed.destroy_process_group()
"""


@pytest.mark.adapters
def test_contracts_hold_in_the_workers_of_torchrun(tmp_path):
    (tmp_path / "train.py").write_text(ELASTIC)
    workers = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "train.py")
    done = run(tmp_path, "--mode", "collect", "--report", "json=found.json", *workers)
    assert done.returncode == 1, done.stderr
    assert {"rank 0 of 2", "rank 1 of 2"} <= {*done.stdout.splitlines()}
    found = json.loads((tmp_path / "found.json").read_text())
    assert [each["code"] for each in found] == ["SG501", "SG501"]  # one of each worker
    assert {row for each in found for row in ("0 rows", "2 rows") if row in each["message"]} == {
        "0 rows",
        "2 rows",
    }


def test_the_contract_that_ends_a_program_is_in_the_report(program):
    done = run(
        program, "--report", "html=page.html", "--report", "json=x.json", "program.py", "break"
    )
    assert done.returncode == 1
    (finding,) = json.loads((program / "x.json").read_text())
    assert finding["code"] == "SG501"
    assert "<html" in (program / "page.html").read_text()


def test_violations_are_reported_in_sarif_and_markdown(program):
    reports = ("--report", "sarif=found.sarif", "--report", "markdown=found.md")
    done = run(program, "--mode", "collect", *reports, "program.py", "break")
    assert done.returncode == 1
    text = (program / "found.sarif").read_text("utf-8")
    assert complaints(text) == []
    (result,) = json.loads(text)["runs"][0]["results"]
    assert result["ruleId"] == "SG501"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "program.py", "uriBaseId": "%SRCROOT%"}
    assert place["region"]["startLine"] == 14
    comment = (program / "found.md").read_text("utf-8")
    assert "<b>SG501</b> mismatched-axis <code>program.py:14:9</code>" in comment


@pytest.mark.parametrize(
    ("report", "phrase"),
    [
        ("html", "is not of the form NAME=FILE"),
        ("htm=x.html", "did you mean 'html'?"),
        ("json=nowhere/x.json", "nowhere/x.json: cannot be written: No such file or directory"),
        ("json=.", "cannot be written: Is a directory"),
    ],
)
def test_a_report_that_cannot_be_is_refused_before_the_program_runs(program, report, phrase):
    done = run(program, "--report", report, "program.py", "show")
    assert done.returncode == 2
    assert phrase in done.stderr
    assert done.stdout == ""


def test_findings_are_shown_although_a_report_cannot_be_written_any_more(program):
    (program / "reports").mkdir()
    reports = ("--report", "json=reports/x.json", "--report", "json=found.json")
    done = run(program, "--mode", "collect", *reports, "program.py", "wreck")
    assert done.returncode == 2
    assert "SG501 f: y axis 0 (n) has extent 2" in done.stderr
    assert "reports/x.json: cannot be written: No such file or directory" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(json.loads((program / "found.json").read_text())) == 1  # not in "elsewhere"
