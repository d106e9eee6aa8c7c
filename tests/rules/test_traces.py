"""What a trace and a witness say must be true of the code that they speak about."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check

if TYPE_CHECKING:
    from pathlib import Path

    from shapeguard.finding import Finding

JOIN = """
    import torch

    def f(a: torch.Tensor, b: torch.Tensor, index: slice):
        b = b[index]
        if {test}:
            {yes}
        else:
            {no}
        return torch.cat([a, b], dim=1)
"""
NESTED = """
    import torch
    from typing import NamedTuple, Optional

    class State(NamedTuple):
        keys: torch.Tensor
        index: Optional[slice] = None

    class Layer:
        def cut(self, state: State, part: slice) -> State:
            index = part
            if state.index is not None:
                index = slice(state.index.start + part.start, state.index.start + part.stop)
            return State(keys=state.keys[part], index=index)

        def single(self, state: State):
            prefix = self.prefix
            if state.index is not None and (
                state.index.start < prefix.size(0)
                or state.index.start == state.index.stop == prefix.size(0)
            ):
                prefix = prefix[state.index]
            return torch.cat([prefix, state.keys], dim=1)

        def split(self, state: State, sizes: list[int]):
            return [
                self.single(self.cut(state, slice(sum(sizes[:i]), sum(sizes[: i + 1]))))
                for i in range(len(sizes))
            ]
"""


def only_finding(directory: Path, text: str) -> Finding:
    path = directory / "module.py"
    path.write_text(textwrap.dedent(text), "utf-8")
    (finding,) = check([path], Settings(), root=directory).findings
    return finding


@pytest.mark.parametrize(
    ("test", "yes", "no", "side"),
    [
        ("index.start < a.size(0)", "a = a[index]", "pass", "fails"),
        ("index.start >= a.size(0)", "pass", "a = a[index]", "holds"),
    ],
)
def test_a_trace_says_on_which_side_the_cut_does_not_happen(tmp_path, test, yes, no, side):
    finding = only_finding(tmp_path, JOIN.format(test=test, yes=yes, no=no))
    said = [step.message for step in finding.trace if test in step.message]
    assert said == [f"tests `{test}`: where it {side}, the cut does not happen"]


def test_a_bound_of_the_witness_is_on_the_way_of_the_trace(tmp_path):
    finding = only_finding(tmp_path, NESTED)
    assert "state.index.start" in dict(finding.witness.sizes)
    assert any("state.index.start + part.start" in step.message for step in finding.trace)


def test_a_presence_test_is_no_evidence_whatever_stands_between(tmp_path):
    text = NESTED.replace(
        """ and (
                state.index.start < prefix.size(0)
                or state.index.start == state.index.stop == prefix.size(0)
            )""",
        "",
    )
    path = tmp_path / "module.py"
    path.write_text(textwrap.dedent(text), "utf-8")
    assert check([path], Settings(), root=tmp_path).findings == ()


def test_names_in_a_witness_are_told_apart(tmp_path):
    text = """
        import torch

        def f(a: torch.Tensor, b: torch.Tensor, sizes):
            start = 0
            outputs = []
            for n in sizes:
                part = b[start : start + n]
                head = a
                if start < a.size(0):
                    head = a[start : start + n]
                outputs.append(torch.cat([head, part], dim=1))
                start += n
            return outputs
        """
    names = [name for name, _ in only_finding(tmp_path, text).witness.sizes]
    assert "start" in names
    assert len(names) == len(set(names))
