"""The tables of the page: figures by hazard, and cases on which the linter is wrong."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from accuracy.cases import Bug, NearMiss, Visibility
from accuracy.hazards import HAZARDS, codes_of
from accuracy.scoring import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from accuracy.scoring import Scored


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    yield _row(head)
    yield _row(["---"] * len(head))
    yield from map(_row, rows)
    yield ""


def _row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(str(cell).replace('|', '¦') for cell in cells)} |"


def of_hazard(case_hazard: str) -> str:
    """Return the number of a hazard with what it is."""
    return f"{case_hazard} {HAZARDS[case_hazard].text}"


def bugs(scored: Sequence[Scored]) -> Iterator[str]:
    """Yield found and total by hazard and visibility, and what low confidence adds."""
    by_hazard: dict[str, list[Scored]] = defaultdict(list)
    for each in scored:
        if isinstance(each.case, Bug):
            by_hazard[each.case.hazard].append(each)
    rows = [(of_hazard(hazard), _links(hazard), *_cells(by_hazard[hazard])) for hazard in HAZARDS]
    everything = [each for found in by_hazard.values() for each in found]
    rows.append(("**all**", "", *_cells(everything)))
    return table(("hazard", "rules", "in the function", "in the package", "outside"), rows)


def _links(hazard: str) -> str:
    return ", ".join(f"[{code}](rules/{code}.md)" for code in HAZARDS[hazard].codes)


def _cells(scored: Sequence[Scored]) -> Iterator[str]:
    for visible in Visibility:
        of_kind = [
            each for each in scored if isinstance(each.case, Bug) and each.case.visible is visible
        ]
        yield counted(of_kind)


def counted(scored: Sequence[Scored]) -> str:
    """Return how many of these are found, what low confidence adds, and how many there are."""
    known = [each for each in scored if each.answer is not Answer.UNKNOWN]
    if not scored:
        return ""
    sure = sum(each.answer is Answer.SURE for each in known)
    unsure = sum(each.answer is Answer.UNSURE for each in known)
    more = f" +{unsure} low" if unsure else ""
    lost = f", {len(scored) - len(known)} not measured" if len(known) < len(scored) else ""
    return f"{sure}{more} of {len(known)}{lost}"


def near_misses(scored: Sequence[Scored]) -> Iterator[str]:
    """Yield how many near-misses of each hazard are disturbed."""
    near = [each for each in scored if isinstance(each.case, NearMiss)]
    kinds = [
        (of_hazard(hazard), [s for s in near if s.case.hazard == hazard]) for hazard in HAZARDS
    ]
    kinds.append(("**all**", near))
    rows = [(name, *_disturbed(of_kind)) for name, of_kind in kinds if of_kind]
    return table(("looks like", "disturbed", "as another class"), rows)


def _disturbed(scored: Sequence[Scored]) -> tuple[str, int]:
    return counted(scored), sum(each.answer is Answer.OTHER for each in scored)


def wrong(scored: Iterable[Scored]) -> Iterator[str]:
    """Yield the missed bugs, or the disturbed near-misses, with the reason for each."""
    rows = [
        (each.case.hazard, _place(each), each.case.note, _verdict(each), each.case.reason)
        for each in sorted(scored, key=lambda each: (int(each.case.hazard[1:]), each.case.id))
    ]
    return table(("", "place", "what it is", "the linter", "reason"), rows)


def _place(scored: Scored) -> str:
    case = scored.case
    return f"{case.release} `{case.file}:{case.lines[0]}`"


def _verdict(scored: Scored) -> str:
    classes = sorted({each.code for each in scored.found} - codes_of(scored.case.hazard))
    others = f" ({', '.join(classes)})" if classes else ""
    return f"{scored.note or scored.answer}{others}"
