"""Which entries of a baseline are stale: their finding is gone, or no rule has their code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shapeguard.lint.configuring import known_codes
from shapeguard.lint.housekeeping import UnusedSuppression
from shapeguard.lint.packs import pack_problems

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from shapeguard.lint.baseline import Baseline, Entry


def stale_entries(
    baseline: Baseline,
    sought: Mapping[str, Collection[str]],
    present: Collection[Entry],
    below: Collection[Path],
) -> tuple[tuple[Entry, ...], dict[Entry, str]]:
    """Return the entries that are stale, and the codes that no rule has, by entry.

    ``sought`` tells, by the path of a file, which codes were looked for in it, ``present`` what was
    found again, and ``below`` which paths, resolved, the check was asked for.
    """
    codes = _installed_codes()
    strange = _unknown(baseline, codes, sought, below)
    unknown = {entry: code for entry, code in strange if entry not in present}
    stale = {entry for entry, code in unknown.items() if _is_complete(code, codes)}
    stale.update(_gone(baseline, sought, present, below))
    return tuple(sorted(stale)), unknown


def _installed_codes() -> frozenset[str]:
    """Return the codes of all rules; none where a pack is broken, which may have had any."""
    return frozenset() if pack_problems() else frozenset(known_codes())


def _gone(
    baseline: Baseline,
    sought: Mapping[str, Collection[str]],
    present: Collection[Entry],
    below: Collection[Path],
) -> Iterator[Entry]:
    """Yield the entries whose findings are gone."""
    for entry in (*baseline.accepted, *baseline.current):
        codes = sought.get(entry.path)
        if codes is None:
            gone = baseline.lacks_file(entry, below)
        else:
            gone = entry not in present and _about(entry).issubset(codes)
        if gone:
            yield entry


def _unknown(
    baseline: Baseline,
    codes: Collection[str],
    sought: Collection[str],
    below: Collection[Path],
) -> Iterator[tuple[Entry, str]]:
    """Yield the entries of files that were asked for with a code that no rule has, and that code."""
    for entry in sorted((*baseline.accepted, *baseline.current)) if codes else ():
        strange = sorted(_about(entry).difference(codes))
        if strange and (entry.path in sought or baseline.is_below(entry, below)):
            yield entry, strange[0]


def _is_complete(code: str, codes: Iterable[str]) -> bool:
    """Say whether all rules are known that there can be with the letters of a code, such as SG."""
    return _letters(code) in set(map(_letters, codes))


def _letters(code: str) -> str:
    return re.split("[0-9]", code.upper(), maxsplit=1)[0]


def _about(entry: Entry) -> set[str]:
    """Return the codes of the rules that must be asked to find an entry again.

    Whether a suppression is used is only known where the rule that it names was asked.
    """
    return {entry.rule, entry.text} if entry.rule == UnusedSuppression.code else {entry.rule}
