"""Which rules speak about a failure: the oracle's own, those of contracts, and those of lint."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from shapeguard.contracts import hazards
from shapeguard.oracle.verdict import Relation, Verdict
from shapeguard.runtime import debug, violations

if TYPE_CHECKING:
    from shapeguard.contracts.hazards import Hazard
    from shapeguard.finding import Finding
    from shapeguard.oracle.execution import Runner
    from shapeguard.oracle.verdict import Case, RowReport

_OF_RELATION = {
    Relation.IDENTITY: hazards.BROKEN_IDENTITY,
    Relation.LOSS: hazards.WRONG_LOSS,
    Relation.GRADIENT: hazards.WRONG_GRADIENT,
}


def hazard_of(verdict: Verdict, relation: Relation | None, *, lost: bool) -> Hazard:
    """Return the oracle's name for a failure; ``lost`` says that rows are absent or have another shape."""
    if verdict is Verdict.ACCEPTED:
        return hazards.BAD_INPUT_ACCEPTED
    if verdict is not Verdict.WRONG:
        return hazards.COMPOSED_RUN_FAILS
    if lost and relation is not Relation.IDENTITY:
        return hazards.ROWS_LOST
    return _OF_RELATION.get(relation or Relation.ALONE, hazards.ROWS_DIFFER)


def codes_of(runner: Runner, case: Case, report: RowReport) -> tuple[str, ...]:
    """Return the oracle's code, then those of the contracts that a case breaks, then lint's.

    The case is run once more with the contracts of adapters at level ``strict``, collecting.
    """
    lost = any(each.difference == float("inf") for each in report.differences)
    own = hazard_of(report.verdict, report.relation, lost=lost)
    known = {each.code: each for each in hazards.HAZARDS}
    broken = [known[finding.code] for finding in _broken(runner, case) if finding.code in known]
    contracts = dict.fromkeys(each.code for each in broken)
    lint = dict.fromkeys(code for each in (own, *broken) for code in each.lint)
    return (own.code, *contracts, *lint)


def _broken(runner: Runner, case: Case) -> list[Finding]:
    before = {each.fingerprint for each in violations()}
    with debug(mode="collect", level="strict"):
        with contextlib.suppress(Exception), runner.torch.no_grad():
            runner.together(case)
        return [each for each in violations() if each.fingerprint not in before]
