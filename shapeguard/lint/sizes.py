"""From an assignment of symbols to the witness that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.finding import Operand, Witness
from shapeguard.lint.flow.domain.numbers import UndefinedError
from shapeguard.lint.flow.domain.tensors import Slice
from shapeguard.lint.flow.domain.terms import Sizes, Symbol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.evidence.agreement import Disagreement
    from shapeguard.lint.flow.evidence.operands import Path
    from shapeguard.lint.flow.evidence.promises import Contradiction
    from shapeguard.lint.flow.evidence.reasons import Emptiness
    from shapeguard.lint.flow.evidence.selections import Mismatch
    from shapeguard.lint.flow.evidence.witness import Assignment

_OTHER = {1: 4, 2: 3, 3: 8}
_NAMELESS = {"len"}
"""What the length of a list is called that has no name in the source."""


def witness_of(found: Disagreement) -> Witness:
    """Return the sizes and shapes that show a disagreement."""
    sides = zip(found.meeting.names, (found.meeting.whole, found.meeting.narrowed), strict=True)
    operands = tuple(_operand(name, path, found) for name, path in sides)
    sizes = tuple(_sizes(found.sizes))
    settings = ", ".join(f"{name}={_shown(value, name, found)}" for name, value in sizes)
    shapes = ", ".join(f"{each.name} [{', '.join(each.names)}]" for each in operands)
    steps = (each for each in (settings, _moved_slice(found), shapes) if each)
    return Witness(sizes, operands, " → ".join(steps))


def _moved_slice(found: Disagreement) -> str:
    """Write the slice out where it begins at a sum: an offset and what is cut behind it."""
    index = found.meeting.cut.index
    if not isinstance(index, Slice) or index.start is None or index.stop is None:
        return ""
    bounds = [_value(each, found.sizes) for each in (index.start, index.stop)]
    moved = len(index.start.parts) > 1 and None not in bounds
    return f"cut by {bounds[0]}:{bounds[1]}" if moved else ""


def witness_of_zero(name: str, found: Emptiness) -> Witness:
    """Return the sizes for which a length, an extent or a count is 0, or too small."""
    given = tuple(each for each in _sizes(found.sizes) if each[0] != name)
    lists = {each.name.rsplit(".", 1)[-1] for each in found.sizes.values if isinstance(each, Sizes)}
    text = ", ".join(f"{n}={list(v) if n in lists else v[0]}" for n, v in given)
    if found.extent is None:
        return Witness(given, (), text)
    small = f"{name} = {found.extent}"
    return Witness((*given, (name, (found.extent,))), (), f"{text} → {small}" if text else small)


def witness_of_mismatch(found: Mismatch) -> Witness:
    """Return the extents of two operands that are out of step, as far as they are known."""
    operands: list[Operand] = []
    for name, extent in zip(found.names, found.extents, strict=True):
        value = _value(extent, found.sizes)
        if value is not None:
            names = (*("·",) * found.axis, str(value), "…")
            shape = (*(_OTHER.get(axis, 2) for axis in range(found.axis)), value)
            operands.append(Operand(name, shape, names))
    text = ", ".join(f"{each.name} [{', '.join(each.names)}]" for each in operands)
    return Witness((), tuple(operands), text)


def witness_of_extents(name: str, found: Contradiction) -> Witness:
    """Return the sizes for which a value is not what its annotation says."""
    given = tuple(_sizes(found.sizes))
    settings = ", ".join(f"{n}={v[0] if len(v) == 1 else list(v)}" for n, v in given)
    actual, wanted = _value(found.actual, found.sizes), _value(found.wanted, found.sizes)
    if found.axis is None:
        shown = f"{name} has {actual} axes, declared are {wanted}"
    else:
        shown = f"axis {found.axis} of {name} is {actual}, declared is {wanted}"
    return Witness(given, (), f"{settings} → {shown}" if settings else shown)


def _rank(found: Disagreement) -> tuple[int, bool]:
    """Return how many axes to show, and whether these are all: joined tensors have one rank."""
    known = [
        path.tensor.rank
        for path in (found.meeting.whole, found.meeting.narrowed)
        if path.tensor.rank
    ]
    if known:
        return known[0], True
    return max(found.meeting.axis, found.meeting.join.axis or 0) + 1, False


def _operand(name: str, path: Path, found: Disagreement) -> Operand:
    rank, whole = _rank(found)
    shape: list[int] = []
    names: list[str] = []
    for axis in range(rank):
        value = _value(path.tensor.extent(axis), found.sizes)
        shape.append(_OTHER.get(axis, 2) if value is None else value)
        names.append(_axis_name(path, axis, found) if value is None else str(value))
    return Operand(name, tuple(shape), tuple(names if whole else [*names, "…"]))


def _axis_name(path: Path, axis: int, found: Disagreement) -> str:
    """Return the word that a contract has for an axis, from the other operand if that must agree."""
    tensors = [path.tensor]
    if axis != found.meeting.join.axis:
        tensors.extend((found.meeting.whole.tensor, found.meeting.narrowed.tensor))
    for tensor in tensors:
        match tensor.extent(axis).parts:
            case ((Symbol(name=name), 1),) if name.isidentifier():
                return name
            case _:
                continue
    return "·"


def _value(term: Term, sizes: Assignment) -> int | None:
    try:
        return sizes.value(term)
    except (KeyError, UndefinedError):
        return None


def _sizes(given: Assignment) -> Iterable[tuple[str, tuple[int, ...]]]:
    """Yield what a person sets: lists of sizes first, then the bounds and indices that matter."""
    seen: dict[str, int] = {}
    ordered = sorted(given.values.items(), key=lambda each: isinstance(each[0], Symbol))
    for symbol, value in ordered:
        if isinstance(symbol, Symbol) and ("#" in symbol.key or symbol.name in _NAMELESS):
            continue
        name = symbol.name.rsplit(".", 1)[-1] if isinstance(symbol, Sizes) else symbol.name
        seen[name] = seen.get(name, 0) + 1
        unique = name if seen[name] == 1 else f"{name} ({seen[name]})"
        yield unique, value if isinstance(value, tuple) else (value,)


def _shown(value: tuple[int, ...], name: str, found: Disagreement) -> str:
    lists = {each.name.rsplit(".", 1)[-1] for each in found.sizes.values if isinstance(each, Sizes)}
    return str(list(value)) if name in lists else str(value[0])
