"""What the processes of ``shapeguard run`` find, handed in as it is found.

Each process appends lines to files of its own in a directory of the runner, so that nothing is lost
with a process that is killed or leaves by ``os._exit``, as forked ones do. In mode ``error`` an error
counts only if it ends something: a process, a thread, or the program to which a worker sends its text.
"""

from __future__ import annotations

import atexit
import multiprocessing.util
import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

import msgspec

from shapeguard.cli.output import note
from shapeguard.errors import ShapeContractError
from shapeguard.finding import Finding
from shapeguard.runtime import control

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shapeguard.runtime.control import Mode

Kind = Literal["found", "raised"]


class HandIn:
    """The directory in which the processes of one run leave what they find."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._written: set[tuple[Kind, str]] = set()

    def watch(self) -> None:
        """Hand in what this process finds from now on, and the processes that it forks."""
        control.listen(self._found)
        earlier = threading.excepthook

        def thread_ends(arguments: threading.ExceptHookArgs) -> None:
            self.ended_by(arguments.exc_value)
            earlier(arguments)

        threading.excepthook = thread_ends
        atexit.register(lambda: self.ended_by(getattr(sys, "last_value", None)))
        self._watch_process()
        multiprocessing.util.register_after_fork(self, HandIn._watch_process)

    def _watch_process(self) -> None:
        """Look at the error that leaves ``Process.run``, which multiprocessing prints by itself."""
        multiprocessing.util.Finalize(
            None, lambda: self.ended_by(sys.exc_info()[1]), exitpriority=100
        )

    def ended_by(self, error: BaseException | None) -> None:
        """Hand in the broken contracts of an error that ends a process or a thread."""
        for finding in self.in_error(error):
            self._write("found", finding)

    def in_error(self, error: BaseException | None) -> Iterator[Finding]:
        """Yield the broken contracts that the traceback of an error shows.

        Also those of other processes of which it only has the text: a worker of a ``DataLoader`` sends
        no more.
        """
        for each in _shown(error):
            if isinstance(each, ShapeContractError) and each.finding is not None:
                yield each.finding
            else:
                yield from (raised for raised in self.left("raised") if raised.message in str(each))

    def left(self, kind: Kind) -> tuple[Finding, ...]:
        """Read what all processes have handed in; a line that is not whole is left out."""
        lines = (
            line
            for file in sorted(self._directory.glob(f"*.{kind}"))
            for line in file.read_bytes().split(b"\n")[:-1]
        )
        found: list[Finding] = []
        for line in lines:
            with suppress(msgspec.MsgspecError):
                found.append(msgspec.json.decode(line, type=Finding))
        return tuple(found)

    def _found(self, finding: Finding, mode: Mode) -> None:
        self._write("raised" if mode == "error" else "found", finding)

    def _write(self, kind: Kind, finding: Finding) -> None:
        if (kind, finding.fingerprint) in self._written:
            return
        self._written.add((kind, finding.fingerprint))
        path = self._directory / f"{os.getpid()}.{kind}"
        try:
            with path.open("ab", buffering=0) as file:
                file.write(msgspec.json.encode(finding) + b"\n")
        except FileNotFoundError:
            return  # the runner has ended
        except OSError as error:
            note(f"shapeguard: what was found cannot be handed in: {error.strerror}")


def _shown(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the errors of which a traceback tells: causes, contexts, members of groups."""
    waiting, seen = [error], set[int]()
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen or isinstance(each, SystemExit):
            continue
        seen.add(id(each))
        yield each
        members: tuple[BaseException, ...] = getattr(each, "exceptions", ())
        waiting += members if isinstance(each, BaseExceptionGroup) else ()
        waiting.append(each.__cause__)
        if not each.__suppress_context__:
            waiting.append(each.__context__)
