"""Patterns of axes: ``rearrange(x, "b (h w) c -> b h w c", h=2)``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.algebra import product_of, quotient
from shapeguard.lint.flow.domain.ranks import ranked
from shapeguard.lint.flow.domain.terms import ONE, Term, symbol
from shapeguard.lint.flow.domain.values import Text, as_term
from shapeguard.lint.flow.events import Identity, Reduce, Reshape
from shapeguard.lint.flow.shapes.axes import derived, reshaped
from shapeguard.lint.flow.shapes.cutting import as_size
from shapeguard.lint.flow.shapes.masks import entries

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.tensors import Tensor
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.models import vocabulary as words
    from shapeguard.lint.flow.operations.application import Application

_IDENTITIES = {"max": Identity.NONE, "min": Identity.NONE, "mean": Identity.NAN}
_GROUP = re.compile(r"\(([^()]*)\)|(\S+)")
Groups = list[tuple[str, ...]]


def rearranges(call: Application, model: words.Rearranges) -> Value:
    """Compute the extents on the right of the arrow from those on its left."""
    given = call.get(model.pattern)
    left, right = _sides(given.text.strip("'\"")) if isinstance(given, Text) else (None, None)
    if left is None or right is None:
        return call.unknown("rearranged")
    _reduced(call, model, left, right)
    return call.each(lambda tensor: _rearranged(call, tensor, left, right, model.reduces))


def _reduced(call: Application, model: words.Rearranges, left: Groups, right: Groups) -> None:
    """Report a reduction along each axis of which nothing is left."""
    by = None if model.by is None else call.get(model.by)
    identity = _IDENTITIES.get(by.text.strip("'\"")) if isinstance(by, Text) else None
    if identity is None or call.operand is None:
        return
    kept = {name for group in right for name in group}
    for axis, group in enumerate(left):
        if kept.isdisjoint(group) and {*group} - {"1"}:
            moment = call.run.moment(call.node)
            call.run.emit(
                Reduce(moment, call.operation, _ranked(call, len(left)), call.name, axis, identity)
            )


def _ranked(call: Application, rank: int) -> Value:
    """Return the operand with as many axes as the pattern has groups."""
    return call.each(lambda tensor: ranked(tensor, rank))


def _sides(pattern: str) -> tuple[Groups, Groups] | tuple[None, None]:
    left, arrow, right = pattern.partition("->")
    if not arrow or "..." in pattern:
        return None, None
    return _groups(left), _groups(right)


def _groups(side: str) -> Groups:
    found = _GROUP.findall(side)
    return [tuple(inner.split()) if not alone else (alone,) for inner, alone in found]


def _rearranged(
    call: Application,
    tensor: Tensor,
    left: Groups,
    right: Groups,
    reduces: bool,  # noqa: FBT001 - what the model says
) -> Value:
    known = ranked(tensor, len(left))
    names = _named(call, known, left)
    for name in {name for group in right for name in group} - names.keys():
        names[name] = _given(call, name)
    extents = [product_of(_extent(names, name) for name in group) for group in right]
    made = reshaped(known, call.identity, dict(enumerate(extents)), len(right))
    same = not reduces and all(any(name in group for group in left) for g in right for name in g)
    return made if same else made.turned(derived("rearranged", entries(tensor), call.identity))


def _extent(names: dict[str, Term], name: str) -> Term:
    return ONE if name == "1" else names[name]


def _given(call: Application, name: str) -> Term:
    """Return the extent that is given by keyword; a symbol if it cannot be read."""
    value = call.given.keywords.get(name)
    size = as_size(value)
    if name.isdigit():
        return Term(int(name))
    if size is None and value is not None:
        size = as_term(value)
    return symbol(f"{call.identity}.{name}", name) if size is None else size


def _named(call: Application, tensor: Tensor, left: Groups) -> dict[str, Term]:
    """Return the extent of every axis that the left side names, one of a group inferred."""
    names: dict[str, Term] = {}
    for axis, group in enumerate(left):
        unknown = [name for name in group if name not in call.given.keywords and name != "1"]
        for name in group:
            if name not in unknown:
                names[name] = ONE if name == "1" else _given(call, name)
        known = [names[name] for name in group if name not in unknown]
        if len(group) > 1 and len(unknown) == 1:
            _emit(call, tensor, [*known, None])
        for position, name in enumerate(unknown):
            alone = len(unknown) == 1
            whole = tensor.extent(axis)
            names[name] = (
                quotient(whole, product_of(known))
                if alone
                else symbol(f"{call.identity}.{name}.{position}", name)
            )
    return names


def _emit(call: Application, tensor: Tensor, extents: list[Term | None]) -> None:
    moment = call.run.moment(call.node)
    call.run.emit(Reshape(moment, call.operation, tensor, call.name, tuple(extents)))
