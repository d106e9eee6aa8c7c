"""Random programs over integers and lists, to compare the analysis with Python itself."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = "def f(n: int, sizes: list[int], flag):\n    a, b, t, xs = 0, 1, 0, []\n"
OBSERVE = "observe([a, b, n, len(xs), list(xs)])"
INTEGERS = ("{} + {}", "{} * 2", "{} // 2", "{} % 3", "max({}, {})", "min({}, {})", "sum(sizes)")
CONDITIONS = (
    "{} < {}",
    "{} <= {}",
    "{} == {}",
    "{} != {}",
    "not {} > {}",
    "1 <= {} <= 2",
    "{} < {} and {} == 1",
    "{} == 0 or {} > {}",
    "xs",
    "n",
    "flag",
)
SIMPLE = (
    "a = {}",
    "b = {}",
    "n = {}",
    "a += {}",
    "a, b = b, {}",
    "xs = [x for x in xs if x < b]",
    "xs = xs + [{}]",
    "xs = xs[1:]",
    OBSERVE,
)
IN_BRANCHES = (
    *SIMPLE,
    "a = ({} if b < 2 else 3)",
    "xs = [{}, {}]",
    "xs = [x + a for x in xs]",
)
LOOPS = (
    "for t in sizes:",
    "for t in xs[:3]:",
    "for t in range(min(n, 3)):",
    "for t in (a, b):",
    "for t, b in enumerate(sizes):",
    "for t, b in zip(sizes, sizes):",
)


@dataclass
class _Writer:
    """Writes random statements."""

    draw: Callable[[st.SearchStrategy[str]], str]

    def one_of(self, *templates: str) -> str:
        return self.draw(st.sampled_from(templates))

    def filled(self, template: str, fill: Callable[[], str]) -> str:
        return template.format(*(fill() for _ in range(template.count("{}"))))

    def operand(self) -> str:
        return self.one_of("a", "b", "n", "t", "0", "1", "2", "len(xs)")

    def integer(self) -> str:
        return self.filled(self.one_of("{}", *INTEGERS), self.operand)

    def simple(self, *templates: str) -> str:
        return self.filled(self.one_of(*templates), self.integer)

    def condition(self) -> str:
        return self.filled(self.one_of(*CONDITIONS), self.operand)

    def exit(self, *ways: str) -> str:
        return f"if {self.condition()}:\n    {self.one_of(*ways)}"

    def block(self, statement: Callable[[], str]) -> str:
        count = self.draw(st.integers(1, 2))
        return textwrap.indent("\n".join(statement() for _ in range(count)), "    ")

    def branching(self, depth: int) -> str:
        kind = self.one_of("simple", *(("if", "else", "exit", "try") if depth else ()))
        if kind == "simple":
            return self.simple(*IN_BRANCHES)
        if kind == "exit":
            return self.exit("return")
        body = self.block(lambda: self.branching(0 if kind == "try" else depth - 1))
        other = self.block(lambda: self.branching(depth - 1))
        if kind == "try":
            return f"try:\n{body}\nfinally:\n{other}"
        tail = f"\nelse:\n{other}" if kind == "else" else ""
        return f"if {self.condition()}:\n{body}{tail}"

    def in_loop(self) -> str:
        if self.one_of("simple", "exit") == "simple":
            return self.simple(*SIMPLE)
        return self.exit("return", "break")

    def loop(self) -> str:
        text = f"{self.one_of(*LOOPS)}\n{self.block(self.in_loop)}"
        if self.one_of("plain", "else") == "else":
            text += f"\nelse:\n{self.block(lambda: self.simple(*SIMPLE))}"
        return text


def _whole(*statements: str) -> str:
    body = "\n".join((*statements, OBSERVE))
    return f"{HEAD}{textwrap.indent(body, '    ')}\n"


@st.composite
def branching_programs(draw) -> str:
    """Draw a function ``f(n, sizes, flag)`` that branches, observed at its end."""
    writer = _Writer(draw)
    return _whole(*(writer.branching(2) for _ in range(draw(st.integers(1, 3)))))


@st.composite
def looping_programs(draw) -> str:
    """Draw a function ``f(n, sizes, flag)`` with a loop, observed at its end."""
    writer = _Writer(draw)
    return _whole(writer.simple(*SIMPLE), writer.loop(), writer.simple(*SIMPLE))


arguments = st.fixed_dictionaries(
    {
        "n": st.integers(0, 4),
        "sizes": st.lists(st.integers(0, 3), max_size=3),
        "flag": st.booleans(),
    }
)
