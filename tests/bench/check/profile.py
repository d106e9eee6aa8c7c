"""Cost per 1,000 lines by phase, and the functions that take the most, as a table and as a chart."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import msgspec

from bench.check.phases import INTERVAL, PHASES
from bench.check.processes import FailedError, Subject, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.check.trees import Tree

CHART = "benchmarks-profile.svg"
TOP = 20
_SCRIPT = str(Path(__file__).with_name("phases.py"))
_WIDTH, _LABEL, _BAR, _ROW, _HEAD = 860, 470, 300, 22, 56


class Profile(msgspec.Struct, frozen=True):
    """CPU seconds of one check, by phase and by the function that was executing."""

    phases: dict[str, float]
    functions: dict[str, float]
    total: float

    @property
    def top(self) -> list[tuple[str, float]]:
        """The functions that take the most, the first most."""
        ordered = sorted(self.functions.items(), key=lambda each: (-each[1], each[0]))
        return ordered[:TOP]


def profiled(tree: Tree, temporary: Path) -> Profile:
    """Check a tree under the sampler. Raises FailedError if that check does not come to its end."""
    target = temporary / "profile.json"
    command = (sys.executable, _SCRIPT, str(target), *tree.paths)
    run(Subject(command, tree.directory))
    found = msgspec.json.decode(target.read_bytes(), type=Profile)
    if not found.functions:
        message = "the check ended before the first sample"
        raise FailedError(message)
    return found


def lines(profile: Profile, tree: Tree) -> Iterator[str]:
    """Write the section of the page."""
    yield from ["", "## A check: phases", ""]
    yield (
        f"CPU time of a cold check of {tree.name} ({tree.lines:,} lines) in one process, sampled every "
        f"{1e3 * INTERVAL:.0f} ms: {profile.total:.1f} s. Each phase is without the phases that it calls: a "
        "function is parsed when it is first executed, and rules are asked at its end."
    )
    yield ""
    yield from table(profile, tree)
    yield ""
    yield f"![The functions that take the most time of their own]({CHART})"


def table(profile: Profile, tree: Tree) -> Iterator[str]:
    """Write milliseconds per 1,000 lines by phase."""
    per = 1e6 / tree.lines
    whole = sum(profile.phases.values())
    yield "| phase | CPU per 1,000 lines | share |"
    yield "|---|---:|---:|"
    for key, name in PHASES.items():
        spent = profile.phases.get(key, 0.0)
        yield f"| {name} | {per * spent:.1f} ms | {100 * spent / whole:.1f} % |"
    yield f"| all | {per * whole:.1f} ms | 100 % |"


def chart(profile: Profile, tree: Tree) -> str:
    """Draw the functions that take the most time of their own, as bars."""
    whole = sum(profile.functions.values())
    top = profile.top
    height = _HEAD + _ROW * len(top) + 16
    title = f"Own CPU time of functions in a cold check of {tree.name}, in percent"
    shares = [(name, 100 * spent / whole) for name, spent in top]
    most = max(share for _, share in shares)
    rows = (_row(at, name, share, most) for at, (name, share) in enumerate(shares))
    described = ", ".join(f"{name} {share:.1f} %" for name, share in shares)
    return "\n".join(
        (
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
                'aria-labelledby="t d" font-family="ui-sans-serif, system-ui, sans-serif" font-size="12">'
            ),
            f'  <title id="t">{escape(title)}</title>',
            f'  <desc id="d">{escape(described)}</desc>',
            *_STYLE,
            f'  <text class="ink" x="20" y="28" font-size="15" font-weight="600">{escape(title)}</text>',
            *(line for row in rows for line in row),
            "</svg>\n",
        )
    )


_STYLE = (
    "  <style>",
    "    .ink { fill: #1f2328; } .soft { fill: #57606a; } .bar { fill: #0969da; }",
    "    @media (prefers-color-scheme: dark) {",
    "      .ink { fill: #e6edf3; } .soft { fill: #9198a1; } .bar { fill: #58a6ff; }",
    "    }",
    "  </style>",
)


def _row(at: int, name: str, share: float, most: float) -> Iterator[str]:
    y = _HEAD + _ROW * at
    width = max(1.0, _BAR * share / most)
    yield f'  <text class="ink" x="{_LABEL}" y="{y + 12}" text-anchor="end">{escape(_fit(name))}</text>'
    yield f'  <rect class="bar" x="{_LABEL + 10}" y="{y}" width="{width:.1f}" height="15" rx="2"/>'
    x = _LABEL + 16 + width
    yield f'  <text class="soft" x="{x:.1f}" y="{y + 12}">{share:.1f} %</text>'


def _fit(name: str, most: int = 66) -> str:
    return name if len(name) <= most else f"...{name[3 - most :]}"


def by_phase(profile: Profile) -> Mapping[str, float]:
    """Return the seconds by the names of phases."""
    return {name: profile.phases.get(key, 0.0) for key, name in PHASES.items()}
