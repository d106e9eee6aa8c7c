"""Where output goes that has a name: to standard output, an open descriptor, a device, or a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

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
