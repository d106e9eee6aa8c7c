"""Where the time of a check goes: a sample of its stack every few milliseconds of CPU time.

``phases.py FILE PATH...`` checks paths in this process, without cache and with one job, and writes what
it has seen to FILE. Sampling adds no call to those that are made, so that small functions do not look
dear.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import CodeType, FrameType

INTERVAL = 0.005
OTHER = "the rest"
PHASES = {
    "import": "start: imports",
    "outline": "read and outline",
    "gate": "gate",
    "parse": "libcst parse",
    "execution": "execution",
    "rules": "rules",
    "report": "report",
    "": OTHER,
}
_FILES = {
    "lint/libraries.py": "outline",
    "lint/source.py": "outline",
    "lint/outline.py": "outline",
    "lint/bodies.py": "outline",
    "lint/marks.py": "outline",
    "lint/discover.py": "outline",
    "lint/gate.py": "gate",
    "lint/agenda.py": "gate",
    "lint/reaching.py": "gate",
    "lint/asking.py": "rules",
    "flow/interpreter.py": "execution",
    "lint/execution.py": "execution",
}
"""By the end of its name: the file any function of which begins a phase, until it calls another such."""
_FUNCTIONS = {
    ("lint/cuttings.py", "_module"): "parse",
    ("lint/parsing.py", "spans_in"): "parse",
    ("cli/checking.py", "write_reports"): "report",
    ("cli/checking.py", "conclude"): "report",
}
_DIRECTORIES = {"shapeguard_rules": "rules", "report": "report"}


def phase_of(filename: str, function: str) -> str | None:
    """Return the phase that a function begins, or None if it belongs to whatever calls it."""
    if filename.startswith("<frozen importlib"):
        return "import"
    parts = filename.replace("\\", "/").split("/")
    if "shapeguard" not in parts and "shapeguard_rules" not in parts:
        return None
    short = "/".join(parts[-2:])
    return (
        _FUNCTIONS.get((short, function))
        or _FILES.get(short)
        or _DIRECTORIES.get(short.split("/")[0])
    )


class Sampler:
    """Counts CPU seconds by phase, and by the function that was executing."""

    def __init__(self) -> None:
        self.phases: defaultdict[str, float] = defaultdict(float)
        self.functions: defaultdict[str, float] = defaultdict(float)
        self._known: dict[CodeType, str | None] = {}
        self._last = time.process_time()

    def __call__(self, _number: int, frame: FrameType | None) -> None:
        """Take what has passed since the last sample, which is long where C did not return."""
        now = time.process_time()
        passed, self._last = now - self._last, now
        if frame is None:
            return
        self.functions[_named(frame)] += passed
        self.phases[self._phase(frame)] += passed

    def _phase(self, frame: FrameType | None) -> str:
        while frame is not None:
            code = frame.f_code
            if code not in self._known:
                self._known[code] = phase_of(code.co_filename, code.co_name)
            found = self._known[code]
            if found is not None:
                return found
            frame = frame.f_back
        return ""


def main() -> None:
    """Check under the sampler, and write seconds by phase and by function."""
    target, *paths = sys.argv[1:]
    sampler = Sampler()
    signal.signal(signal.SIGPROF, sampler)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
    status: object = 0
    try:
        _check(paths)
    except SystemExit as ended:
        status = ended.code
    signal.setitimer(signal.ITIMER_PROF, 0)
    seen = {
        "phases": sampler.phases,
        "functions": sampler.functions,
        "total": time.process_time(),
    }
    Path(target).write_text(json.dumps(seen), "utf-8")
    sys.exit(status if isinstance(status, int) else 2)


def _check(paths: list[str]) -> None:
    from shapeguard.cli import main as shapeguard  # noqa: PLC0415 - its imports are a phase

    sys.argv = ["shapeguard", "check", "--quiet", "--no-cache", "--jobs", "1", *paths]
    shapeguard()


def _named(frame: FrameType) -> str:
    """Return the name of a function; a method that dataclasses made is named by its class."""
    code = frame.f_code
    if code.co_filename == "<string>" and code.co_argcount:
        owner: object = frame.f_locals.get(code.co_varnames[0])
        kind = type(owner)
        return f"{kind.__module__} {kind.__qualname__}.{code.co_name} (generated)"
    return f"{_short(code.co_filename)} {code.co_qualname}"


@cache
def _short(filename: str) -> str:
    """Return a file from the package that it belongs to."""
    parts = Path(filename).parts
    for mark in ("site-packages", "rules", f"python3.{sys.version_info[1]}"):
        if mark in parts:
            return "/".join(parts[len(parts) - parts[::-1].index(mark) :])
    if "shapeguard" in parts:
        return "/".join(parts[len(parts) - 1 - parts[::-1].index("shapeguard") :])
    return "/".join(parts[-2:])


if __name__ == "__main__":
    main()
