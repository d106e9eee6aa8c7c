"""Pieces: an axis is cut by sizes, into a number of pieces, or into its members."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.propositions import TRUE
from shapeguard.lint.flow.domain.sizes import sizes_of
from shapeguard.lint.flow.domain.tensors import Cut, Kind
from shapeguard.lint.flow.domain.terms import ONE, Symbol, Term, reason_of, symbol
from shapeguard.lint.flow.domain.values import Sequence, as_tensor, as_term
from shapeguard.lint.flow.events import Split
from shapeguard.lint.flow.shapes.axes import derived, dropped
from shapeguard.lint.flow.shapes.cutting import as_size
from shapeguard.lint.flow.shapes.iteration import count
from shapeguard.lint.flow.shapes.matching import ANY_PIECE

if TYPE_CHECKING:
    import libcst as cst

    from shapeguard.lint.flow.domain.tensors import Tensor
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.models import vocabulary as words
    from shapeguard.lint.flow.operations.application import Application
    from shapeguard.lint.flow.run import Run

MAX_PIECES = 16


def splits(call: Application, model: words.Splits) -> Value:
    """Cut an axis into pieces of given sizes, or of one size."""
    axis, wanted = call.number(model.axis), call.get(model.sizes)
    if axis is None or wanted is None:
        return call.unknown("pieces")
    return merge.each(
        wanted, lambda sizes: call.each(lambda t: _split(call, t, axis, sizes)), call.identity
    )


def _split(call: Application, tensor: Tensor, axis: int, wanted: Value) -> Value:
    size = as_size(wanted)
    if size is not None:
        return _equal_pieces(call, tensor, axis, size)
    if isinstance(wanted, Sequence) and wanted.items is not None:
        terms = [as_term(item) for item in wanted.items]
        pieces = [_piece(call, tensor, axis, t) for t in terms if t is not None]
        if len(pieces) == len(terms):
            number = Term(len(terms))
            event = replace(_event(call, tensor, axis, number), sizes=wanted)
            return _known(call, Sequence(tuple(pieces)), event)
        return call.unknown("pieces")
    return _pieces_by_list(call, tensor, axis, wanted)


def _pieces_by_list(call: Application, tensor: Tensor, axis: int, wanted: Value) -> Value:
    sizes, index = sizes_of(wanted), symbol(f"{call.identity}.i", "i")
    where = wanted.where if isinstance(wanted, Sequence) else TRUE
    if sizes is not None:
        share = isinstance(wanted, Sequence) or call.run.function.sums_part(sizes.name)
        piece = _piece(call, tensor, axis, operation("member", sizes, index), share=share)
        number = operation("count", sizes)
    elif isinstance(wanted, Sequence) or as_tensor(wanted) is not None:
        number = count(call.run, call.node, as_tensor(wanted) or wanted)
        share = where == TRUE and isinstance(wanted, Sequence) and not _all_present(wanted)
        piece = _piece(call, tensor, axis, _any_size(call, wanted), share=share)
    else:
        return call.unknown("pieces")
    event = replace(_event(call, tensor, axis, number), sizes=wanted)
    return _known(call, Sequence(None, piece, number, where=where), event)


def _any_size(call: Application, wanted: Value) -> Term:
    """Return the size of any piece: any member of the list, which may count nothing."""
    member = merge.member_of(wanted, call.identity) if isinstance(wanted, Sequence) else None
    term = None if member is None else as_term(member)
    if term is None or not isinstance(wanted, Sequence):
        return symbol(f"{call.identity}.size", "size")
    why = next((each.why for each in wanted.traits if each.kind is Kind.COUNT), "")
    match term:
        case Term(constant=0, parts=((Symbol(key, name), 1),)):
            return symbol(key, name, why=reason_of(term) or why)
        case _:
            return term


def _all_present(wanted: Sequence) -> bool:
    """Say whether the sizes count what occurs, and nothing else."""
    return any(each.kind is Kind.PRESENT_COUNTS for each in wanted.traits)


def _equal_pieces(call: Application, tensor: Tensor, axis: int, size: Term) -> Value:
    """Cut into pieces of one size, the last of which may be smaller; of nothing, one of nothing."""
    extent = tensor.extent(axis)
    full = operation("quotient", extent + size - ONE, size)
    number = operation("maximum", full, ONE)
    piece = _any_of(call, tensor.resized(axis, symbol(f"{call.identity}.size", "size")))
    return _known(call, Sequence(None, piece, number), _event(call, tensor, axis, number))


def chunks(call: Application, model: words.Chunks) -> Value:
    """Cut an axis into a number of pieces, of which there may be fewer."""
    axis = model.axis if isinstance(model.axis, int) else call.number(model.axis)
    wanted = call.get(model.pieces)
    if axis is None or wanted is None:
        return call.unknown("pieces")

    def change(tensor: Tensor) -> Value:
        number = as_size(wanted)
        if number is None and isinstance(wanted, Sequence):
            number = merge.length(wanted, call.identity) + ONE
        if number is None:
            return call.unknown("pieces")
        size = symbol(f"{call.identity}.size", f"{tensor.name} in pieces")
        piece = _any_of(call, tensor.resized(axis, size))
        if model.at_most:
            number = operation("chunks", tensor.extent(axis), number)
        known = number.known
        few = known is not None and 0 < known <= MAX_PIECES
        made = Sequence((piece,) * known) if few and known else Sequence(None, piece, number)
        event = replace(_event(call, tensor, axis, number), at_most=model.at_most)
        return _known(call, made, event)

    return call.each(change)


def unbinds(call: Application, model: words.Unbinds) -> Value:
    """Give the members of an axis."""
    axis = call.number(model.axis)
    if axis is None:
        return call.unknown("pieces")

    def change(tensor: Tensor) -> Value:
        number = tensor.extent(axis)
        member = dropped(tensor, axis, call.identity)
        return _known(call, Sequence(None, member, number), _event(call, tensor, axis, number))

    return call.each(change)


def _any_of(call: Application, piece: Tensor) -> Tensor:
    """Return a piece as what it is: it has some of the entries, whichever."""
    return replace(piece, origin=derived(ANY_PIECE, piece.origin, call.identity), shape=piece.form)


def _piece(
    call: Application, tensor: Tensor, axis: int, size: Term, *, share: bool = False
) -> Tensor:
    station = call.run.station(call.node, "`{}` cuts pieces, one of which may be empty")
    label = f"{call.identity}[{size!r}]"
    made = Cut(axis, tensor.extent(axis), size, label, size.known is None, (station,), piece=share)
    return tensor.resized(axis, size, made)


def _known(call: Application, made: Sequence, event: Split) -> Sequence:
    """Report a split, and remember it by its pieces for the moment when these are taken."""
    call.run.emit(event)
    call.run.analysis.splits[made] = event
    return made


def _event(call: Application, tensor: Tensor, axis: int, number: Term) -> Split:
    return Split(call.run.moment(call.node), call.operation, tensor, call.name, axis, number)


def take(run: Run, node: cst.CSTNode, value: Value, consumed: Term) -> None:
    """Report that the pieces of a split are taken by a number of names or indices."""
    for condition, leaf in merge.alternatives(value):
        split = run.analysis.splits.get(leaf)
        moment = None if split is None else run.moment_under(node, condition)
        if split is not None and moment is not None:
            run.emit(replace(split, moment=moment, consumed=consumed))
