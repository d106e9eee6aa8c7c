"""Where text goes: standard output, standard error, files."""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from shapeguard.cli.targets import STANDARD_OUTPUT, descriptor, is_read_only, was_handed_in
from shapeguard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO


def write(text: str | bytes) -> None:
    """Write to standard output. Raises UsageError if that fails, as on a full disk.

    Bytes are written as they are: source text has an encoding of its own.

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


def _write(stream: TextIO | None, text: str | bytes) -> str | None:
    """Write all of ``text`` and return why that failed, if it did."""
    if stream is None:
        return "it is closed"
    try:
        if isinstance(text, bytes):
            stream.flush()
            stream.buffer.write(text)
        else:
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
    """Whether to colour: ``NO_COLOR`` forbids, ``FORCE_COLOR`` decides, a terminal is enough.

    ``FORCE_COLOR`` forbids as well if it is 0 or false.
    """
    if os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR")
    return forced.lower() not in {"0", "false"} if forced else is_terminal(stream)


def wants_links(stream: TextIO | None) -> bool:
    """Whether to write links (OSC 8): on a terminal in colour; ``FORCE_HYPERLINK`` overrides, 0 forbids."""
    forced = os.environ.get("FORCE_HYPERLINK")
    return forced != "0" if forced else is_terminal(stream) and wants_colour(stream)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal that can do more than print lines."""
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
        number = descriptor(path)
        if number is not None:
            return None if was_handed_in(number) else os.strerror(errno.EBADF)
        if path.exists() and not path.is_file():  # to open a pipe would end whoever reads it
            return None if os.access(path, os.W_OK) else os.strerror(errno.EACCES)
        import tempfile  # noqa: PLC0415 - slow, and a check writes no file unless that is asked for

        real = path.resolve()
        _refuse_read_only(real)
        with tempfile.NamedTemporaryFile(dir=real.parent, prefix=f".{real.name}."):
            return None
    except OSError as error:
        return error.strerror


def write_file(path: Path, text: str) -> None:
    """Write ``text`` to ``path``: all of it, or, on failure, nothing.

    Raises UsageError if that is not possible, as with a read-only file. ``-`` is standard output; an
    open descriptor (``/dev/stdout``) and what is no regular file (a pipe, a device) are written to
    directly.
    """
    if path == STANDARD_OUTPUT:
        write(text)
        return
    try:
        number = descriptor(path)
        if number is not None:
            _write_to_descriptor(number, text)
        elif path.exists() and not path.is_file():
            path.write_text(text, "utf-8", newline="\n")
        else:
            real = path.resolve()
            _refuse_read_only(real)
            replace(real, text.encode(), lambda temporary: _give_mode(temporary, real))
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror}"
        raise UsageError(message) from error


def _write_to_descriptor(number: int, text: str) -> None:
    """Write where its owner is: behind what it holds. A reader that stops early is no error."""
    if not was_handed_in(number):
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    with suppress(BrokenPipeError), open(number, "wb", closefd=False) as file:
        file.write(text.encode())


def _refuse_read_only(path: Path) -> None:
    if path.exists() and is_read_only(path):
        raise OSError(errno.EACCES, "it is read-only")


def replace(path: Path, data: bytes, prepare: Callable[[Path], None]) -> None:
    """Write a file beside ``path`` and rename it over ``path``, which is atomic.

    Before that, ``prepare`` is given the new file. Raises OSError if any of this fails; ``path`` is
    then as it was.
    """
    import tempfile  # noqa: PLC0415 - as above

    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".shapeguard.", delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(data)
            file.close()
            prepare(temporary)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _give_mode(temporary: Path, path: Path) -> None:
    temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else _default_mode())


def _default_mode() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
