"""What a command line chooses of a sweep: names and patterns, resolved or refused."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from shapeguard.errors import UsageError
from shapeguard.oracle.sweep.choosing import matching, matching_compositions
from shapeguard.oracle.sweep.compositions import COMPOSITIONS
from shapeguard.oracle.sweep.families import BOTH, FAMILIES, PADDINGS
from shapeguard.oracle.sweep.methods import METHODS
from shapeguard.oracle.sweep.plan import PLAIN, REFERENCE, Choice, jobs, own_job

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapeguard.cli.probe import ProbeOptions
    from shapeguard.oracle.sweep.plan import Job

_NEEDS_FUSION = "fusion"


def chosen_jobs(options: ProbeOptions) -> list[Job]:
    """Return the jobs of a command line.

    Raises UsageError for a pattern that nothing has, for filters that leave nothing, and for those
    that cannot be meant for a user's own model.
    """
    codes = (PLAIN, REFERENCE) if options.reference else (PLAIN,)
    compositions = matching_compositions(options.compositions)
    if options.factory is not None:
        _require_own(options)
        if not options.compositions:  # a fusion has to be added to the model first
            compositions = [
                name for name in compositions if COMPOSITIONS[name].group != _NEEDS_FUSION
            ]
        return [own_job(options.factory, compositions, codes)]
    choice = Choice(
        methods=matching(options.methods, METHODS, "method is"),
        families=matching(options.families, FAMILIES, "family is"),
        compositions=compositions,
        attentions=matching(options.attentions, BOTH, "attention is")
        if options.attentions
        else None,
        paddings=matching(options.paddings, PADDINGS, "padding is") if options.paddings else None,
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
