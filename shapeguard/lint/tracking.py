"""What an analysis has looked at, so that a result is known to hold until something of it changes.

A value that is computed once and used by many carries what it was computed from, and whoever uses it
depends on that as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

T = TypeVar("T")
D = TypeVar("D")
Key = tuple[Any, ...]
"""What a remembered value is known by; the first part is its kind."""
TWIN, LASTING = "twin", "lasting"
"""The kinds of values that hold nodes of trees."""


Piece = tuple["Path", str]
"""A part of a file: its path, and what the part is known by there; see :mod:`shapeguard.lint.pieces`."""


@dataclass(slots=True)
class Seen:
    """What was read, and texts that were looked for in all files of a project.

    ``files`` were read as a whole; of ``frames`` what stands around functions and classes, which are
    ``pieces``, as are the names that they have. ``others`` are what values rest on that were used, by
    their identity: many rest on the same, so that they are not copied before they are asked for.
    """

    files: set[Path] = field(default_factory=set["Path"])
    texts: set[str] = field(default_factory=set[str])
    frames: set[Path] = field(default_factory=set["Path"])
    pieces: set[Piece] = field(default_factory=set[Piece])
    others: dict[int, Seen] = field(default_factory=dict[int, "Seen"])

    def add(self, other: Seen) -> None:
        """Add what somebody else has seen."""
        self.others[id(other)] = other

    def whole(self) -> Seen:
        """Return all of it at one place."""
        found, known = Seen(), set[int]()
        pending: list[Seen] = [self]
        while pending:
            each = pending.pop()
            if id(each) not in known:
                known.add(id(each))
                found.files |= each.files
                found.texts |= each.texts
                found.frames |= each.frames
                found.pieces |= each.pieces
                pending.extend(each.others.values())
        return found


class Watched(Mapping[str, T]):
    """What names stand for; ``looked_up`` is told which of them is asked for, or None for all of them."""

    def __init__(self, found: Mapping[str, T], looked_up: Callable[[str | None], None]) -> None:
        self._found = found
        self._looked_up = looked_up

    def __getitem__(self, name: str) -> T:
        self._looked_up(name)
        return self._found[name]

    def __contains__(self, name: object) -> bool:
        self._looked_up(str(name))
        return name in self._found

    def get(self, name: str, default: D | None = None) -> T | D | None:  # type: ignore[override]
        """Return what a name stands for, if it stands for anything."""
        self._looked_up(name)
        return self._found.get(name, default)

    def __iter__(self) -> Iterator[str]:
        self._looked_up(None)
        return iter(self._found)

    def __len__(self) -> int:
        self._looked_up(None)
        return len(self._found)


class Tracker:
    """Notes what is looked at, for whoever is tracked at the moment, and remembers values with it."""

    def __init__(self) -> None:
        self._nobody = self._now = Seen()
        self._known: dict[Key, tuple[Any, Seen]] = {}

    def file(self, path: Path) -> None:
        """Note that a file was read as a whole."""
        self._now.files.add(path)

    def frame(self, path: Path) -> None:
        """Note that something of a file was read that stands around its functions and classes."""
        self._now.frames.add(path)

    def piece(self, piece: Piece) -> None:
        """Note that a part of a file was read."""
        self._now.pieces.add(piece)

    def text(self, text: str) -> None:
        """Note that all files were searched for a text."""
        self._now.texts.add(text)

    def see(self, seen: Seen) -> None:
        """Note all that was seen when something was found out that is used now."""
        self._now.add(seen)

    @contextmanager
    def tracked(self) -> Generator[Seen]:
        """Collect what is seen in a block, which counts as seen by what is around it, too."""
        outer, self._now = self._now, Seen()
        seen = self._now
        try:
            yield seen
        finally:
            self._now = outer
            if outer is not self._nobody:
                outer.add(seen)

    def remembered(self, key: Key, compute: Callable[[], T]) -> T:
        """Return the value of a key, computed at its first use."""
        if key not in self._known:
            try:
                with self.tracked() as seen:
                    value = compute()
            except BaseException:
                self._known.pop(key, None)  # what it was for now is not what it is
                raise
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
