"""``json``: versions and all outcomes of a sweep, for programs. The fields are public."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from shapeguard.report.sweep.matrix import tally

if TYPE_CHECKING:
    from shapeguard.report.sweep.matrix import Sweep


def render(sweep: Sweep) -> str:
    """Return one JSON object, one line an outcome, ASCII only."""
    codes = dict.fromkeys(each.code for each in sweep.outcomes)
    counts = {code: tally(each for each in sweep.outcomes if each.code == code) for code in codes}
    head = json.dumps({"versions": dict(sweep.versions), "counts": counts}, indent=2)
    lines = ",\n    ".join(json.dumps(asdict(each)) for each in sweep.outcomes)
    return f'{head[:-2]},\n  "outcomes": [\n    {lines}\n  ]\n}}\n'
