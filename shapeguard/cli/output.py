"""Where text goes: standard output, standard error, files."""

from __future__ import annotations

import errno
import io
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from shapeguard.errors import UsageError

if TYPE_CHECKING:
    from typing import TextIO


def write(text: str) -> None:
    """Write to standard output. Raises UsageError if that fails, as on a full disk.

    A reader that stops early (``| head``) is no error: the rest goes nowhere and the exit status
    stays what it would have been.
    """
    failure = _write(sys.stdout, text)
    if failure:
        message = f"standard output cannot be written: {failure}"
        raise UsageError(message)


def note(text: str) -> None:
    """Write a line for the user to standard error, where it cannot end up in a report.

    If that fails there is nobody left to tell.
    """
    _write(sys.stderr, f"{text}\n")


def _write(stream: TextIO | None, text: str) -> str | None:
    """Write all of ``text`` and return why that failed, if it did."""
    if stream is None:
        return "it is closed"
    try:
        _escape_what_the_encoding_lacks(stream)
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        discard(stream)
    except OSError as error:
        discard(stream)
        return error.strerror
    return None


def _escape_what_the_encoding_lacks(stream: TextIO) -> None:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def discard(stream: TextIO | None) -> None:
    """Let what could not be written go nowhere, or the interpreter's flush at exit fails again."""
    if stream is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def wants_colour(stream: TextIO | None) -> bool:
    """Whether to colour: ``NO_COLOR`` forbids, ``FORCE_COLOR`` asks, a terminal is enough."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def check_writable(path: Path) -> None:
    """Make sure that :func:`write_file` can write to ``path``, as far as that can be known before.

    Raises UsageError if it cannot.
    """
    obstacle = _obstacle(path)
    if obstacle:
        message = f"{path}: cannot be written: {obstacle}"
        raise UsageError(message)


def _obstacle(path: Path) -> str | None:
    try:
        if path.is_dir():
            return os.strerror(errno.EISDIR)
        if path.exists() and not path.is_file():  # to open a pipe would end whoever reads it
            return None if os.access(path, os.W_OK) else os.strerror(errno.EACCES)
        real = path.resolve()
        with tempfile.NamedTemporaryFile(dir=real.parent, prefix=f".{real.name}."):
            return None
    except OSError as error:
        return error.strerror


def write_file(path: Path, text: str) -> None:
    """Write ``text`` to ``path``: all of it, or, on failure, nothing.

    Raises UsageError if that is not possible. A path that is no regular file (a pipe, a device)
    is written to directly.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, "utf-8", newline="\n")
        else:
            _replace(path.resolve(), text)
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror}"
        raise UsageError(message) from error


def _replace(path: Path, text: str) -> None:
    """Write a file beside ``path`` and rename it over ``path``, which is atomic."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        temporary = Path(file.name)
        try:
            file.write(text)
            file.close()
            temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else _default_mode())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _default_mode() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
