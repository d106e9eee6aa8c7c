"""Run one command, and print what it and all its descendants cost; a script that imports next to nothing.

A process of its own stands between, since the peak memory of a child counts what its parent had before
the child began: ``python -I -S runner.py SECONDS COMMAND...``.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
_MEBIBYTE = 1024  # Linux counts the peak in KiB


def main() -> None:
    """Run the command in a process group of its own, and end it when the seconds have passed."""
    limit, command, errors = float(sys.argv[1]), sys.argv[3:], sys.argv[2]
    # A pool's server outlives the process that started it: its time comes here, not to init.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, errors, os.O_WRONLY | os.O_CREAT, 0o600),
    ]
    begun = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=files, setpgroup=0)

    def end(_number: int, _frame: object) -> None:
        os.killpg(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, limit)
    _, status = os.waitpid(child, 0)
    wall = time.perf_counter() - begun
    _wait_for_the_others()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = {
        "wall": wall,
        "cpu": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss / _MEBIBYTE,
        "status": os.waitstatus_to_exitcode(status),
    }
    sys.stdout.write(json.dumps(cost))


def _wait_for_the_others() -> None:
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


if __name__ == "__main__":
    main()
