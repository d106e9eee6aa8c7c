"""``--watch`` in a real process: files change under it, and Ctrl-C ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from queue import Empty, Queue

import pytest

from shapeguard.cli.watching import _Sources

WATCHING = "watching for changes; press Ctrl-C to stop"
PATIENCE = 60


class Watch:
    """A running watch, whose lines of both streams come one by one."""

    def __init__(self, directory, *arguments):
        self.lines: Queue[str] = Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "shapeguard", "check", "--watch", *arguments],
            cwd=directory,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - nothing but this
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.lines.put(line.rstrip("\n"))

    def until(self, wanted):
        """Return the lines up to one that holds a text."""
        seen: list[str] = []
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                seen.append(self.lines.get(timeout=1))
            except Empty:
                continue
            if wanted in seen[-1]:
                return seen
        pytest.fail(f"{wanted!r} did not come, but {seen}")

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


@pytest.fixture
def watch(project):
    started: list[Watch] = []

    def start(*arguments):
        started.append(Watch(project, *arguments))
        return started[-1]

    yield start
    for each in started:
        each.process.kill()
        each.process.wait()
        each.reader.join()


def test_a_file_that_changes_is_checked_again(watch, project):
    running = watch("--output-format", "concise")
    assert any("hazard.py:16:16: SG101" in line for line in running.until(WATCHING))
    (project / "hazard.py").write_text((project / "clean.py").read_text("utf-8"), "utf-8")
    assert any(line.startswith("No findings") for line in running.until(WATCHING))
    (project / "new.py").write_text("x = (", "utf-8")
    assert any("new.py:1:5: SG900" in line for line in running.until(WATCHING))
    assert running.stop() == 0
    assert running.until("stopped")


def test_a_mistake_in_the_configuration_is_said_and_does_not_end_it(watch, project):
    running = watch("--output-format", "concise")
    running.until(WATCHING)
    (project / "shapeguard.toml").write_text("previw = true", "utf-8")
    said = running.until(WATCHING)
    assert any("previw: unknown key; did you mean 'preview'?" in line for line in said)
    (project / "shapeguard.toml").write_text('ignore = ["SG1"]', "utf-8")
    assert any(line.startswith("No findings") for line in running.until(WATCHING))
    assert running.stop() == 0


def test_what_is_not_there_cannot_be_watched(tool):
    done = tool("check", "--watch", "nowhere.py")
    assert done.returncode == 2
    assert "nowhere.py: no such file or directory" in done.stderr


def test_standard_input_cannot_be_watched(tool):
    done = tool("check", "--watch", "-", text="")
    assert done.returncode == 2
    assert "error: --watch and - (standard input) cannot be given together\n" in done.stderr


@pytest.mark.parametrize("option", ["--diff", "--add-ignore=why", "--stdin-filename=a.py"])
def test_options_that_contradict_it(tool, option):
    done = tool("check", "--watch", option, *(["-"] if "stdin" in option else []), text="")
    assert done.returncode == 2
    assert "cannot be given together" in done.stderr


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("a.py", True),
        ("a.pyi", True),
        ("pyproject.toml", True),
        ("a.txt", False),
        (".venv/a.py", False),
        ("__pycache__/a.py", False),
    ],
)
def test_what_wakes_it(tmp_path, name, wanted):
    from watchfiles import Change  # noqa: PLC0415 - as the module under test

    assert _Sources()(Change.modified, str(tmp_path / name)) is wanted
