"""What one file heard of an execution: kept by itself, so that a change costs what it has an effect on."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import msgspec

from shapeguard.lint.anchors import (
    Anchor,  # noqa: TC001 - decoded by its annotation
    placed,
)
from shapeguard.lint.heard import Told  # noqa: TC001 - decoded by its annotation

if TYPE_CHECKING:
    from pathlib import Path

    from shapeguard.lint.pieces import Lines
    from shapeguard.lint.project import Project


@dataclass(frozen=True, slots=True)
class Part:
    """What a file heard of an execution, and how that ended; see :class:`execution.Ended`."""

    told: Told
    place: str
    given_up: str
    anchors: tuple[Anchor, ...] = ()

    def packed(self) -> bytes:
        """Return it as bytes, for the cache."""
        return zlib.compress(msgspec.msgpack.encode(self), 1)

    def placed(self, project: Project) -> Told | None:
        """Return what was heard, on the lines of today; None if a function of it cannot be found."""

        def lines_of(path: Path, piece: str) -> Lines | None:
            outline = project.outline(path)
            return None if outline is None else outline.places.lines_of(piece)

        findings = placed([each.finding for each in self.told.said], self.anchors, lines_of)
        if findings is None:
            return None
        pairs = zip(self.told.said, findings, strict=True)
        return replace(self.told, said=tuple(replace(s, finding=f) for s, f in pairs))


_DECODER: Final = msgspec.msgpack.Decoder(Part)


def unpacked(data: bytes) -> Part:
    """Return what was packed; raises ``zlib.error`` and ``msgspec.MsgspecError``."""
    return _DECODER.decode(zlib.decompress(data))
