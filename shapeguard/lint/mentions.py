"""Which files of a project mention a name before a bracket: an index of all of them, made once.

Who calls a function, who has its name and who takes a part of something is asked once for each name,
so that a search through all files would cost the square of their number.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_NAMED: Final = re.compile(rb"\b[\w\x80-\xff]++[(\[]")
_DEFINED: Final = re.compile(rb"\bdef [\w\x80-\xff]++\(")
"""Two expressions, since one with a part that may be there takes three times as long."""


def mentions_in(data: bytes) -> set[bytes]:
    """Return each ``name(``, ``name[`` and ``def name(`` in the text of a file."""
    return {*_NAMED.findall(data), *_DEFINED.findall(data)}


class Mentions:
    """The names before a bracket in files, which are given in their order, each with its own."""

    def __init__(self, words: Iterable[tuple[Path, Iterable[bytes]]]) -> None:
        self._files: dict[bytes, list[Path]] = {}
        for path, found in words:
            for word in found:
                self._files.setdefault(word, []).append(path)

    def of(self, text: str) -> Sequence[Path]:
        """Return the files in which ``name(``, ``def name(`` or ``name[`` stands, in their order."""
        return self._files.get(text.encode(), ())
