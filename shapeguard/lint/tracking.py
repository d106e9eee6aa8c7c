"""What an analysis has looked at, so that a result is known to hold until something of it changes.

A value that is computed once and used by many carries what it was computed from, and whoever uses it
depends on that as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterator
    from pathlib import Path

T = TypeVar("T")
D = TypeVar("D")
Key = tuple[Any, ...]
"""What a remembered value is known by; the first part is its kind."""
TWIN, LASTING = "twin", "lasting"
"""The kinds of values that hold nodes of trees."""


Piece = tuple["Path", str]
"""A part of a file: its path, and what the part is known by there; see :mod:`shapeguard.lint.pieces`."""


@dataclass(frozen=True, slots=True)
class Entire:
    """A file that was read as a whole."""

    path: Path


Look = Piece | str | Entire | PurePath
"""What can be looked at: a part of a file, such as a function or a name that it has; all files of a
project, for a text; a file as a whole; of a file what stands around its functions and classes.
"""


@dataclass(slots=True)
class Seen:
    """What was looked at; there are many of them.

    ``others`` are what values rest on that were used: many rest on the same, so that they are not copied
    before they are asked for.
    """

    looked: Collection[Look] = ()
    others: Collection[Seen] = ()

    def add(self, other: Seen) -> None:
        """Add what somebody else has seen."""
        self.others = (*self.others, other)

    def whole(self) -> set[Look]:
        """Return all of it at one place."""
        found, known = set[Look](), set[int]()
        pending: list[Seen] = [self]
        while pending:
            each = pending.pop()
            if id(each) not in known:
                known.add(id(each))
                found.update(each.looked)
                pending.extend(each.others)
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


@dataclass(slots=True)
class _Now:
    """What has been looked at so far, and what was used, by the identity."""

    looked: set[Look] = field(default_factory=set[Look])
    others: dict[int, Seen] = field(default_factory=dict[int, Seen])


class Tracker:
    """Notes what is looked at, for whoever is tracked at the moment, and remembers values with it."""

    def __init__(self) -> None:
        self._nobody = self._now = _Now()
        self._known: dict[Key, tuple[Any, Seen]] = {}

    def file(self, path: Path) -> None:
        """Note that a file was read as a whole."""
        self._now.looked.add(Entire(path))

    def frame(self, path: Path) -> None:
        """Note that something of a file was read that stands around its functions and classes."""
        self._now.looked.add(path)

    def piece(self, piece: Piece) -> None:
        """Note that a part of a file was read."""
        self._now.looked.add(piece)

    def text(self, text: str) -> None:
        """Note that all files were searched for a text."""
        self._now.looked.add(text)

    def see(self, seen: Seen) -> None:
        """Note all that was seen when something was found out that is used now."""
        self._now.others[id(seen)] = seen

    @contextmanager
    def tracked(self) -> Generator[Seen]:
        """Collect what is seen in a block, which counts as seen by what is around it, too.

        It is known at the end of the block.
        """
        outer, self._now = self._now, _Now()
        now, seen = self._now, Seen()
        try:
            yield seen
        finally:
            seen.looked, seen.others = (*now.looked,), (*now.others.values(),)
            self._now = outer
            if outer is not self._nobody:
                self.see(seen)

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
        self.see(seen)
        return value

    def put(self, key: Key, value: object) -> None:
        """Give a key its value for now, as for one that is asked for while it is computed."""
        self._known[key] = (value, Seen())

    def forget(self) -> None:
        """Let all values be computed again."""
        self._known.clear()
        self._nobody.looked.clear()
        self._nobody.others.clear()

    def forget_all(self, kind: str) -> None:
        """Let all values of a kind be computed again, which is the first part of their keys."""
        self._known = {key: known for key, known in self._known.items() if key[0] != kind}
