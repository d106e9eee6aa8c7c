"""What an analysis has looked at, so that a result is known to hold until something of it changes.

A value that is computed once and used by many carries what it was computed from, and whoever uses it
depends on that as well.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from shapeguard.lint.results import FileResult

T = TypeVar("T")
Key = tuple[Any, ...]
"""What a remembered value is known by; the first part is its kind."""
TWIN, LASTING = "twin", "lasting"
"""The kinds of values that hold nodes of trees."""


@dataclass(slots=True)
class Seen:
    """Files that were read, and texts that were looked for in all files of a project."""

    files: set[Path] = field(default_factory=set["Path"])
    texts: set[str] = field(default_factory=set[str])

    def add(self, other: Seen) -> None:
        """Add what somebody else has seen."""
        self.files |= other.files
        self.texts |= other.texts


@dataclass(frozen=True, slots=True)
class Examined:
    """The result of one file, and what it rests on: ``sound`` is one that no defect has touched."""

    result: FileResult
    root: Path
    seen: Seen
    sound: bool


@dataclass(frozen=True, slots=True)
class Executed:
    """What a file heard of an execution in a project, packed, and what it rests on; see :mod:`parts`."""

    root: Path
    key: str
    name: str
    part: bytes
    seen: Seen


class Tracker:
    """Notes what is looked at, for whoever is tracked at the moment, and remembers values with it."""

    def __init__(self) -> None:
        self._now = Seen()
        self._known: dict[Key, tuple[Any, Seen]] = {}

    def file(self, path: Path) -> None:
        """Note that a file was read."""
        self._now.files.add(path)

    def text(self, text: str) -> None:
        """Note that all files were searched for a text."""
        self._now.texts.add(text)

    @contextmanager
    def tracked(self) -> Generator[Seen]:
        """Collect what is seen in a block, which counts as seen by what is around it, too."""
        outer, self._now = self._now, Seen()
        seen = self._now
        try:
            yield seen
        finally:
            self._now = outer
            outer.add(seen)

    def remembered(self, key: Key, compute: Callable[[], T]) -> T:
        """Return the value of a key, computed at its first use."""
        if key not in self._known:
            with self.tracked() as seen:
                value = compute()
            self._known[key] = (value, seen)
            return value
        value, seen = self._known[key]
        self._now.add(seen)
        return value

    def put(self, key: Key, value: object) -> None:
        """Give a key its value for now, as for one that is asked for while it is computed."""
        self._known[key] = (value, Seen())

    def forget_all(self, kind: str) -> None:
        """Let all values of a kind be computed again, which is the first part of their keys."""
        self._known = {key: known for key, known in self._known.items() if key[0] != kind}
