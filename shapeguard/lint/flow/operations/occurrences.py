"""What depends on which entries occur: unique values, counts of them, the largest few."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.predicates import any_of, at_most, equal, less
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE
from shapeguard.lint.flow.domain.ranks import elements
from shapeguard.lint.flow.domain.tensors import Kind, Tensor, Trait
from shapeguard.lint.flow.domain.terms import ONE, ZERO, reason_of, symbol
from shapeguard.lint.flow.domain.values import Bool, Sequence, as_term
from shapeguard.lint.flow.events import Identity, Reduce, Requirement
from shapeguard.lint.flow.operations.narrowing import refuses
from shapeguard.lint.flow.operations.pairs import pair
from shapeguard.lint.flow.shapes.axes import derived, dropped, inserted
from shapeguard.lint.flow.shapes.cutting import as_size
from shapeguard.lint.flow.shapes.masks import UNIQUE, entries, number_of_unique
from shapeguard.lint.flow.syntax.texts import primary

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.models import vocabulary as words
    from shapeguard.lint.flow.operations.application import Application


def _present(call: Application, of: str, about: str = "") -> Trait:
    """Return that a tensor counts what occurs in ``of``; ``about`` are the unique values, if any."""
    told = call.run.station(call.node, "`{}` counts what occurs: its length follows the data")
    return Trait(Kind.PRESENT_COUNTS, of, about, (told,))


def uniques(call: Application, model: words.Uniques) -> Value:
    """Return the entries that occur, and as many counts; each occurs at least once."""

    def change(tensor: Tensor) -> Value:
        origin = f"{UNIQUE}{entries(tensor)}"
        length = _length(call, tensor, origin)
        values = Tensor(origin, f"{primary(tensor.name)}.unique()", ((0, length),), None)
        if call.absent(model.axis):
            values = replace(values, rank=1)
        wanted: list[Value] = [values]
        if model.index is not None and call.get(model.index) == Bool(TRUE):
            found = Trait(Kind.INDEX)
            wanted.append(replace(values, origin=f"{origin}.index", rank=1, traits=(found,)))
        if call.get(model.inverse) == Bool(TRUE):
            inverse = Trait(Kind.INDEX, tensor.name, origin)
            wanted.append(tensor.turned(derived("inverse", entries(tensor)), inverse))
        if call.get(model.counts) == Bool(TRUE):
            name, counted = f"counts of {tensor.name}", f"{origin}.counts"
            present = _present(call, tensor.name, origin)
            wanted.append(Tensor(counted, name, ((0, length),), 1, traits=(present,)))
        return wanted[0] if len(wanted) == 1 else Sequence(tuple(wanted))

    return call.each(change)


def _length(call: Application, tensor: Tensor, origin: str) -> Term:
    """Return how many entries occur: none only if there are no entries, which has its own reasons."""
    extent = tensor.extent(0)
    if extent.known == 0:
        return ZERO
    if given(equal(extent, ZERO), frozenset(call.run.here.facts)) == FALSE:
        return symbol(f"length of {origin}", f"len({primary(tensor.name)}.unique())", low=1)
    return symbol(
        f"length of {origin}", f"len({primary(tensor.name)}.unique())", why=reason_of(extent)
    )


def bins(call: Application, model: words.Bins) -> Value:
    """Count how often each number occurs; without a least length it follows the data."""
    least = _told(call, model.least)

    def change(tensor: Tensor) -> Value:
        origin = derived("bincount", entries(tensor), repr(least))
        largest = symbol(f"length of {origin}", f"{primary(tensor.name)}.max() + 1")
        name = f"bincount({tensor.name})"
        which = tensor.trait(Kind.INDEX)
        unique = None if which is None else number_of_unique(which)
        if which is not None and unique is not None and least in (None, ZERO, unique):
            present = _present(call, which.why, which.about)
            return Tensor(origin, name, ((0, unique),), 1, traits=(present,))
        if least is None or least == ZERO:
            return Tensor(origin, name, ((0, largest),), 1, traits=(_present(call, tensor.name),))
        why = f"nothing in `{tensor.name}` may be of one kind"
        trait = Trait(Kind.COUNT, why, entries(tensor))
        length = operation("maximum", least, largest)
        return Tensor(origin, name, ((0, length),), 1, traits=(trait,))

    return call.each(change)


def _told(call: Application, parameter: words.Parameter) -> Term | None:
    """Return a number that is given, whatever it is, or None if it is left out."""
    if call.absent(parameter) or call.get(parameter) is None:
        return None
    return call.term(parameter) or symbol(f"{call.identity}.{parameter.keyword}", parameter.keyword)


def encodes(call: Application, model: words.Encodes) -> Value:
    """Add an axis of classes; without their number, as many as occur, and one must."""
    classes = _told(call, model.classes)
    known = classes is not None and classes.known != -1

    def change(tensor: Tensor) -> Value:
        made = inserted(tensor, -1, call.identity).turned(derived("one_hot", entries(tensor)))
        if classes is not None and known:
            return made.resized(-1, classes)
        text = f"`one_hot` of `{call.name}` needs an element or `num_classes`"
        refuses(call, [Requirement(less(ZERO, tensor.extent(0)), text)])
        length = symbol(f"length of {made.origin}", f"{primary(tensor.name)}.max() + 1")
        return made.resized(-1, length).having(_present(call, tensor.name))

    return call.each(change)


def finest(call: Application, model: words.Finest) -> Value:
    """Take the k largest entries along an axis, of which there must be as many."""
    k, axis = call.term(model.k), call.number(model.axis)

    def change(tensor: Tensor) -> Value:
        if axis is not None:
            _needs(call, model.k, ZERO, tensor, axis)
        if axis is None or k is None:
            return call.unknown("largest")
        origin = derived("topk", entries(tensor), repr(k), axis)
        values = replace(tensor.resized(axis, k).turned(origin), cuts=())
        positions = replace(values, origin=f"{origin}.indices")
        return pair(call, values, positions, tensor.extent(axis))

    return call.each(change)


def ranked(call: Application, model: words.Ranked) -> Value:
    """Take the k-th entry along an axis; k counts from 1."""
    axis = call.number(model.axis)

    def change(tensor: Tensor) -> Value:
        if axis is None:
            return call.unknown("ranked")
        moment = call.run.moment(call.node)
        call.run.emit(Reduce(moment, call.operation, tensor, call.name, axis, Identity.NONE))
        _needs(call, model.k, ONE, tensor, axis)
        values = dropped(tensor, axis, call.identity)
        return pair(call, values, replace(values, origin=f"{values.origin}.indices"))

    return call.each(change)


def _needs(call: Application, count: words.Parameter, low: Term, tensor: Tensor, axis: int) -> None:
    """Report what k must be; where it depends on the path, on each path.

    The last axis is the first of a vector, which a tensor of unknown rank may be.
    """
    extent = tensor.extent(axis)
    rows = tensor.extent(0) if axis == -1 and tensor.rank is None else extent
    value, name = call.get(count), call.operation
    most = f"`{name}` takes at most the extent of `{call.name}`"
    least = f"`{name}` takes k of at least {low.known}"
    for condition, leaf in merge.alternatives(value) if value is not None else ():
        k, moment = as_size(leaf) or as_term(leaf), call.under(condition)
        if k is not None and moment is not None:
            needs = [Requirement(at_most(k, extent), most), Requirement(at_most(low, k), least)]
            if rows != extent:
                enough = any_of((at_most(k, rows), at_most(k, elements(tensor))))
                needs.append(Requirement(enough, most, sure=False))
            refuses(call, needs, moment)
