"""The results of a sweep in a file: JSON lines, a header and then one line a case, as they come."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from shapeguard.cli.crash import version_of
from shapeguard.errors import UsageError
from shapeguard.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

PACKAGES: Final = ("shapeguard", "adapters", "transformers", "torch")


def header() -> dict[str, Any]:
    """Say what the results are of: results of other versions are not of the same cases."""
    return {"format": 1, "versions": {name: version_of(name) for name in PACKAGES}}


def read(path: Path) -> dict[tuple[str, ...], Outcome]:
    """Read the results of an earlier sweep, by the keys of their cases; none if there is no file.

    Of a case that was run twice the last counts. A last line that was cut off is left out.
    Raises UsageError if the file has no such results, or those of other versions.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise UsageError(message) from error
    first, *lines = content[: content.rfind(b"\n") + 1].splitlines() or [b""]
    try:
        made = msgspec.json.decode(first, type=dict[str, Any]) if first else header()
        outcomes = [msgspec.json.decode(line, type=Outcome) for line in lines]
    except msgspec.MsgspecError as error:
        message = f"{path} has no results of a sweep: {error}"
        raise UsageError(message) from error
    if made != header():
        message = f"{path} has results of {_versions(made)}, not of {_versions(header())}"
        raise UsageError(message)
    return {outcome.key: outcome for outcome in outcomes}


@contextmanager
def kept(path: Path | None) -> Generator[Callable[[Outcome], None]]:
    """Give a function that appends an outcome to a file, at once; without a path it does nothing.

    Raises UsageError if the file cannot be written.
    """
    if path is None:
        yield lambda _: None
        return
    try:
        _cut_off_last_line(path)
        with path.open("ab", buffering=0) as file:
            if file.tell() == 0:
                file.write(msgspec.json.encode(header()) + b"\n")
            yield lambda outcome: _append(file, outcome)
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror}"
        raise UsageError(message) from error


def _append(file: Any, outcome: Outcome) -> None:  # noqa: ANN401 - an open file
    file.write(msgspec.json.encode(outcome) + b"\n")


def _cut_off_last_line(path: Path) -> None:
    """Remove a last line that has no end, or the next one would be added to it."""
    if path.exists():
        content = path.read_bytes()
        if not content.endswith(b"\n"):
            path.write_bytes(content[: content.rfind(b"\n") + 1])


def _versions(made: dict[str, Any]) -> str:
    versions: Any = made.get("versions")
    if not isinstance(versions, dict):
        return "something else"
    items = cast("dict[str, object]", versions).items()
    return ", ".join(f"{name} {version}" for name, version in items)
