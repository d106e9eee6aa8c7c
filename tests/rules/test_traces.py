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


def only_finding(directory: Path, text: str, settings: Settings | None = None) -> Finding:
    (finding,) = findings_of(directory, text, settings)
    return finding


def findings_of(directory: Path, text: str, settings: Settings | None = None) -> list[Finding]:
    path = directory / "module.py"
    path.write_text(f"{textwrap.dedent(text)}\nimport torch\n", "utf-8")
    return list(check([path], settings or Settings(), root=directory).findings)


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
    path.write_text(f"{textwrap.dedent(text)}\nimport torch\n", "utf-8")
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


PREVIEW = Settings(preview=True)
CHAIN = """
    class Meter:
        def collect(self, xs):
            got = []
            for x in xs:
                if x.ok:
                    got.append(x.v)
            return got

        def mean(self, values):
            return self.share(sum(values), len(values))

        def share(self, a, b):
            return a / b

        def run(self, xs):
            values = self.collect(xs)
            return self.mean(values)
"""


def steps_of(finding: Finding) -> list[tuple[int, str]]:
    return [(step.span.start.row, step.message) for step in finding.trace[:-1]]


def test_a_trace_begins_where_a_list_is_filled_and_has_the_calls_behind_it(tmp_path):
    assert steps_of(only_finding(tmp_path, CHAIN, PREVIEW)) == [
        (7, "`got` is filled only under a condition"),
        (18, "`self.mean(...)` is called"),
        (11, "`self.share(...)` is called"),
    ]


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("good = [x for x in xs if x.ok]", "no member may pass `x.ok`"),
        ("good = list(filter(None, xs))", "no member may pass the filter"),
        ("good = xs[xs > 0]", "`xs > 0` may select nothing"),
        ("good = range((xs == 0).sum().item())", "`xs == 0` may select nothing"),
    ],
)
def test_a_trace_begins_where_a_filter_a_mask_or_a_count_stands(tmp_path, made, told):
    text = f"""
        def f(xs):
            {made}
            number = len(good)
            return 1 / number
        """
    assert steps_of(only_finding(tmp_path, text, PREVIEW)) == [(3, told)]


def test_what_stands_in_the_sink_itself_is_no_step_on_the_way_to_it(tmp_path):
    text = "def f(xs):\n    return sum(xs) / len([x for x in xs if x.ok])\n"
    assert steps_of(only_finding(tmp_path, text, PREVIEW)) == []


@pytest.mark.parametrize("keys", [('["a"]', '["b"]'), ("[0]", "[1]")])
def test_lists_in_a_dictionary_are_called_as_the_source_does(tmp_path, keys):
    """They grow together, so their lengths are one number; each has its own name and its own place."""
    one, other = keys
    text = f"""
        def f(xs):
            kept = {{{one[1:-1]}: [], {other[1:-1]}: []}}
            for x in xs:
                if x.ok:
                    kept{one}.append(x.a)
                    kept{other}.append(x.b)
            first = 1 / len(kept{one})
            return first, 1 / len(kept{other})
        """
    for name, row, found in zip(keys, (6, 7), findings_of(tmp_path, text, PREVIEW), strict=True):
        assert steps_of(found) == [(row, f"`kept{name}` is filled only under a condition")]
        assert f"`kept{name}` is filled" in found.message
        assert found.witness.text == f"len(kept{name}) = 0"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("return 1 / len(list(filter(None, xs)))", "len(list(filter(None, xs))) = 0"),
        ("n = xs[0]\n    y = 1 / n\n    return y if n == 0 else 0", "n = 0"),
        (
            "n = ((xs == 0)).sum().item()\n    return 1 / n",
            "(xs == 0).sum()=0 → n = 0",
        ),
    ],
)
def test_a_witness_says_everything_once_and_nothing_without_a_name(tmp_path, body, text):
    finding = only_finding(tmp_path, f"def f(xs):\n    {body}\n", PREVIEW)
    assert finding.witness.text == text
    assert len(finding.witness.sizes) == len(dict(finding.witness.sizes))
