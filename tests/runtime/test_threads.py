"""Threads that switch contracts on and off at the same time."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import pytest

pytest.importorskip("adapters")

from adapters.methods.prefix_tuning import PrefixTuningLayer

import shapeguard
from shapeguard.runtime import library
from shapeguard.runtime.enforcement import is_contracted

pytestmark = pytest.mark.adapters


@pytest.fixture
def switched_quickly():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("switched_quickly")
def test_blocks_that_open_and_close_in_several_threads_always_cover():
    end = time.monotonic() + 3
    bare = []

    def work(pause):
        while time.monotonic() < end:
            with shapeguard.debug():
                first, last = (
                    is_contracted(PrefixTuningLayer.__dict__[name])
                    for name in ("compose_single", "forward")
                )
                if not (first and last):
                    bare.append(pause)
                time.sleep(pause)

    threads = [threading.Thread(target=work, args=(0.0005 * each,)) for each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(bare) == 0
    assert library.covered() == ()


IMPORTING = """
import importlib, threading
import shapeguard
from shapeguard.runtime.enforcement import is_contracted

def on_and_off():
    with shapeguard.debug():
        from adapters.methods.prefix_tuning import PrefixTuningLayer
        assert is_contracted(PrefixTuningLayer.__dict__["vslice"])

def bring():
    importlib.import_module("adapters")

threads = [threading.Thread(target=each, daemon=True) for each in (bring, on_and_off) * 3]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(100)
print(any(thread.is_alive() for thread in threads))
"""


def test_threads_that_import_the_library_while_others_switch_do_not_wait_for_each_other():
    done = subprocess.run(
        [sys.executable, "-c", IMPORTING],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SHAPEGUARD": "collect"},
    )
    assert (done.stdout, done.stderr) == ("False\n", "")
