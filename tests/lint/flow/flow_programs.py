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
    "{} * 2",
    "{} // 2",
    "{} % 3",
    "max({}, {})",
    "min({}, {})",
    "sum(sizes)",
    "({} if {} < 2 else 3)",
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
STEPS = (
    "a = {}",
    "b = {}",
    "n = {}",
    "a += {}",
    "a, b = b, {}",
    "xs = [x + a for x in xs]",
    "xs = [x for x in xs if x < b]",
    "xs = xs + [{}]",
    "xs = xs[1:]",
    OBSERVE,
)
SIMPLE = (*STEPS, "xs = [{}, {}]")
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
    """Writes random statements; ``loops`` says how deep loops may nest."""

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

    def block(self, depth: int, *, looped: bool) -> str:
        count = self.draw(st.integers(1, 2))
        body = [self.statement(depth, looped=looped) for _ in range(count)]
        return textwrap.indent("\n".join(body), "    ")

    def statement(self, depth: int, *, looped: bool = False) -> str:
        kinds = ["simple", "simple"]
        if depth:
            kinds += ["exit", "try"]
            kinds += [] if looped else ["if", "if else", *(["loop", "loop else"] * self.loops)]
        kind = self.one_of(*kinds)
        if kind == "simple":
            return self.filled(self.one_of(*(STEPS if looped else SIMPLE)), self.integer)
        if kind == "exit":
            how = self.one_of("return", *(("break", "continue") if looped else ()))
            return f"if {self.condition()}:\n    {how}"
        if kind.startswith("loop"):
            return self.with_else(self.one_of(*LOOPS), depth, kind, looped=True)
        if kind == "try":
            body = self.block(0, looped=looped)
            return f"try:\n{body}\nfinally:\n{self.block(0, looped=False)}"
        return self.with_else(f"if {self.condition()}:", depth, kind, looped=looped)

    def with_else(self, head: str, depth: int, kind: str, *, looped: bool) -> str:
        text = f"{head}\n{self.block(depth - 1, looped=looped)}"
        if kind.endswith("else"):
            text += f"\nelse:\n{self.block(depth - 1, looped=looped and kind != 'loop else')}"
        return text


@st.composite
def programs(draw, loops: int = 1) -> str:
    """Draw a function ``f(n, sizes, flag)`` that ends in an observation of all its variables."""
    writer = _Writer(draw, loops)
    count = draw(st.integers(1, 3))
    body = "\n".join(writer.statement(2) for _ in range(count))
    return f"{HEAD}{textwrap.indent(body, '    ')}\n    {OBSERVE}\n"


arguments = st.fixed_dictionaries(
    {
        "n": st.integers(0, 4),
        "sizes": st.lists(st.integers(0, 3), max_size=3),
        "flag": st.booleans(),
    }
)
