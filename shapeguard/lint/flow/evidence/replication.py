"""Batches that are repeated to match one another: a factor is the quotient of two batch extents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.predicates import equal
from shapeguard.lint.flow.domain.propositions import AtMostZero, Opaque, conjuncts
from shapeguard.lint.flow.domain.terms import ZERO, Operation, Symbol, Term, operations, reason_of
from shapeguard.lint.flow.domain.values import Int, as_tensor
from shapeguard.lint.flow.evidence.reasons import Emptiness, Reason
from shapeguard.lint.flow.evidence.remembering import remember
from shapeguard.lint.flow.evidence.witness import Assignment, search
from shapeguard.lint.flow.syntax.trees import source
from shapeguard.lint.flow.trace import Site, Station

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Divide, Reshape
    from shapeguard.lint.flow.run import Run
    from shapeguard.lint.flow.trace import Trail

_BATCH = "#0"


def of_another_batch(event: Divide) -> Emptiness | None:
    """Return that the extent of a batch is divided by that of another one, which may be a share.

    ``a.size(0) // b.size(0)`` says how often ``b`` fits into ``a``: their batches are known to
    differ, and the smaller is whatever is left of it.
    """
    if event.of_tensor or not isinstance(event.divisor, Int) or not isinstance(event.whole, Int):
        return None
    divisor = _batch(event.divisor.term)
    others = {each for each in _batches_in(event.whole.term) if each != divisor}
    if divisor is None or not others or _is_counted(divisor) != all(map(_is_counted, others)):
        return None
    if _is_counted(divisor) and _is_ratio(event):
        return None
    sizes = search([equal(event.divisor.term, ZERO)], event.moment.facts)
    if sizes is None:
        return None
    named = " and ".join(sorted(f"`{each.name}`" for each in others))
    reason = (
        f"it is the batch of a tensor that is matched with {named}, and a share may have no rows"
    )
    known = _known_to_differ(event, {divisor, *others})
    return Emptiness(reason, sizes, _what_is_matched(event), Reason.SHARE, near=known)


def _is_counted(batch: Symbol) -> bool:
    """Say whether an extent is asked for by `len`, as that of a list is, which is no batch."""
    return batch.name.startswith("len(")


def _is_ratio(event: Divide) -> bool:
    """Say whether the quotient need be no integer: it is not how often one thing fits into another."""
    node = event.site.node
    return isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Divide)


def _known_to_differ(event: Divide, batches: set[Symbol]) -> bool:
    """Say whether the order of batches is asked for on the path, or the largest of them is taken."""
    whole = event.whole.term if isinstance(event.whole, Int) else ZERO
    if _batch(whole) is None:
        return True
    told = (part for fact in event.moment.facts for part in conjuncts(fact))
    orders = (part.term for part in told if isinstance(part, AtMostZero))
    return any(batches <= _batches_beside(each) for each in orders)


def _what_is_matched(event: Divide) -> Trail:
    node = event.site.node
    if not isinstance(node, cst.BinaryOperation):
        return ()
    site = Site.of(event.site.function, node.left)
    return (Station(0, site, "`{}` is the batch that it is matched with", node.left),)


def compared_with_another(event: Reshape) -> Emptiness | None:
    """Return that a view takes its batch from another tensor, which is tested for having another.

    ``self.key(x).view(x.size(0), -1, heads)`` moves what does not fit the batch into the axis that is
    inferred, without an error.
    """
    batch = _batch(event.extents[0]) if event.extents and event.extents[0] is not None else None
    if batch is None or None not in event.extents or _has_batch(event.operand, batch):
        return None
    matched = event.moment.tests.get(matching(batch), ())
    if matched:
        reason = f"`{batch.name}` is divided by another batch, which it is taken to be"
        return Emptiness(reason, Assignment(), matched[:1], Reason.BELIEF, extent=None)
    whole = batch.name.removesuffix(".shape[0]")
    if not event.name.startswith(f"{whole}[") and not _is_selected(event.operand):
        return None
    for literal, trail in event.moment.tests.items():
        if trail and isinstance(literal, AtMostZero) and batch in _batches_beside(literal.term):
            sizes = search([literal], ())
            if sizes is not None:
                reason = f"`{batch.name}` is compared with the batch of another tensor"
                return Emptiness(reason, sizes, trail[:1], Reason.BELIEF, extent=None)
    return None


def _is_selected(operand: Value) -> bool:
    """Say whether the rows of a tensor are known to be a selection, of another number than a batch."""
    tensors = [as_tensor(leaf) for _, leaf in merge.alternatives(operand)]
    return any(each is not None and reason_of(each.extent(0)) for each in tensors)


def matching(batch: Symbol) -> Opaque:
    """Return the condition that a batch is matched with others, of which it may be a multiple."""
    return Opaque(f"matched({batch.key})")


def batch_divided(run: Run, node: cst.CSTNode, whole: Value, divisor: Value) -> None:
    """Remember that a batch is divided by another one that is the same: the code expects others."""
    if not isinstance(node, cst.BinaryOperation) or not isinstance(divisor, Int):
        return
    batch = _batch(divisor.term)
    if batch is not None and whole == divisor and source(node.left) != source(node.right):
        condition = matching(batch)
        remember(run, node, (condition,), condition, "`{}` matches two batches")


def _has_batch(operand: Value, batch: Symbol) -> bool:
    """Say whether a tensor has a batch, or is what the tensor of that batch is made of."""
    leaves = merge.leaves(operand)
    return any(
        tensor is not None and batch in _symbols(tensor.extent(0))
        for tensor in map(as_tensor, leaves)
    )


def _symbols(term: Term) -> set[Symbol]:
    return {each for each in operations(term) if isinstance(each, Symbol)}


def _batches_beside(term: Term) -> set[Symbol]:
    """Return the batches of which a comparison asks for the order: there are two of them."""
    found = {atom for atom, _ in term.parts if isinstance(atom, Symbol)}
    batches = {each for each in found if each.key.endswith(_BATCH)}
    return batches if len(batches) > 1 else set()


def _batch(term: Term) -> Symbol | None:
    """Return the symbol of an extent of the first axis, where a term is one and no more."""
    match term:
        case Term(constant=0, parts=((Symbol() as extent, 1),)) if extent.key.endswith(_BATCH):
            return extent
        case _:
            return None


def _batches_in(term: Term) -> Iterator[Symbol]:
    """Yield the batch of which something is the extent, or of which it is the largest."""
    extent = _batch(term)
    if extent is not None:
        yield extent
    match term:
        case Term(constant=0, parts=((Operation(name="maximum", operands=operands), 1),)):
            for each in operands:
                if isinstance(each, Term):
                    yield from _batches_in(each)
        case _:
            return
