"""What a command line chooses of a sweep: names and patterns, resolved or refused."""

from __future__ import annotations

import difflib
from collections import Counter
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from shapeguard.errors import UsageError
from shapeguard.oracle.sweep.compositions import COMPOSITIONS
from shapeguard.oracle.sweep.families import BOTH, FAMILIES, PADDINGS
from shapeguard.oracle.sweep.methods import METHODS
from shapeguard.oracle.sweep.plan import PLAIN, REFERENCE, Choice, jobs, own_job

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapeguard.cli.probe import ProbeOptions
    from shapeguard.oracle.sweep.plan import Job

_NEEDS_FUSION = "fusion"


def chosen_jobs(options: ProbeOptions) -> list[Job]:
    """Return the jobs of a command line.

    Raises UsageError for a pattern that nothing has, for filters that leave nothing, and for those
    that cannot be meant for a user's own model.
    """
    codes = (PLAIN, REFERENCE) if options.reference else (PLAIN,)
    compositions = _compositions(options.compositions)
    if options.factory is not None:
        _require_own(options)
        if not options.compositions:  # a fusion has to be added to the model first
            compositions = [
                name for name in compositions if COMPOSITIONS[name].group != _NEEDS_FUSION
            ]
        return [own_job(options.factory, compositions, codes)]
    choice = Choice(
        methods=_matching(options.methods, METHODS, "method"),
        families=_matching(options.families, FAMILIES, "family"),
        compositions=compositions,
        attentions=_matching(options.attentions, BOTH, "attention") if options.attentions else None,
        paddings=_matching(options.paddings, PADDINGS, "padding") if options.paddings else None,
        codes=codes,
    )
    found = jobs(choice)
    if not found:
        message = "no case fits all filters: some families have no padding, or one attention only"
        raise UsageError(message)
    return found


def listing(chosen: Sequence[Job]) -> str:
    """Write what would be swept: names with their numbers of cases, for people and filters."""
    counts: dict[str, Counter[str]] = {}
    for job in chosen:
        for cell in job.cells:
            for name in cell.compositions:
                for kind, value in (
                    ("method", job.method),
                    ("family", job.family),
                    ("attention, padding", f"{cell.attention}, {cell.padding}"),
                    ("group", COMPOSITIONS[name].group),
                    ("composition", name),
                ):
                    counts.setdefault(kind, Counter())[value] += 1
    lines: list[str] = []
    for kind, values in counts.items():
        lines += [kind, *(f"  {value:<24} {number:>6,}" for value, number in values.items()), ""]
    return "\n".join([*lines, f"{sum(job.size for job in chosen):,} cases", ""])


def _compositions(patterns: Sequence[str]) -> list[str]:
    groups = dict.fromkeys(each.group for each in COMPOSITIONS.values())
    known = [*groups, *COMPOSITIONS]
    wanted = set(_matching(patterns, known, "composition"))
    return [name for name, each in COMPOSITIONS.items() if name in wanted or each.group in wanted]


def _matching(patterns: Sequence[str], names: Iterable[str], what: str) -> list[str]:
    """Return the names that a pattern matches, in their own order; all, without patterns."""
    known = list(names)
    if not patterns:
        return known
    for pattern in patterns:
        if not any(_matches(name, pattern) for name in known):
            near = difflib.get_close_matches(pattern, known, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            message = f"no {what} is {pattern!r}; {hint}'shapeguard probe --list' shows all"
            raise UsageError(message)
    return [name for name in known if any(_matches(name, pattern) for pattern in patterns)]


def _matches(name: str, pattern: str) -> bool:
    return name == pattern or fnmatchcase(name, pattern)


def _require_own(options: ProbeOptions) -> None:
    given = {
        "--method": options.methods,
        "--family": options.families,
        "--attention": options.attentions,
        "--padding": options.paddings,
    }
    for option, patterns in given.items():
        if patterns:
            message = f"{option} chooses a built-in model and cannot go with --model"
            raise UsageError(message)
    module, colon, function = str(options.factory).partition(":")
    if not (module and colon and function):
        message = f"--model {options.factory!r} is not of the form MODULE:FUNCTION"
        raise UsageError(message)
