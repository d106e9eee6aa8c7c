"""What a module does when it is imported or run is analysed like the body of a function."""

from __future__ import annotations

import textwrap

import pytest

from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check

SCRIPT = """\
import torch

prefix = torch.rand(4, 2)
state = torch.rand(4, 3)


def main(index: slice):
    return index


{statements}
"""
JOINED = """\
index = main(slice(2, 2))
for size in sizes:
    share = slice(start, start + size)
    part = prefix
    if share.start < prefix.size(0):
        part = prefix[share]
    print(torch.cat([part, state[share]], dim=1))
"""


def outcome(tmp_path, text, **settings):
    path = tmp_path / "script.py"
    path.write_text(f"{text}\nimport torch\n", "utf-8")
    return check([path], Settings(preview=True, **settings), root=tmp_path)


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        'if __name__ == "__main__":\n{}',
        "with torch.no_grad():\n{}",
        "try:\n{}\nfinally:\n    pass",
    ],
)
def test_a_hazard_of_a_script_is_found_where_it_stands(tmp_path, around):
    body = JOINED if around == "{}" else textwrap.indent(JOINED, "    ")
    text = SCRIPT.format(statements=around.format(body))
    (finding,) = outcome(tmp_path, text).findings
    row = next(n for n, line in enumerate(text.splitlines(), 1) if "torch.cat" in line)
    assert (finding.code, finding.function, finding.span.start.row) == ("SG101", "", row)
    assert all(step.span.start.row > 10 for step in finding.trace)


def test_a_guard_of_a_script_counts(tmp_path):
    statements = "kept = [r for r in rows if r.ok]\nmean = sum(kept) / len(kept){}"
    assert len(outcome(tmp_path, SCRIPT.format(statements=statements.format(""))).findings) == 1
    guarded = SCRIPT.format(statements=statements.format(" if kept else 0"))
    assert outcome(tmp_path, guarded).findings == ()


def test_what_a_script_hands_over_is_a_reason_in_the_function(tmp_path):
    text = """
        def share(total, n):
            return total / n

        rows = [row for row in open("rows") if row]
        print(share(1.0, len(rows)))
    """
    (finding,) = outcome(tmp_path, textwrap.dedent(text)).findings
    assert (finding.code, finding.function) == ("SG304", "share")
    assert [step.span.start.row for step in finding.trace] == [5, 6, 3]


def test_what_a_module_defines_is_not_executed_twice(tmp_path):
    text = "def f(xs):\n    kept = [x for x in xs if x]\n    return 1 / len(kept)\n\n\nprint(f([1]) / 2)\n"
    assert [each.function for each in outcome(tmp_path, text).findings] == ["f"]


@pytest.mark.parametrize(
    "text",
    [
        "import torch\n",
        '"""Nothing."""\n',
        "TABLE = {" + ", ".join(f"{n}: {n}" for n in range(40_000)) + "}\nx = TABLE[1]\n",
        "x = [" + "1, " * 200_000 + "]\ny = x[0] / len(x)\n",
        "x = " + " + ".join(["y[0]"] * 700) + "\n",
        "x = 1\n" * 20_000 + "y = x[0]\n",
    ],
    ids=["imports", "docstring", "table", "long list", "long sum", "many statements"],
)
def test_data_and_long_modules_end_soon_and_say_nothing(tmp_path, text):
    found = outcome(tmp_path, text)
    assert (found.findings, found.problems) == ((), ())
