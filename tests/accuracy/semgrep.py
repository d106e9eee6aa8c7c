"""The lines to beat: three rules of semgrep, run in an environment of its own over the same files."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from accuracy.cases import Bug, NearMiss
from accuracy.releases import installed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from accuracy.cases import Case

RULES = Path(__file__).with_name("lines_to_beat.yaml")
REQUIREMENT = "semgrep==1.185.0"
MEANING = {
    "narrowed-under-a-condition": "an operand of `torch.cat` that was narrowed under an `if` before",
    "narrowed-before-the-join": "a subscript that reaches an argument of `torch.cat`",
    "joined": "every `torch.cat`",
}
_TIME_LIMIT = 600


@dataclass(frozen=True)
class Match:
    """One match of one rule."""

    rule: str
    path: Path
    rows: tuple[int, int]


@dataclass(frozen=True)
class Line:
    """How a rule does on the cases."""

    rule: str
    bugs: int
    near_misses: int
    matches: int


def matches(paths: Iterable[Path], cache: Path) -> list[Match]:
    """Run the rules over these files."""
    home = installed("semgrep", (REQUIREMENT,), cache)
    options = ["--json", "--quiet", "--metrics=off", "--disable-version-check", "--no-git-ignore"]
    command: list[str | Path] = [
        home / "bin" / "semgrep",
        "scan",
        f"--config={RULES}",
        *options,
        *sorted(paths),
    ]
    surroundings = os.environ | {
        "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "SEMGREP_SETTINGS_FILE": str(cache / "semgrep-settings.yml"),
    }
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env=surroundings,
        cwd=cache,
        timeout=_TIME_LIMIT,
    )
    return [_match(each) for each in json.loads(done.stdout)["results"]]


def _match(result: dict[str, dict[str, int]]) -> Match:
    name = str(result["check_id"]).rsplit(".", 1)[-1]
    return Match(name, Path(str(result["path"])), (result["start"]["line"], result["end"]["line"]))


def lines(found: Sequence[Match], cases: Sequence[Case], cache: Path) -> list[Line]:
    """Count the cases that each rule matches; ``cases`` are those that the linter is held to."""
    return [
        Line(
            rule,
            sum(isinstance(case, Bug) and _hit(case, rule, found, cache) for case in cases),
            sum(isinstance(case, NearMiss) and _hit(case, rule, found, cache) for case in cases),
            sum(match.rule == rule for match in found),
        )
        for rule in MEANING
    ]


def _hit(case: Case, rule: str, found: Sequence[Match], cache: Path) -> bool:
    path = case.release.home(cache) / case.file
    return any(
        match.rule == rule and match.path == path and case.covers(match.rows) for match in found
    )
