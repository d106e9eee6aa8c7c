"""The repair of a loop that does to an empty share what only rows can take: an early ``continue``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from shapeguard.lint.flow.domain.merge import leaves
from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.values import Sequence
from shapeguard.lint.flow.syntax.readings import parsed
from shapeguard.lint.flow.syntax.skipping import gap_for
from shapeguard.lint.flow.syntax.trees import code_of, walk
from shapeguard.lint.flow.syntax.usage import only_index
from shapeguard.lint.flow.syntax.walks import assigned
from shapeguard.lint.flow.trace import Site
from shapeguard.lint.repairs.changes import Change, unsafe

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.repairs.changes import Repair


class _Test(NamedTuple):
    """A condition for an empty share, the names that make it up, and the index and mask that cut it."""

    text: str
    names: frozenset[str]
    selector: str = ""
    mask: str = ""


def skipped_if_empty(
    site: Site, name: str, value: Value, axis: int | None = 0, most: int = 0
) -> Repair | None:
    """Return the repair that continues a loop where a share has no entry, or no more than ``most``.

    ``site`` is what does not take that, ``name`` what the source calls the share, ``value`` what it is,
    and ``axis`` the one that is too short, or None for all of them. None where ``site`` is in no loop, the
    share is not made in it, or the rest of the loop does more than the share needs.
    """
    function, share = site.function.parse(), parsed(name)
    few = f"<= {most}" if most else "== 0"
    index = only_index(share)
    if isinstance(share, cst.Name):
        cut = only_index(assigned(function, share.value))
        selector = "" if cut is None else code_of(cut)
        mask = selector if cut is not None and _is_mask(function, cut) else ""
        measure = _measure(site, share.value, value, axis, most)
        listed = not most and all(isinstance(each, Sequence) for each in leaves(value))
        if measure is None:
            return None
        test = f"not {share.value}" if listed else f"{measure} {few}"
        return _skipped(site, _Test(test, frozenset({share.value}), selector, mask))
    if index is not None and not most and _is_mask(function, index):
        text = code_of(index)
        mask = text if isinstance(index, cst.Name) else f"({text})"
        return _skipped(site, _Test(f"not {mask}.any()", _names(index), text, text))
    return None


def skipped_if_zero(site: Site, name: str) -> Repair | None:
    """Return the repair that continues a loop where a number, which the source calls ``name``, is 0.

    None as for :func:`skipped_if_empty`.
    """
    return _skipped(site, _Test(f"{name} == 0", _names(parsed(name))))


def _skipped(site: Site, test: _Test) -> Repair | None:
    gap = gap_for(site.function.parse(), site.node, test.names, test.selector, test.mask)
    if gap is None:
        return None
    line = cst.parse_statement(f"if {test.text}:\n    continue\n")
    body = [*gap.block.body[: gap.at], line, *gap.block.body[gap.at :]]
    change = Change(Site.of(site.function, gap.block), gap.block.with_changes(body=body))
    return unsafe("continue early where the share is empty", change)


def _measure(site: Site, name: str, value: Value, axis: int | None, most: int) -> str | None:
    """Return what counts the entries of a share along an axis, or all of them.

    A tensor that was cut along one axis alone has no entry where that has none. None where it may be an
    array as well as a tensor, which count by other names.
    """
    tensors = [each for each in leaves(value) if isinstance(each, Tensor)]
    cut = {tuple(each.axis for each in tensor.cuts) for tensor in tensors}
    if axis is None and not most and len(cut) == 1 and len(only := cut.pop()) == 1:
        axis = only[0]
    if axis is not None or not tensors:
        return f"{name}.shape[{axis}]" if axis else f"len({name})"
    imported = {whole.partition(".")[0] for whole in site.function.module.imports.values()}
    if {"numpy", "torch"} <= imported:
        return None
    return f"{name}.size" if "numpy" in imported else f"{name}.numel()"


def _is_mask(function: cst.FunctionDef, index: cst.BaseExpression) -> bool:
    """Say whether an index is what a comparison gives, or a name for that; not one that is computed anew."""
    made = assigned(function, index.value) if isinstance(index, cst.Name) else index
    if made is index and any(isinstance(each, cst.Call) for each in walk(index)):
        return False
    match made:
        case cst.Comparison():
            return True
        case cst.UnaryOperation(operator=cst.BitInvert()):
            return True
        case cst.BinaryOperation(operator=cst.BitAnd() | cst.BitOr()):
            return True
        case _:
            return False


def _names(code: cst.CSTNode) -> frozenset[str]:
    """Return the names that an expression reads, less those of attributes."""
    fields = {id(each.attr) for each in walk(code) if isinstance(each, cst.Attribute)}
    called = {id(each.func) for each in walk(code) if isinstance(each, cst.Call)}
    return frozenset(
        each.value
        for each in walk(code)
        if isinstance(each, cst.Name) and id(each) not in fields | called
    )
