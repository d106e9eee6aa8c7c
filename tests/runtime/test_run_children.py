"""What processes and threads find under ``shapeguard run``, however they end: it is in the report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.adapters

CONTRACT = """
import atexit, multiprocessing, os, signal, subprocess, sys, threading, time
import shapeguard, torch
from jaxtyping import Float
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

@shapeguard.contract
def pair(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Tensor:
    return x

def broken():
    return pair(torch.ones(1), torch.ones(2))
"""
COLLECTING = """
class Rows(Dataset):
    def __len__(self):
        return 2
    def __getitem__(self, index):
        return getattr(self, f"in_{self.start}")()
    def __init__(self, start):
        self.start = start
    def in_fork(self):
        return pair(torch.ones(1), torch.ones(2))
    def in_forkserver(self):
        return pair(torch.ones(1), torch.ones(2))

def in_pool(_):
    pair(torch.ones(1), torch.ones(2))

def forked():
    pair(torch.ones(1), torch.ones(2))
    os._exit(0)

def left_by_sys_exit():
    pair(torch.ones(1), torch.ones(2))
    sys.exit(0)

def terminated():
    pair(torch.ones(1), torch.ones(2))
    print("ready", flush=True)
    time.sleep(60)

def late_process():
    time.sleep(0.5)
    pair(torch.ones(1), torch.ones(2))

def late_thread():
    threading.main_thread().join()
    time.sleep(0.5)
    pair(torch.ones(1), torch.ones(2))

def at_exit():
    pair(torch.ones(1), torch.ones(2))

def fork(action):
    child = os.fork()
    if child == 0:
        action()
    os.waitpid(child, 0)

def main():
    for start in ("fork", "forkserver"):
        list(DataLoader(Rows(start), num_workers=1, multiprocessing_context=start))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.map(in_pool, [0])
    fork(forked)
    fork(left_by_sys_exit)
    code = "import program; program.terminated()"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        child.send_signal(signal.SIGTERM)
    multiprocessing.get_context("fork").Process(target=late_process).start()
    threading.Thread(target=late_thread).start()
    atexit.register(at_exit)

if __name__ == "__main__":
    main()
"""
FOUND = {
    "Rows.in_fork",
    "Rows.in_forkserver",
    "in_pool",
    "forked",
    "left_by_sys_exit",
    "terminated",
    "late_process",
    "late_thread",
    "at_exit",
}
RAISING = """
def in_thread():
    pair(torch.ones(1), torch.ones(2))

def spawned():
    pair(torch.ones(1), torch.ones(2))

def forked():
    pair(torch.ones(1), torch.ones(2))

def of_another_interpreter():
    pair(torch.ones(1), torch.ones(2))

def caught():
    try:
        pair(torch.ones(1), torch.ones(2))
    except shapeguard.ShapeContractError:
        return

def main():
    for start, target in (("spawn", spawned), ("fork", forked), ("fork", caught)):
        process = multiprocessing.get_context(start).Process(target=target)
        process.start()
        process.join()
    code = "import program; program.of_another_interpreter()"
    subprocess.run([sys.executable, "-c", code], check=False)
    threading.Thread(target=in_thread).start()
    caught()

if __name__ == "__main__":
    main()
"""
IN_A_WORKER = """
class Rows(Dataset):
    def __len__(self):
        return 2
    def __getitem__(self, index):
        return broken()

list(DataLoader(Rows(), num_workers=1))
"""
WRAPPED = """
shapeguard.enable("collect")
shapeguard.disable()  # of its own, not of the run
try:
    broken()
except shapeguard.ShapeContractError as error:
    raise ValueError("training has failed") from error
"""


def run(directory, program, *options):
    (directory / "program.py").write_text(CONTRACT + textwrap.dedent(program))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "shapeguard", "run", *options),
            *("--report", "json=found.json", "program.py"),
        ],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    return done, json.loads((directory / "found.json").read_text())


def test_nothing_is_lost_with_the_process_or_thread_that_has_found_it(tmp_path):
    done, found = run(tmp_path, COLLECTING, "--mode", "collect")
    assert done.returncode == 1, done.stderr
    assert {each["function"] for each in found} == FOUND
    assert len(found) == len(FOUND)
    assert done.stderr.count("SG501 pair") == len(FOUND)  # once: no child reports by itself


def test_in_mode_error_what_ends_a_child_or_a_thread_is_found(tmp_path):
    done, found = run(tmp_path, RAISING)
    assert done.returncode == 1, done.stderr
    ended = {"in_thread", "spawned", "forked", "of_another_interpreter"}
    assert {each["function"] for each in found} == ended


@pytest.mark.parametrize("program", [IN_A_WORKER, WRAPPED])
def test_in_mode_error_what_the_last_traceback_shows_is_found(tmp_path, program):
    done, found = run(tmp_path, program)
    assert done.returncode == 1
    assert [each["function"] for each in found] == ["broken"]
    assert "shapeguard/" not in done.stderr  # no frame of ours
