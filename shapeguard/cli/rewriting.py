"""Source files rewritten: each is whole at any time, as it was or as it is to be."""

from __future__ import annotations

import errno
import os
import signal
import stat
import threading
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shapeguard.cli.output import replace
from shapeguard.cli.targets import is_read_only

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

_INTERRUPTS: Final = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The bytes of a file as they were read, and as they are to be."""

    path: Path
    before: bytes
    after: bytes


def rewrite(rewrites: Iterable[Rewrite]) -> dict[Path, str]:
    """Write files, each by a new one that is renamed over it; return why that failed, for which.

    A file keeps its mode and, where that is allowed, its owner. Of a symbolic link the target is
    rewritten. Of a file with several names (hard links) only the one that was checked gets the new
    content: to write to all of them, a file would have to be half written for a moment. A read-only
    file, and one that has changed since it was read, is left alone. An interrupt waits until all
    files are written.
    """
    failures: dict[Path, str] = {}
    with _interrupts_held_back():
        for each in rewrites:
            try:
                _rewrite(each)
            except OSError as error:
                failures[each.path] = error.strerror or str(error)
    return failures


def _rewrite(each: Rewrite) -> None:
    path = Path(os.path.realpath(each.path, strict=True))
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file any more")
    if is_read_only(path):
        raise OSError(errno.EACCES, "it is read-only")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise OSError(errno.EACCES, "its directory is read-only")

    def prepare(temporary: Path) -> None:
        _keep(status, temporary)
        if path.read_bytes() != each.before:
            raise OSError(errno.EBUSY, "it has changed since it was read")

    replace(path, each.after, prepare)


def _keep(status: os.stat_result, path: Path) -> None:
    """Give a file the owner, as far as that is allowed, and the mode that another has."""
    if hasattr(os, "chown"):
        own = path.stat()
        for uid, gid in ((status.st_uid, -1), (-1, status.st_gid)):
            if uid not in (-1, own.st_uid) or gid not in (-1, own.st_gid):
                with suppress(OSError):
                    os.chown(path, uid, gid)
    path.chmod(stat.S_IMODE(status.st_mode))


@contextmanager
def _interrupts_held_back() -> Generator[None]:
    """Let signals that would end the program wait for the end of a block; ignored ones stay so."""
    received: list[int] = []

    def deliver() -> None:
        for number in received:
            signal.raise_signal(number)

    with ExitStack() as stack:
        stack.callback(deliver)  # the last that is done, when all handlers are back
        if threading.current_thread() is threading.main_thread():
            for number in _INTERRUPTS:
                handler = signal.getsignal(number)
                if handler is not None and handler is not signal.SIG_IGN:
                    stack.callback(signal.signal, number, handler)
                    signal.signal(number, lambda number, _frame: received.append(number))
        yield
