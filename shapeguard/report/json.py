"""``json``: an array of objects, for programs. The fields are part of the public interface.

Rows and columns are 1-based, columns count code points, ends are exclusive, file names are
relative to the working directory where they are below it. Lone surrogates, which strict readers
refuse, are written as their escapes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from shapeguard.report.sources import encodable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapeguard.finding import Finding, Fix, Position, Step, Witness
    from shapeguard.report import View
    from shapeguard.report.sources import Sources


def render(findings: Sequence[Finding], view: View) -> str:
    """Return the findings as one JSON array, indented, ASCII only."""
    return json.dumps([to_object(finding, view.sources) for finding in findings], indent=2) + "\n"


def to_object(finding: Finding, sources: Sources) -> dict[str, Any]:
    """Return one finding as a value of JSON's own types."""
    return {
        "code": encodable(finding.code),
        "name": encodable(finding.name),
        "message": encodable(finding.message),
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "consequence": finding.consequence.value,
        "filename": sources.name(finding.span.filename),
        "location": _position(finding.span.start),
        "end_location": _position(finding.span.end),
        "function": encodable(finding.function),
        "trace": [_step(step, sources) for step in finding.trace],
        "witness": witness_object(finding.witness) if finding.witness else None,
        "fix": _fix(finding.fix) if finding.fix else None,
        "url": encodable(finding.url) if finding.url else None,
        "fingerprint": finding.fingerprint,
    }


def _position(position: Position) -> dict[str, int]:
    return {"row": position.row, "column": position.column}


def _step(step: Step, sources: Sources) -> dict[str, Any]:
    return {
        "filename": sources.name(step.span.filename),
        "location": _position(step.span.start),
        "end_location": _position(step.span.end),
        "message": encodable(step.message),
    }


def witness_object(witness: Witness) -> dict[str, Any]:
    """Return a witness as a value of JSON's own types."""
    return {
        "sizes": {encodable(name): list(sizes) for name, sizes in witness.sizes},
        "operands": [
            {"name": encodable(o.name), "shape": [*o.shape], "names": [*map(encodable, o.names)]}
            for o in witness.operands
        ],
        "text": encodable(witness.text),
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "applicability": fix.applicability.value,
        "message": encodable(fix.message),
        "edits": [
            {
                "content": encodable(edit.content),
                "location": _position(edit.span.start),
                "end_location": _position(edit.span.end),
            }
            for edit in fix.edits
        ],
    }
