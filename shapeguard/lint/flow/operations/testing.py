"""Tests of masks: whether any entry is true, or every one, of all or along an axis."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.counts import negation, selected
from shapeguard.lint.flow.domain.predicates import equal, less
from shapeguard.lint.flow.domain.tensors import Kind, Trait
from shapeguard.lint.flow.domain.terms import ZERO
from shapeguard.lint.flow.domain.values import Bool
from shapeguard.lint.flow.shapes.axes import dropped
from shapeguard.lint.flow.shapes.joining import tell_of_some
from shapeguard.lint.flow.shapes.masks import rows
from shapeguard.lint.flow.shapes.matching import matched_rows
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.tensors import Tensor
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.models import vocabulary as words
    from shapeguard.lint.flow.operations.application import Application


def tests(call: Application, model: words.Tests) -> Value:
    """Test whether any entry is true, or every one; along an axis it is a mask again."""
    if not call.absent(model.axis):
        axis = call.number(model.axis)
        if axis is None:
            return call.unknown("tested")
        return call.each(lambda tensor: _tested_along(call, model, tensor, axis))
    return call.each(lambda tensor: Bool(_tested(call, model, tensor)))


def _tested(call: Application, model: words.Tests, tensor: Tensor) -> Predicate:
    if not model.all_of_them:
        some = less(ZERO, selected(tensor.origin, tensor.name))
        tell_of_some(call.run, tensor, some)
        return some
    return equal(selected(negation(tensor.origin), f"~{tensor.name}"), ZERO)


def _tested_along(call: Application, model: words.Tests, tensor: Tensor, axis: int) -> Tensor:
    left = dropped(tensor, axis, call.identity)
    origin = rows(tensor.origin, axis, all_of_them=model.all_of_them)
    kept = matched_rows(tensor, axis) if model.all_of_them else ()
    return replace(left.turned(origin, Trait(Kind.MASK), *kept), name=source(call.node))
