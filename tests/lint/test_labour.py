"""Functions executed in other processes: what is found is the same, and an interrupt ends it at once."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from shapeguard.errors import ShapeguardError, UsageError
from shapeguard.lint import analyse, labour
from shapeguard.lint.config import Hierarchy
from shapeguard.lint.engine import check
from shapeguard.lint.labour import Crew, Jobs

CASES = Path(__file__).parents[1] / "rules" / "cases"
NAMES = ("sg101.py", "sg103.py", "sg203.py", "sg310.py", "sg401.py")


@pytest.fixture
def project(tmp_path):
    """Return a project of case files, one of them in a part that has settings of its own."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "shapeguard.toml").write_text("preview = true\n", "utf-8")
    (tmp_path / "inner" / "shapeguard.toml").write_text('ignore = ["SG3"]\n', "utf-8")
    for name in NAMES:
        text = (CASES / name).read_text("utf-8")
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "inner" / "a.py").write_text((tmp_path / "sg103.py").read_text("utf-8"), "utf-8")
    (tmp_path / "broken.py").write_text("x = (", "utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def pool():
    with ProcessPoolExecutor(2) as executor:
        yield executor


def files(project):
    return sorted(project.rglob("*.py"))


def outcome(project, labour=None, told=None):
    return check(files(project), Hierarchy(project), root=project, labour=labour, told=told)


def test_a_crew_finds_what_one_process_finds(project, pool):
    seen = []
    crew = Crew(pool, "first", project)
    found = outcome(project, crew, lambda done, total: seen.append((done, total)))
    assert found == outcome(project)
    assert len(found.findings) > 20
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1]


def test_another_check_reads_the_files_anew(project, pool):
    outcome(project, Crew(pool, "before", project))
    path = project / "sg103.py"
    path.write_text("\n" + path.read_text("utf-8"), "utf-8")
    assert outcome(project, Crew(pool, "after", project)) == outcome(project)


def test_little_work_is_done_here(project, monkeypatch):
    monkeypatch.setattr(labour, "ProcessPoolExecutor", None)
    assert outcome(project, Jobs(1, project)) == outcome(project)
    monkeypatch.setattr(labour, "WORTH", 10_000)
    assert outcome(project, Jobs(8, project)) == outcome(project)


def test_much_work_is_handed_out(project, monkeypatch):
    monkeypatch.setattr(labour, "WORTH", 2)
    monkeypatch.setattr(labour, "BATCH", 8)
    assert outcome(project, Jobs(2, project)) == outcome(project)


def test_a_process_that_is_killed_is_told(project, monkeypatch):
    monkeypatch.setattr(labour, "WORTH", 2)
    monkeypatch.setattr(labour, "BATCH", 1)
    others = {process.pid for process in multiprocessing.active_children()}

    def kill(_done, _of):
        for process in multiprocessing.active_children():
            if process.pid not in others:
                process.kill()

    with pytest.raises(ShapeguardError, match="was killed, as happens where memory is short"):
        outcome(project, Jobs(2, project), kill)


def test_a_file_that_changes_meanwhile_is_told(project, pool):
    class Late:
        """An executor that is slow to begin: a file changes before its work does."""

        def submit(self, work, batch):
            for path in files(project):
                path.write_text("x = 1\n", "utf-8")
            return pool.submit(work, batch)

    with pytest.raises(UsageError, match="has changed while it was checked; check again"):
        outcome(project, Crew(Late(), "late", project))


def test_a_cluster_finds_what_one_process_finds(project, monkeypatch):
    monkeypatch.chdir(project)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        found = analyse(".", executor=client.get_executor())
    assert found == analyse(".")
    assert found


def test_threads_take_turns(project, monkeypatch):
    monkeypatch.chdir(project)
    monkeypatch.setattr(labour, "BATCH", 2)
    expected = analyse(".")
    with ThreadPoolExecutor(4) as executor:
        assert analyse(".", executor=executor) == expected


@pytest.fixture
def running(project):
    """A check in a process group of its own, which has some minutes of work for two processes."""
    for number in range(30):
        text = (CASES / "sg304.py").read_text("utf-8")
        (project / f"more_{number}.py").write_text(text, "utf-8")
    command = [sys.executable, "-m", "shapeguard", "check", "-q", "--no-cache", "--jobs", "2"]
    with subprocess.Popen(
        command,
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - nothing but this
    ) as process:
        time.sleep(12)
        assert process.poll() is None
        yield process


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs groups of processes")
@pytest.mark.parametrize(
    ("how", "status", "said"),
    [
        (signal.SIGINT, 130, "interrupted"),
        (signal.SIGTERM, -signal.SIGTERM, ""),
        (signal.SIGKILL, -signal.SIGKILL, ""),
    ],
)
def test_no_process_outlives_a_check_that_is_ended(running, how, status, said):
    begun = time.monotonic()
    running.send_signal(how)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == status
    assert said in errors.decode()
    assert time.monotonic() - begun < 30  # a minute and more is left to do
    assert _gone(running.pid)


def _gone(group):
    """Wait until no process of a group is left; the test's own limit ends it if that never comes."""
    while True:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
