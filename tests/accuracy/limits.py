"""A limit of processor time for a piece of work, wherever it is when the time has passed."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator

AGAIN = 0.5
"""Seconds until an interruption that was swallowed is tried again."""


class OutOfTimeError(BaseException):
    """The time has passed; no handler in the linter may catch this."""


@dataclass
class Limit:
    """Whether the time of a piece of work has passed."""

    passed: bool = False


@contextmanager
def limited(seconds: float) -> Generator[Limit]:
    """Raise :class:`OutOfTimeError` in the body after so many seconds of processor time.

    Python drops an exception that is raised while it collects garbage, and its parser turns one
    into a SystemError: so the interruption comes again, and ``passed`` tells what the exception was.
    """
    limit = Limit()

    def interrupt(*_: Any) -> None:
        limit.passed = True
        raise OutOfTimeError

    def dropped(unraisable: sys.UnraisableHookArgs) -> None:
        if not isinstance(unraisable.exc_value, OutOfTimeError):
            hook(unraisable)

    hook, sys.unraisablehook = sys.unraisablehook, dropped
    signal.signal(signal.SIGPROF, interrupt)
    signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN)
    try:
        yield limit
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.unraisablehook = hook
