"""Where a call stands in the program: source spans from live frames, own frames left out."""

from __future__ import annotations

import inspect
import linecache
import os
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from shapeguard.errors import ShapeguardError
from shapeguard.finding import Position, Span

if TYPE_CHECKING:
    from types import FrameType

_OWN = str(Path(__file__).parent) + os.sep


def is_own(filename: str) -> bool:
    """Whether a file belongs to the machinery that checks contracts."""
    return filename.startswith(_OWN)


def call_site() -> FrameType:
    """Find the innermost frame that is not ours: who called the contracted function."""
    frame = _running()
    while is_own(frame.f_code.co_filename) and frame.f_back is not None:
        frame = frame.f_back
    return frame


def contracted_calls() -> list[tuple[FrameType, str]]:
    """Find the frames that called contracted functions and what they called, outermost first."""
    calls: list[tuple[FrameType, str]] = []
    frame: FrameType | None = _running()
    called: str | None = None
    while frame is not None:
        if is_own(frame.f_code.co_filename):
            function = frame.f_locals.get("function")  # what enforcement.enforce() wraps
            called = getattr(function, "__name__", called)
        elif called is not None:
            calls.append((frame, called))
            called = None
        frame = frame.f_back
    return calls[::-1]


def span_of(frame: FrameType) -> Span:
    """Locate the expression that a frame is evaluating, in code points."""
    code = frame.f_code
    positions = list(code.co_positions())
    row, end_row, start, end = positions[frame.f_lasti // 2] if frame.f_lasti >= 0 else (None,) * 4
    row = row or frame.f_lineno
    end_row = end_row or row
    return Span(
        shown(code.co_filename),
        Position(row, _column(code.co_filename, row, start)),
        Position(end_row, _column(code.co_filename, end_row, end)),
    )


def hide(error: BaseException, filename: str) -> None:
    """Take the frames of one file, which calls what it wraps, out of the traceback of an error.

    Of an error that shapeguard raises on purpose, every frame of ours. What else fails in the
    machinery keeps the frames in which it fails.
    """
    on_purpose = isinstance(error, ShapeguardError)
    kept: list[TracebackType] = []
    traceback = error.__traceback__
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if file != filename and not (on_purpose and is_own(file)):
            kept.append(traceback)
        traceback = traceback.tb_next
    chain: TracebackType | None = None
    for each in reversed(kept):
        chain = TracebackType(chain, each.tb_frame, each.tb_lasti, each.tb_lineno)
    error.__traceback__ = chain


def without_runner(traceback: TracebackType | None, runner: str) -> TracebackType | None:
    """Return the traceback of a program from its first own frame on: as without a runner."""
    machinery = {runner, "<frozen runpy>"}
    while traceback is not None and traceback.tb_frame.f_code.co_filename in machinery:
        traceback = traceback.tb_next
    return traceback


def _running() -> FrameType:
    frame = inspect.currentframe()
    if frame is None:
        message = "contracts need an interpreter with call frames, such as CPython"
        raise RuntimeError(message)
    return frame


def _column(filename: str, row: int, offset: int | None) -> int:
    """Turn a UTF-8 byte offset into a 1-based column of code points."""
    if offset is None:
        return 1
    line = linecache.getline(filename, row).encode()
    return len(line[:offset].decode(errors="replace")) + 1


def shown(filename: str) -> str:
    """Write a path relative to the working directory if there is one and the file lies below it."""
    try:
        here = str(Path.cwd()) + os.sep
    except OSError:  # the program has deleted it
        return filename
    return os.path.relpath(filename) if filename.startswith(here) else filename
