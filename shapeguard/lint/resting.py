"""What rows of a cache file rest on, as it is kept, and whether it has changed."""

from __future__ import annotations

import functools
import os
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from shapeguard.lint.tracking import Seen

if TYPE_CHECKING:
    from shapeguard.lint.snapshot import Changes


class _Kept(msgspec.Struct, array_like=True):
    """What something rests on, with each path written once: files, frames, pieces by path, and texts."""

    files: list[bytes]
    frames: list[bytes]
    pieces: dict[bytes, list[str]]
    texts: list[str]


_SEEN: Final = msgspec.msgpack.Decoder(_Kept)


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


def packed(seen: Seen) -> bytes:
    """Return what something rests on as bytes, with each path written once."""
    pieces: dict[Path, list[str]] = {}
    for path, name in seen.pieces:
        pieces.setdefault(path, []).append(name)
    kept = _Kept(
        sorted(map(os.fsencode, seen.files)),
        sorted(map(os.fsencode, seen.frames)),
        dict(sorted((os.fsencode(path), sorted(names)) for path, names in pieces.items())),
        sorted(seen.texts),
    )
    return zlib.compress(msgspec.msgpack.encode(kept), 1)


def seen_of(data: bytes) -> Seen:
    """Return what a row rests on; raises ``zlib.error`` and ``msgspec.MsgspecError``."""
    return _seen(_SEEN.decode(zlib.decompress(data)))


def _seen(kept: _Kept) -> Seen:
    pieces = {(_path(each), name) for each, names in kept.pieces.items() for name in names}
    return Seen({*map(_path, kept.files)}, {*kept.texts}, {*map(_path, kept.frames)}, pieces)


@functools.lru_cache(maxsize=100_000)
def _path(name: bytes) -> Path:
    return Path(os.fsdecode(name))
