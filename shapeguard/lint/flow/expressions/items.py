"""Items: what a list, a dictionary or a tensor becomes when one of its parts is set or deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain.propositions import TRUE
from shapeguard.lint.flow.domain.sequences import is_key, rearranged, shortened, with_item, with_key
from shapeguard.lint.flow.domain.tensors import Kind, Slice, Tensor
from shapeguard.lint.flow.domain.terms import ONE, reason_of
from shapeguard.lint.flow.domain.values import Bool, Dictionary, Int, Sequence
from shapeguard.lint.flow.evidence.extents import extents_of
from shapeguard.lint.flow.evidence.remembering import repaired
from shapeguard.lint.flow.shapes.masks import is_mask, occurring
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run


def item_set(run: Run, target: cst.Subscript, holder: Value, value: Value) -> Value:
    """Return what ``holder[index] = value`` makes of the holder."""
    index = index_of(run, target)
    label = run.identity(target)
    match holder:
        case Sequence():
            if index is None or isinstance(index, Slice):
                return rearranged(holder, run.unknown(target, "member"), label)
            return with_item(holder, index, value, label)
        case Dictionary():
            return with_key(holder, index or run.unknown(target, "key"), value, label)
        case Tensor():
            made = _overwritten(run, target, holder, index)
            return occurring(made) if _is_set(holder, index, value) else made
        case Bool():
            return run.unknown(target, source(target.value))
        case _:
            return holder


def index_of(run: Run, target: cst.Subscript) -> Value | None:
    """Return the only index of a subscript, or None if it is a slice or one of several."""
    index = target.slice[0].slice
    if len(target.slice) > 1 or not isinstance(index, cst.Index):
        return None
    return run.evaluate(index.value)


def _overwritten(run: Run, target: cst.Subscript, holder: Tensor, index: Value | None) -> Tensor:
    """Return a tensor of the same shape with other entries.

    Counts of 0 that were selected by a mask are taken to be repaired.
    """
    selected = isinstance(index, Tensor) and is_mask(index)
    if selected:
        repaired(run, target, holder)
    kept = holder.without(Kind.COUNT) if selected else holder.without(Kind.MASK)
    return kept.turned(run.identity(target), *kept.traits)


def _is_set(holder: Tensor, index: Value | None, value: Value) -> bool:
    """Say whether some entries of a mask are made true, at positions of which there are some."""
    places = () if index is None else extents_of(index)
    some = not any(reason_of(term) for _, term, _ in places)
    return some and is_mask(holder) and value in (Bool(TRUE), Int(ONE))


def item_deleted(run: Run, target: cst.Subscript, holder: Value) -> Value:
    """Return what ``del holder[index]`` leaves."""
    label = run.identity(target)
    index = index_of(run, target)
    match holder:
        case Sequence(items=items) if (
            items is not None
            and isinstance(index, Int)
            and (at := index.term.known) is not None
            and -len(items) <= at < len(items)
        ):
            at %= len(items)
            return Sequence((*items[:at], *items[at + 1 :]))
        case Sequence() if isinstance(index, Int):
            return shortened(holder, label)
        case Sequence():
            return rearranged(holder, run.unknown(target, "member"), label)
        case Dictionary() if index is not None and is_key(index):
            left = tuple(each for each in holder.entries if each[0] != index)
            return replace(holder, entries=left, length=None)
        case Dictionary():
            return replace(holder, exact=False, length=None)
        case _:
            return holder
