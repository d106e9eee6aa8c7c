"""A failure as an error for people and as a finding for reports."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from shapeguard.errors import ShapeContractError, Violation
from shapeguard.finding import Confidence, Finding, Operand, Severity, Step, Witness
from shapeguard.runtime import composition, places

if TYPE_CHECKING:
    from shapeguard.runtime.scope import Failure, Scope
    from shapeguard.runtime.signature import Contract

MOST_AXES = 9
EMPTY_SHARE = (
    "An extent of 0 is an empty share: treat it on every path, or skip the share before this call."
)


def explain(
    contract: Contract, failure: Failure, scope: Scope, blame: str
) -> tuple[ShapeContractError, Finding]:
    """Build the error and the finding of one failure; ``blame`` is ``caller`` or ``method``."""
    violation = _violation(contract, failure, scope, blame)
    message = _message(violation, failure, scope)
    return ShapeContractError(message, violation), _finding(violation, failure, scope)


def _violation(contract: Contract, failure: Failure, scope: Scope, blame: str) -> Violation:
    receiver = scope.arguments.get("self", composition.receiver())
    blocks = composition.path()
    layer = _attribute(receiver, "layer_idx")
    return Violation(
        code=failure.hazard.code,
        method=_method(contract, scope.arguments.get("self")),
        argument=failure.argument,
        axis=failure.axis,
        expected=failure.expected,
        actual=failure.actual,
        bound_by=failure.bound_by,
        blame=blame,
        layer=layer if isinstance(layer, int) and layer >= 0 else None,
        location=_text(_attribute(receiver, "location_key")),
        adapter=composition.adapter(),
        path=blocks,
        share=" > ".join(blocks) or None,
    )


def _method(contract: Contract, receiver: object) -> str:
    """Name the method after the class that runs it, where that is a declared one's subclass."""
    owner, _, method = contract.name.rpartition(".")
    if receiver is None or not owner or "." in owner:
        return contract.name
    return f"{type(receiver).__name__}.{method}"


def _message(violation: Violation, failure: Failure, scope: Scope) -> str:
    hazard = failure.hazard
    lines = [f"{violation.method}: {failure.text}", ""]
    if failure.shape is not None:
        shape = ", ".join(map(str, failure.shape))
        lines.append(f"  shape        {failure.argument} is [{shape}]")
    lines += [f"  expected     {violation.expected}", f"  found        {violation.actual}"]
    lines += _axis_table(failure, scope)
    lines += _where(violation)
    blamed = _caller() if violation.blame == "caller" else f"the method {violation.method}"
    lines.append(f"  blame        {blamed}")
    lines.append(f"  hint         {_hint(failure, scope)}")
    seen = f"; seen in source by {', '.join(hazard.lint)}" if hazard.lint else ""
    lines.append(f"  rule         {hazard.code} {hazard.name}{seen}")
    return "\n".join(lines)


def _hint(failure: Failure, scope: Scope) -> str:
    """Advise on the empty share where there is one, else on the hazard."""
    bound = scope.find(failure.axis) if failure.axis else None
    if 0 in {failure.actual, failure.expected} or (bound is not None and bound.extent == 0):
        return EMPTY_SHARE
    return failure.hazard.hint


def _axis_table(failure: Failure, scope: Scope) -> list[str]:
    rows = scope.table()
    if not rows:
        return []
    offending = [row for row in rows if row[0] == failure.axis]
    others = [row for row in rows if row[0] != failure.axis]
    shown = (offending + others)[:MOST_AXES]
    width = max((len(name) for name, _ in shown), default=0)
    lines = ["  axes         name, extent, bound by"]
    for name, bound in shown:
        mark = ">" if name == failure.axis else " "
        lines.append(f"             {mark} {name:<{width}}  {bound.extent!s:>4}  {bound.by}")
    if len(rows) > len(shown):
        lines.append(f"               and {len(rows) - len(shown)} more")
    return lines


def _where(violation: Violation) -> list[str]:
    layer = [] if violation.layer is None else [f"layer {violation.layer}"]
    location = [] if violation.location is None else [f"location {violation.location!r}"]
    adapter = [] if violation.adapter is None else [f"adapter {violation.adapter!r}"]
    place = ", ".join(layer + location + adapter)
    lines = [f"  where        {place}"] if place else []
    whole = composition.root()
    if whole is not None and violation.share is not None:
        lines.append(f"  composition  {whole}")
        lines.append(f"  path         {composition.shorten(violation.share)}")
    return lines


def _caller() -> str:
    frame = places.call_site()
    span = places.span_of(frame)
    return f"the caller, {frame.f_code.co_name} at {span.filename}:{span.start.row}"


def _finding(violation: Violation, failure: Failure, scope: Scope) -> Finding:
    site = places.call_site()
    span = places.span_of(site)
    steps = tuple(
        Step(places.span_of(frame), f"{frame.f_code.co_qualname} calls {called}")
        for frame, called in places.contracted_calls()
    )
    share = f" in {violation.share}" if violation.share else ""
    layer = f", layer {violation.layer}" if violation.layer is not None else ""
    return Finding(
        code=violation.code,
        name=failure.hazard.name,
        message=f"{violation.method}: {failure.text}{share}{layer}",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        consequence=failure.hazard.consequence,
        span=span,
        function=site.f_code.co_qualname,
        trace=steps,
        witness=_witness(failure, scope),
        fingerprint=_fingerprint(violation, span.filename, site.f_code.co_qualname),
    )


def _witness(failure: Failure, scope: Scope) -> Witness:
    sizes = tuple(
        (name, bound.extent if isinstance(bound.extent, tuple) else (bound.extent,))
        for name, bound in scope.table()
    )
    shape = () if failure.shape is None else (Operand(failure.argument, failure.shape),)
    return Witness(sizes, shape, failure.text)


def _fingerprint(violation: Violation, filename: str, function: str) -> str:
    """Identify the site without line numbers and without extents, which differ by batch."""
    facts = (
        violation.code,
        violation.method,
        violation.argument,
        violation.axis,
        violation.layer,
        violation.location,
        violation.adapter,
        violation.share,
        filename,
        function,
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _attribute(receiver: object, name: str) -> Any:  # noqa: ANN401 - whatever a library keeps there
    """Read an attribute of somebody else's object, which may answer with any error."""
    try:
        return getattr(receiver, name, None)
    except Exception:  # noqa: BLE001 - a message is made of what can be read
        return None


def _text(value: Any) -> str | None:  # noqa: ANN401 - whatever a library keeps there
    return value if isinstance(value, str) else None
