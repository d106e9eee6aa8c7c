"""``shapeguard check --watch``: the same check again, whenever a file changes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shapeguard.cli.output import is_terminal, note, write
from shapeguard.errors import MissingExtraError, ShapeguardError, UsageError
from shapeguard.lint.config import CONFIG_NAMES
from shapeguard.lint.discover import SUFFIXES

try:
    from watchfiles import DefaultFilter, watch
except ImportError as error:
    _feature = "--watch"
    raise MissingExtraError(_feature, "watch", "watchfiles") from error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from watchfiles import Change

_STDIN: Final = Path("-")
_CLEAR: Final = "\x1b[2J\x1b[H"
_QUIET_MS: Final = 200
"""Milliseconds without a change after which a group of changes is taken for complete."""


class _Sources(DefaultFilter):
    """Lets through what a check may read: Python files and configuration."""

    def __call__(self, change: Change, path: str) -> bool:
        file = Path(path)
        wanted = file.suffix in SUFFIXES or file.name in CONFIG_NAMES or file.suffix == ".toml"
        return wanted and super().__call__(change, path)


def watch_and_check(paths: Iterable[Path], cwd: Path, check: Callable[[], int]) -> int:
    """Call ``check`` now and after every change below the paths, until it is interrupted.

    What is wrong with a configuration is said, and does not end the watch. Returns 0: to be
    interrupted is how it ends. Raises UsageError if there is nothing to watch.
    """
    paths = tuple(paths)
    if _STDIN in paths:
        message = f"--watch and {_STDIN} (standard input) cannot be given together"
        raise UsageError(message)
    watched = sorted({cwd, *(cwd / path for path in paths)})
    missing = [path for path in watched if not path.exists()]
    if missing:
        message = f"{missing[0]}: no such file or directory"
        raise UsageError(message)
    changes = watch(
        *watched,
        watch_filter=_Sources(),
        step=_QUIET_MS,
        rust_timeout=_QUIET_MS,
        yield_on_timeout=True,
        raise_interrupt=True,
    )
    try:
        next(changes)  # from here on no change is missed, also during a check
        _checked(check)
        for changed in changes:
            if changed:
                _clear()
                _checked(check)
    except KeyboardInterrupt:
        note("stopped")
    return 0


def _clear() -> None:
    if is_terminal(sys.stdout):
        write(_CLEAR)


def _checked(check: Callable[[], int]) -> None:
    try:
        check()
    except ShapeguardError as error:
        note(f"error: {error}")
    note("watching for changes; press Ctrl-C to stop")
