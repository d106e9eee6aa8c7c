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
INTEGERS = (
    "{} + {}",
    "{} - {}",
    "{} * 2",
    "{} // 2",
    "{} % 3",
    "max({}, {})",
    "min({}, {})",
    "sum(sizes)",
)
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
    "a -= {}",
    "a, b = b, {}",
    "a = ({} if b < 2 else 3)",
    "xs.append({})",
    "xs.append({})",
    "xs = [{}, {}]",
    "xs = [x + a for x in xs]",
    "xs = [x for x in xs if x < b]",
    "xs = xs + [{}]",
    "xs += [{}]",
    "xs = xs[1:]",
    "del xs[1:]",
    OBSERVE,
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
    """Writes random statements; ``loops`` is how deep loops may nest."""

    draw: Callable[[st.SearchStrategy[str]], str]
    loops: int

    def one_of(self, *templates: str) -> str:
        return self.draw(st.sampled_from(templates))

    def filled(self, template: str, fill: Callable[[], str]) -> str:
        return template.format(*(fill() for _ in range(template.count("{}"))))

    def operand(self) -> str:
        return self.one_of("a", "b", "n", "t", "0", "1", "2", "len(xs)")

    def integer(self) -> str:
        return self.filled(self.one_of("{}", *INTEGERS), self.operand)

    def condition(self) -> str:
        return self.filled(self.one_of(*CONDITIONS), self.operand)

    def block(self, depth: int, loop: int) -> str:
        count = self.draw(st.integers(1, 2))
        body = (self.statement(depth, loop) for _ in range(count))
        return textwrap.indent("\n".join(body), "    ")

    def statement(self, depth: int, loop: int) -> str:
        """Write a statement; ``loop`` is how many loops stand around it."""
        kinds = ["simple", "simple"]
        if depth:
            kinds += ["if", "if else", "exit", "try"]
            kinds += ["loop", "loop else"] if loop < self.loops else []
        kind = self.one_of(*kinds)
        if kind == "simple":
            return self.filled(self.one_of(*SIMPLE), self.integer)
        if kind == "exit":
            ways = ("return", "break", "continue") if loop else ("return",)
            return f"if {self.condition()}:\n    {self.one_of(*ways)}"
        if kind == "try":
            body, last = self.block(depth - 1, loop), self.block(0, 0)
            return f"try:\n{body}\nfinally:\n{last}"
        looped = kind.startswith("loop")
        head = self.one_of(*LOOPS) if looped else f"if {self.condition()}:"
        text = f"{head}\n{self.block(depth - 1, loop + looped)}"
        return f"{text}\nelse:\n{self.block(depth - 1, loop)}" if kind.endswith("else") else text


@st.composite
def programs(draw, loops: int) -> str:
    """Draw a function ``f(n, sizes, flag)`` that is observed at its end."""
    writer = _Writer(draw, loops)
    body = "\n".join(writer.statement(2, 0) for _ in range(draw(st.integers(1, 3))))
    return f"{HEAD}{textwrap.indent(body, '    ')}\n    {OBSERVE}\n"


arguments = st.fixed_dictionaries(
    {
        "n": st.integers(0, 4),
        "sizes": st.lists(st.integers(0, 3), max_size=3),
        "flag": st.booleans(),
    }
)
