"""What somebody who read the code says about findings in whole packages."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Annotated

import msgspec
from accuracy.cases import MANIFESTS
from accuracy.releases import Release

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from accuracy.measure import Found

Place = tuple[Release, str, int, str]
"""Release, file, line and code of a finding: a release never changes, so neither does its place."""


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a finding is right: a reader of the code would mend it or guard it; and why."""

    package: str
    version: str
    file: str
    line: int
    code: Annotated[str, msgspec.Meta(pattern=r"^SG\d{3}$")]
    right: bool
    why: Annotated[str, msgspec.Meta(min_length=10, max_length=240)]

    @property
    def place(self) -> Place:
        """What the verdict is about."""
        return Release(self.package, self.version), self.file, self.line, self.code


class _Verdicts(msgspec.Struct, forbid_unknown_fields=True):
    verdict: tuple[Verdict, ...] = ()


def load() -> dict[Place, Verdict]:
    """Return all verdicts by place. Raises ValueError for two about one place."""
    raw = tomllib.loads((MANIFESTS / "verdicts.toml").read_text())
    verdicts = msgspec.convert(raw, _Verdicts).verdict
    places = {each.place: each for each in verdicts}
    if len(places) < len(verdicts):
        twice = sorted({str(each.place) for each in verdicts if places[each.place] is not each})
        message = f"more than one verdict on {', '.join(twice)}"
        raise ValueError(message)
    return places


def judged(
    release: Release, file: str, found: Iterable[Found], verdicts: Mapping[Place, Verdict]
) -> list[Verdict]:
    """Return the verdicts on these findings of one file."""
    places = ((release, file, each.rows[0], each.code) for each in found)
    return [verdicts[place] for place in places if place in verdicts]
