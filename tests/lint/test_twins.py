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
        (directory / name).write_text(f"{dedent(text)}\nimport torch\n")
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


LONG = """\
def guarded(scores):
    if len(scores) == 0:
        return None
    return scores.max(0)[0]
"""


@pytest.mark.parametrize("operation", ["max(0)", "max()", "min(dim=0)"])
def test_a_test_of_one_axis_guards_what_this_axis_would_make_empty(tmp_path, operation):
    text = f"{LONG}\n\ndef other(scores):\n    return scores.{operation}\n"
    assert [each[0] for each in suspected(tmp_path, {"a.py": text})] == ["other"]


def test_a_test_of_one_axis_is_no_guard_of_another(tmp_path):
    text = f"{LONG}\n\ndef other(scores):\n    return scores.max(1)\n"
    assert suspected(tmp_path, {"a.py": text}) == []


@pytest.mark.parametrize(
    ("test", "operand"),
    [
        ("len(scores.shape) == 2", "scores.view(-1, 4)"),
        ("scores.dim() > 1", "scores.view(2, 4)"),
        ("k == 3 and scores.all()", "scores.view(-1, 4)"),
        ("len(scores) != k", "scores.view(-1, 4)"),
        ("scores.mode == self.mode", "torch.zeros(2, 4)"),
    ],
)
def test_a_test_that_does_not_speak_of_the_extent_is_no_guard(tmp_path, test, operand):
    """An extent that is known is not 0, whatever is tested."""
    text = f"""
        def guarded(self, scores, k):
            if {test}:
                scores = {operand}
                return scores.max(1)[0]
            return None


        def other(scores):
            return scores.max(1)[0]
        """
    assert suspected(tmp_path, {"a.py": text}) == []


def test_what_stands_behind_a_guard_is_no_deviant_of_what_does_so_as_well(tmp_path):
    text = """
        def guarded(scores):
            ids = (scores > 0).nonzero()
            if len(ids) == 0:
                return None
            return ids.max(0), ids[:, 1:].max(0), ids.max(), ids[:, :0].max(0)
        """
    assert suspected(tmp_path, {"a.py": text}) == []


NORMS = """\
import torch


def guarded(gradients, kind):
    norms = [float(gradient.norm(kind)) for gradient in gradients]
    return torch.tensor(norms).CHAIN.sum() if len(norms) > 0 else torch.zeros(())


def other(gradients, kind):
    norms = [float(gradient.norm(kind)) for gradient in gradients]
    return OPERATION
"""


@pytest.mark.parametrize("chain", ["square()", "pow(kind)", "float().abs()", "to(kind)"])
def test_a_method_for_each_entry_leaves_an_operand_what_it_is(tmp_path, chain):
    text = NORMS.replace("CHAIN", chain).replace("OPERATION", "torch.tensor(norms).max()")
    ((function, reason, confidence),) = suspected(tmp_path, {"a.py": text})
    assert (function, confidence) == ("other", Confidence.LOW)
    assert reason == "`guarded` guards the same operation, here nothing does"


@pytest.mark.parametrize(
    "operation",
    [
        "kind.pow(norms).max()",
        "torch.tensor(norms).max() if len(norms) > 0 else None",
        "torch.stack(gradients).abs().max()",
    ],
)
def test_an_argument_of_a_method_is_not_its_operand(tmp_path, operation):
    text = NORMS.replace("CHAIN", "square()").replace("OPERATION", operation)
    assert suspected(tmp_path, {"a.py": text}) == []
