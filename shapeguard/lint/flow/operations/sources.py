"""Tensors that are made: of extents, of lists, of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.callables import External, Partial
from shapeguard.lint.flow.domain.propositions import TRUE
from shapeguard.lint.flow.domain.tensors import Kind, Slice, Tensor, Trait
from shapeguard.lint.flow.domain.terms import ZERO, reason_of
from shapeguard.lint.flow.domain.values import Bool, Int, Sequence, Shape, Unknown, as_term
from shapeguard.lint.flow.operations.reshaping import written
from shapeguard.lint.flow.shapes.axes import settled
from shapeguard.lint.flow.shapes.cutting import as_size
from shapeguard.lint.flow.shapes.masks import occurring
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.models import vocabulary as words
    from shapeguard.lint.flow.operations.application import Application

_DTYPE = "dtype"


def makes(call: Application, model: words.Makes) -> Value:
    """Make a tensor of given extents."""
    given = call.rest(model.size, alone=not model.spread)
    if given is not None and len(given) == 1 and isinstance(given[0], Shape):
        like = settled(call.run, given[0].tensor)
        return like.turned(call.identity)
    extents = None if given is None else written(call, given)
    if extents is None:
        return _of(call, ()) if given == () else call.unknown("made")
    sizes = tuple(each for each in extents if each is not None)
    return _of(call, sizes, *(_fractions(call) if model.fractions and ZERO in sizes else ()))


def _fractions(call: Application) -> tuple[Trait, ...]:
    """Return what is known of a tensor without entries: its dtype is the default unless one is given."""
    if _DTYPE in call.given.keywords or call.given.unpacked:
        return ()
    why = "it has no entry and the default dtype"
    return (Trait(Kind.FRACTIONS, why, trail=(call.run.station(call.node, f"`{{}}`: {why}"),)),)


def _of(call: Application, extents: tuple[Term, ...], *traits: Trait) -> Tensor:
    name = source(call.node)
    axes = tuple(enumerate(extents))
    return Tensor(call.identity, name, axes, len(extents), traits=traits)


def converts(call: Application, model: words.Converts) -> Value:
    """Make a tensor of a list, as long as the list."""
    data = call.get(model.data)
    if data is None:
        return _of(call, (ZERO,)) if model.typed else call.unknown("made")
    typed = model.typed or _DTYPE in call.given.keywords or len(call.given.positional) > 1
    return merge.each(data, lambda leaf: _converted(call, leaf, typed=typed), call.identity)


def _converted(call: Application, data: Value, *, typed: bool) -> Value:
    match data:
        case Int():
            return _of(call, ())
        case Tensor():
            return data
        case Slice(start, stop) if stop is not None:
            return _of(call, (operation("maximum", stop - (start or ZERO), ZERO),))
        case Sequence():
            return _listed(call, data, typed=typed)
        case Unknown() if call.model.name.startswith("torch."):
            return Tensor(call.identity, source(call.node))
        case _:
            return call.unknown("made")


def _listed(call: Application, data: Sequence, *, typed: bool) -> Value:
    length = merge.length(data, call.identity)
    element = merge.member_of(data, call.identity)
    leaves = [] if element is None else merge.leaves(element)
    why = _reason(length)
    untyped = Trait(Kind.UNTYPED, why, trail=(call.run.station(call.node, f"`{{}}`: {why}"),))
    traits = (untyped,) if why and not typed else ()
    inner = {merge.length(leaf, "") for leaf in leaves if isinstance(leaf, Sequence)}
    if leaves and all(isinstance(leaf, Int) for leaf in leaves):
        return _of(call, (length,), *traits)
    if not leaves:
        return _of(call, (length,), *traits)
    if len(inner) == 1 and all(isinstance(leaf, Sequence) for leaf in leaves):
        return _of(call, (length, *inner), *traits)
    return Tensor(call.identity, source(call.node), ((0, length),), traits=traits)


def _reason(length: Term) -> str:
    if length == ZERO:
        return "the list has no member"
    return reason_of(length)


def builds(call: Application, model: words.Builds) -> Value:
    """Make a layer: what it was made with is remembered for its calls."""
    keywords = call.given.keywords
    known = tuple((name, keywords[name]) for name in model.passes if name in keywords)
    known += tuple((name, Bool(TRUE)) for name in model.flags)
    return Partial(External(model.function), (), known)


def _known_of(call: Application, kind: Kind | None) -> tuple[Trait, ...]:
    """Return what is known of numbers whose dtype is that of how they are made."""
    return () if kind is None or _DTYPE in call.given.keywords else (Trait(kind),)


def numbers(call: Application, model: words.Numbers) -> Value:
    """Make the numbers of a range."""
    given = call.given.positional
    terms = [as_size(each) or as_term(each) for each in given]
    step = "step" in call.given.keywords or len(given) > 2  # noqa: PLR2004 - with a step
    known = [each for each in terms if each is not None]
    if not known or len(known) != len(terms) or step:
        return Tensor(call.identity, source(call.node), rank=1)
    start, stop = (ZERO, known[0]) if len(known) == 1 else (known[0], known[1])
    sure = all(isinstance(each, Int) and not each.term.real for each in given)
    traits = _known_of(call, model.gives if sure else None)
    return _of(call, (operation("maximum", stop - start, ZERO),), *traits)


def spaced(call: Application, model: words.Spaced) -> Value:
    """Make a number of numbers."""
    steps = call.term(model.steps)
    if steps is None:
        return call.unknown("spaced")
    return _of(call, (steps,), *_known_of(call, model.gives))


def squares(call: Application, model: words.Squares) -> Value:
    """Make a matrix."""
    rows, columns = call.term(model.rows), call.term(model.columns)
    if rows is None:
        return call.unknown("matrix")
    return occurring(_of(call, (rows, columns or rows)))
