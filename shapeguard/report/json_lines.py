"""``json-lines``: one finding of ``json`` a line, for programs that read as they go."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from shapeguard.report.json import to_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapeguard.finding import Finding
    from shapeguard.report import View


def render(findings: Sequence[Finding], view: View) -> str:
    """Return one JSON object a line, ASCII only; nothing, if nothing was found."""
    objects = (to_object(finding, view.sources) for finding in findings)
    return "".join(f"{json.dumps(each)}\n" for each in objects)
