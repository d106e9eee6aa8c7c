"""Where output goes that has a name: to standard output, an open descriptor, a device, or a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shapeguard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

STANDARD_OUTPUT: Final = Path("-")
_MOST_LINKS: Final = 40


def descriptor(path: Path) -> int | None:
    """Return the number of the open descriptor that ``path`` names, such as 1 for ``/dev/stdout``.

    To follow such a name further would lead to the file that the descriptor was opened for, which its
    opener wants to be written to and not to be replaced.
    """
    place = path.absolute()
    for _ in range(_MOST_LINKS):
        if place.name.isdecimal() and place.name.isascii() and _holds_descriptors(place.parent):
            return int(place.name)
        try:
            place = place.parent / place.readlink()
        except OSError:  # no link
            return None
    return None


def _holds_descriptors(directory: Path) -> bool:
    real = os.path.realpath(directory)
    return any(real == os.path.realpath(name) for name in ("/dev/fd", "/proc/self/fd"))


def was_handed_in(number: int) -> bool:
    """Whether a descriptor is open and came from whoever started the program: own ones are private."""
    try:
        return os.get_inheritable(number)
    except (OSError, OverflowError):
        return False


def is_read_only(path: Path) -> bool:
    """Whether nobody may write to a file, or this user may not.

    Root may write to a file that nobody may write to; whoever made it so does not want that.
    """
    return not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK)


def refuse_shared(paths: Iterable[Path], *, printed: str | None) -> None:
    """Refuse two outputs that go to one file, or to ``-`` where ``printed`` or another goes there.

    What cannot be replaced, such as ``/dev/stdout``, takes several texts one after another. Raises
    UsageError.
    """
    taken: set[str] = set()
    for path in paths:
        if path == STANDARD_OUTPUT:
            if printed is not None:
                message = f"-: standard output has {printed}; name a file instead"
                raise UsageError(message)
            printed = "another report"
        elif descriptor(path) is None and (path.is_file() or not path.exists()):
            real = os.path.normcase(os.path.realpath(path))
            if real in taken:
                message = f"{path}: two outputs cannot go to one file"
                raise UsageError(message)
            taken.add(real)
