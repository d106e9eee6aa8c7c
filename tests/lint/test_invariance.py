"""What is found in a file does not depend on the order of files, nor on what is checked beside it.

Checked on a released package of some size; nothing of it is imported.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import pytest

from shapeguard.finding import Confidence, Consequence, Severity
from shapeguard.lint.api import Diagnosis, Join, Rule
from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check
from tests.rules.test_released_packages import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event

FILES = (
    "adapters/methods/prefix_tuning.py",
    "adapters/methods/adapter_layer_base.py",
    "adapters/methods/reft.py",
    "adapters/composition.py",
)


class EveryJoin(Rule):
    """Tells of every join what the analysis knows, from the farthest caller: any difference shows."""

    code = "TT101"
    name = "every-join"
    severity = Severity.INFO
    since = "0"
    listens_to = (Join,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Yield one diagnosis with the operands and the facts."""
        assert isinstance(event, Join)
        path = event.moment.path
        known = f"{event.operands!r} if {event.moment.facts!r}"
        yield Diagnosis(known, Confidence.HIGH, Consequence.NONE, path, rank=-len(path))


def found(home, names):
    outcome = check([home / name for name in names], Settings(), root=home, rules=[EveryJoin])
    assert outcome.problems == ()
    return outcome.findings


@pytest.fixture(scope="module")
def home():
    return unpacked("adapters", "1.3.0")


@pytest.fixture(scope="module")
def together(home):
    return found(home, FILES)


@pytest.mark.parametrize("order", [(3, 1, 0, 2), (2, 3, 1, 0)])
def test_the_order_of_files_changes_nothing(home, together, order):
    assert found(home, [FILES[i] for i in order]) == together


def test_a_file_alone_has_the_findings_that_it_has_among_others(home, together):
    alone = chain.from_iterable(found(home, [name]) for name in FILES)
    assert sorted(alone, key=lambda each: each.sort_key) == list(together)


def test_files_beside_each_other_are_really_analysed(together):
    assert len({each.span.filename for each in together}) >= 2
    assert any(len({step.span.filename for step in each.trace}) > 1 for each in together)
