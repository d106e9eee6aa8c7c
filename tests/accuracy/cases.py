"""The cases: places in released packages that break, and places that only look as if they did."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
from accuracy.releases import Release

MANIFESTS = Path(__file__).parent / "manifests"
TOLERANCE = 2
"""A finding this many lines away from a bug is about it; one beside a near-miss is not."""


class Visibility(StrEnum):
    """Where the evidence of a bug stands."""

    FUNCTION = "function"
    PACKAGE = "package"
    OUTSIDE = "outside"


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One place in one release, checked by hand in the unpacked files.

    ``lines`` are the first and the last line of the operation; ``reason`` tells why the linter is
    wrong about the case, where it is and where that is known.
    """

    id: str
    package: str
    version: str
    file: str
    lines: tuple[int, int]
    function: str
    hazard: Annotated[str, msgspec.Meta(pattern=r"^H\d+$")]
    note: Annotated[str, msgspec.Meta(min_length=1, max_length=140)]
    reason: str = ""

    @property
    def release(self) -> Release:
        """The release that the case stands in."""
        return Release(self.package, self.version)

    def covers(self, rows: tuple[int, int]) -> bool:
        """Say whether a finding on these rows is about this case."""
        first, last = self.lines
        return rows[0] <= last and first <= rows[1]


class Bug(Case, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An operation that breaks, or lies, on an extent of 0 or 1 or on extents out of step."""

    visible: Visibility

    def covers(self, rows: tuple[int, int]) -> bool:
        """Say whether a finding on these rows is about this bug."""
        first, last = self.lines
        return rows[0] <= last + TOLERANCE and first - TOLERANCE <= rows[1]


class NearMiss(Case, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An operation that looks like ``hazard`` and is right."""


class _Bugs(msgspec.Struct, forbid_unknown_fields=True):
    bug: tuple[Bug, ...]


class _NearMisses(msgspec.Struct, forbid_unknown_fields=True):
    near_miss: tuple[NearMiss, ...]


def load() -> tuple[Case, ...]:
    """Return every case of the manifests."""
    bugs = tomllib.loads((MANIFESTS / "bugs.toml").read_text())
    near = tomllib.loads((MANIFESTS / "near_misses.toml").read_text())
    return (*msgspec.convert(bugs, _Bugs).bug, *msgspec.convert(near, _NearMisses).near_miss)
