"""Twins: an operation is suspected if a sibling of it is guarded against emptiness."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import TYPE_CHECKING

import pytest

from shapeguard.finding import Confidence, Consequence, Severity
from shapeguard.lint.api import Diagnosis, Reduce, Rule, confidence_of, too_few
from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Event

GUARDED = """\
import torch


def guarded(scores):
    if scores.numel() == 0:
        return None
    return scores.max(-1)[0]
"""


class Suspected(Rule):
    """Reports a reduction of what may have no element."""

    code = "TT301"
    name = "suspected"
    severity = Severity.INFO
    since = "0"
    listens_to = (Reduce,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Yield the reason."""
        assert isinstance(event, Reduce)
        found = too_few(event)
        if found is not None:
            yield Diagnosis(found.reason, confidence_of(found, event), Consequence.CRASH)


def suspected(directory, files):
    """Return function, message and confidence of what is suspected in a package of these files."""
    for name, text in files.items():
        (directory / name).write_text(dedent(text))
    paths = [directory / name for name in files]
    settings = Settings(min_confidence=Confidence.LOW)
    outcome = check(paths, settings, root=directory, rules=[Suspected])
    assert outcome.problems == ()
    return [(each.function, each.message, each.confidence) for each in outcome.findings]


def beside(body, parameters="scores, ids, k"):
    return f"{GUARDED}\n\ndef other({parameters}):\n{indent(dedent(body).strip(), '    ')}\n"


def test_a_function_of_the_module_is_a_twin(tmp_path):
    found = suspected(tmp_path, {"a.py": beside("return scores.max(-1)[0]")})
    reason = "`guarded` guards the same operation, here nothing does"
    assert found == [("other", reason, Confidence.LOW)]


def test_a_method_of_the_class_is_a_twin_that_stands_near(tmp_path):
    text = """
        class Base:
            def guarded(self, scores):
                return scores.max(-1) if scores.numel() else None


        class Head(Base):
            def other(self, scores):
                return scores.max(-1)
        """
    ((function, _, confidence),) = suspected(tmp_path, {"a.py": text})
    assert (function, confidence) == ("Head.other", Confidence.MEDIUM)


def test_a_function_of_the_same_name_in_another_file_is_a_twin(tmp_path):
    other = "def guarded(scores):\n    return scores.max(-1)\n"
    ((function, _, confidence),) = suspected(tmp_path, {"a.py": GUARDED, "b.py": other})
    assert (function, confidence) == ("guarded", Confidence.LOW)


@pytest.mark.parametrize(
    "body",
    [
        "return ids.max(-1)",
        "return torch.zeros(3).max(-1)",
    ],
)
def test_another_operation_or_operand_has_no_twin(tmp_path, body):
    assert suspected(tmp_path, {"a.py": beside(body)}) == []


@pytest.mark.parametrize(
    "body",
    [
        "return scores.max(-1) if scores.numel() else None",
        """
        if len(scores.shape) == 3:
            scores = scores[:, 0]
        return scores.max(-1) if scores.numel() else None
        """,
        """
        scores = scores[:, 0] if k else 3
        scores = scores == ids[:, None]
        return scores.max(-1) if scores.numel() else None
        """,
        "return scores.sum(dim=1).max(-1) if scores.numel() else None",
        """
        if scores.numel() == 0:
            return None
        return scores.view(scores.shape[0], -1).max(-1)
        """,
    ],
)
def test_what_is_guarded_itself_is_not_suspected(tmp_path, body):
    """A test of the number of elements holds for every axis, however many there are."""
    assert suspected(tmp_path, {"a.py": beside(body)}) == []
