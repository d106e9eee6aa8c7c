"""What rows of a cache file rest on, as it is kept, and whether it has changed."""

from __future__ import annotations

import functools
import os
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from shapeguard.lint.tracking import Entire, Seen

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import PurePath

    from shapeguard.lint.snapshot import Changes
    from shapeguard.lint.tracking import Look


class _Kept(msgspec.Struct, array_like=True):
    """What something rests on, with each path written once: files, frames, pieces by path, and texts."""

    files: list[bytes]
    frames: list[bytes]
    pieces: dict[bytes, list[str]]
    texts: list[str]


class _Files(msgspec.Struct, array_like=True):
    """The beginning of it: files that were read as a whole, and those of which a part was."""

    files: list[bytes]
    frames: list[bytes]


_SEEN: Final = msgspec.msgpack.Decoder(_Kept)
_LOOKED_AT: Final = msgspec.msgpack.Decoder(_Files)


class Stale:
    """Which rows rest on something that has changed, so that they may be others now.

    Rows are read no further than it takes to tell: many rest on the same, a text is asked about once, and
    of many parts only those in changed files are looked at.
    """

    def __init__(self, changed: Changes) -> None:
        self._changed = changed
        self._files = {os.fsencode(path) for path in changed.files}
        self._frames = {os.fsencode(path) for path in changed.frames}
        self._pieces: dict[bytes, set[str]] = {}
        for path, name in changed.pieces:
            self._pieces.setdefault(os.fsencode(path), set()).add(name)
        self._known: dict[bytes, bool] = {}
        self._texts: dict[str, bool] = {}

    def has(self, seen: bytes) -> bool:
        """Say whether what rests on this may be another one now; raises as :func:`seen_of`."""
        if seen not in self._known:
            self._known[seen] = self._touches(_SEEN.decode(zlib.decompress(seen)))
        return self._known[seen]

    def _touches(self, kept: _Kept) -> bool:
        return (
            self._changed.everything
            or not self._files.isdisjoint(kept.files)
            or not self._frames.isdisjoint((*kept.frames, *kept.pieces))
            or any(not n.isdisjoint(kept.pieces.get(p, ())) for p, n in self._pieces.items())
            or any(map(self._answers, kept.texts))
        )

    def _answers(self, text: str) -> bool:
        if text not in self._texts:
            self._texts[text] = self._changed.answers(text)
        return self._texts[text]


BROKEN: Final = (zlib.error, msgspec.MsgspecError)
"""What reading what a row rests on may raise."""


def packed(looked: Iterable[Look]) -> bytes:
    """Return what something rests on as bytes, with each path written once."""
    kept = _Kept([], [], {}, [])
    pieces: dict[PurePath, list[str]] = {}
    for each in looked:
        match each:
            case str():
                kept.texts.append(each)
            case (path, name):
                pieces.setdefault(path, []).append(name)
            case Entire(path):
                kept.files.append(os.fsencode(path))
            case _:
                kept.frames.append(os.fsencode(each))
    for found in (kept.files, kept.frames, kept.texts):
        found.sort()
    kept.pieces |= sorted((os.fsencode(path), sorted(names)) for path, names in pieces.items())
    return zlib.compress(msgspec.msgpack.encode(kept), 1)


def looked_at(rows: Iterable[bytes]) -> tuple[set[Path], set[Path]]:
    """Return which files some rows rest on as a whole, and on which in parts."""
    files, frames = set[bytes](), set[bytes]()
    for seen in {*rows}:
        kept = _LOOKED_AT.decode(zlib.decompress(seen))
        files.update(kept.files)
        frames.update(kept.frames)
    return {*map(_path, files)}, {*map(_path, frames)}


def seen_of(data: bytes) -> Seen:
    """Return what a row rests on; raises ``zlib.error`` and ``msgspec.MsgspecError``."""
    return _seen(_SEEN.decode(zlib.decompress(data)))


def _seen(kept: _Kept) -> Seen:
    pieces = ((_path(each), name) for each, names in kept.pieces.items() for name in names)
    whole = (Entire(_path(each)) for each in kept.files)
    return Seen({*pieces, *whole, *kept.texts, *map(_path, kept.frames)})


@functools.lru_cache(maxsize=100_000)
def _path(name: bytes) -> Path:
    return Path(os.fsdecode(name))
