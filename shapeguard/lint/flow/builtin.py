"""Built-in functions, and the methods of lists, as far as they matter to lengths and sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow import merge
from shapeguard.lint.flow.arguments import Arguments
from shapeguard.lint.flow.conditions import is_instance
from shapeguard.lint.flow.cutting import sizes_of
from shapeguard.lint.flow.events import Identity
from shapeguard.lint.flow.lists import any_order
from shapeguard.lint.flow.loops import count, members
from shapeguard.lint.flow.observing import reduced
from shapeguard.lint.flow.operations.measures import entry
from shapeguard.lint.flow.predicates import EveryMember, Opaque, negate, opaque_keys, unknowns
from shapeguard.lint.flow.run import Run
from shapeguard.lint.flow.tensors import Slice, Tensor
from shapeguard.lint.flow.terms import ZERO, Operation, Sizes, Symbol, Term, operation, symbol
from shapeguard.lint.flow.trees import source
from shapeguard.lint.flow.usage import dotted_name
from shapeguard.lint.flow.values import Bool, Int, Missing, Sequence, Shape, Unknown, Value, as_term

if TYPE_CHECKING:
    from collections.abc import Mapping

Builtin = Callable[[Run, cst.Call, Arguments], Value]


def _over(run: Run, node: cst.Call, given: Arguments, change: Callable[[Value], Value]) -> Value:
    if not given.positional:
        return run.unknown(node, "result")
    return merge.each(given.positional[0], change, run.identity(node))


def _len(run: Run, node: cst.Call, given: Arguments) -> Value:
    def one(value: Value) -> Value:
        if isinstance(value, Shape):
            return run.unknown(node, "rank")
        return Int(count(run, node, value))

    return _over(run, node, given, one)


def _sum(run: Run, node: cst.Call, given: Arguments) -> Value:
    def one(value: Value) -> Value:
        sizes, start, stop = _range_of(value)
        if sizes is not None:
            return Int(operation("range_sum", sizes, start, stop))
        if isinstance(value, Sequence) and value.items is not None:
            terms = [as_term(item) for item in value.items]
            if all(term is not None for term in terms):
                return Int(sum((t for t in terms if t is not None), ZERO))
        return run.unknown(node, "sum")

    return _over(run, node, given, one)


def _range_of(value: Value) -> tuple[Sizes | None, Term | None, Term | None]:
    """Read a value as a list of sizes, or as a part ``sizes[start:stop]`` of one."""
    if isinstance(value, Tensor) and len(value.cuts) == 1:
        index = value.cuts[0].index
        if isinstance(index, Slice):
            return Sizes(value.origin, value.name), index.start, index.stop
    if isinstance(value, Sequence) and value.sizes is not None and value.length is not None:
        return value.sizes, None, _stop_of(value)
    return (None, None, None) if isinstance(value, Tensor) else (sizes_of(value), None, None)


def _stop_of(value: Sequence) -> Term | None:
    whole = value.length
    if whole is None or not whole.parts:
        return whole
    match whole.parts:
        case ((Operation(name="slice_length", operands=(_, _, Term() as stop)), _),):
            return stop
        case _:
            return None


def _slice(run: Run, node: cst.Call, given: Arguments) -> Value:
    bounds = [None if isinstance(v, Missing) else as_term(v) for v in given.positional]
    unread = any(
        b is None and not isinstance(v, Missing)
        for b, v in zip(bounds, given.positional, strict=True)
    )
    if unread or not bounds or given.star is not None or len(bounds) > 2:  # noqa: PLR2004 - with a step
        return run.unknown(node, "slice")
    start, stop = (None, bounds[0]) if len(bounds) == 1 else (bounds[0], bounds[1])
    sized = [each for each in (start, stop) if each is not None]
    trail = () if not sized else (run.station(node, _share_message(sized)),)
    return Slice(start, stop, trail)


def _share_message(bounds: list[Term]) -> str:
    names = sorted({sizes.name for term in bounds for sizes in _sizes_in(term)})
    if names:
        return f"`{{}}` is a share of `{' and '.join(names)}`: empty where a size is 0"
    return "`{}` has computed bounds"


def _sizes_in(term: Term) -> list[Sizes]:
    found: list[Sizes] = []
    for atom, _ in term.parts:
        found.extend(each for each in getattr(atom, "operands", ()) if isinstance(each, Sizes))
    return found


def _range(run: Run, node: cst.Call, given: Arguments) -> Value:
    terms = [as_term(value) for value in given.positional]
    if not terms or None in terms or len(terms) > 2:  # noqa: PLR2004 - with a step
        return run.unknown(node, "range")
    start, stop = (ZERO, terms[0]) if len(terms) == 1 else (terms[0], terms[1])
    return Slice(start, stop, (run.station(node, "`{}` has computed bounds"),))


def _enumerate(run: Run, node: cst.Call, given: Arguments) -> Value:
    def one(value: Value) -> Value:
        known, element = members(run, node, value)
        if known is not None:
            pairs = (Sequence((Int(Term(i)), item)) for i, item in enumerate(known))
            return Sequence(tuple(pairs))
        index = Int(symbol(f"{run.identity(node)}.i", "i"))
        return Sequence(None, Sequence((index, element)), count(run, node, value))

    return _over(run, node, given, one)


def _zip(run: Run, node: cst.Call, given: Arguments) -> Value:
    index = symbol(f"{run.identity(node)}.i", "i")
    row: list[Value] = []
    for value in given.positional:
        sizes = sizes_of(value) if not isinstance(value, Unknown) else None
        _, element = members(run, node, value)
        if sizes is not None:
            element = Int(operation("member", sizes, index))
        row.append(element)
    lengths = [count(run, node, value) for value in given.positional]
    return Sequence(None, Sequence(tuple(row)), lengths[0] if lengths else ZERO)


def _same_members(run: Run, node: cst.Call, given: Arguments) -> Value:
    if not given.positional:
        return Sequence(())
    return _over(
        run, node, given, lambda v: v if isinstance(v, Sequence) else _listed(run, node, v)
    )


def _reordered(run: Run, node: cst.Call, given: Arguments) -> Value:
    kept = _same_members(run, node, given)
    return any_order(kept, run.identity(node)) if isinstance(kept, Sequence) else kept


def _listed(run: Run, node: cst.Call, value: Value) -> Value:
    if isinstance(value, Unknown):
        return value
    _, element = members(run, node, value)
    return Sequence(None, element, count(run, node, value))


def _extreme(name: str) -> Builtin:
    def apply(run: Run, node: cst.Call, given: Arguments) -> Value:
        terms = [as_term(value) for value in given.positional]
        if len(terms) == 2 and terms[0] is not None and terms[1] is not None:  # noqa: PLR2004
            return Int(operation(name, terms[0], terms[1]))
        if len(given.positional) == 1 and given.star is None and "default" not in given.keywords:
            reduced(run, node, given.positional[0], name, Identity.NONE)
        return run.unknown(node, name)

    return apply


def _isinstance(run: Run, node: cst.Call, given: Arguments) -> Value:
    if len(node.args) != 2:  # noqa: PLR2004 - isinstance takes two
        return run.unknown(node, "isinstance")
    types = node.args[1].value
    listed = [each.value for each in types.elements] if isinstance(types, cst.Tuple) else [types]
    names = tuple(dotted_name(each) or "" for each in listed)
    value = given.positional[0] if given.positional else Missing()
    origin = value.origin if isinstance(value, Unknown) else run.identity(node)
    return Bool(is_instance(value, names, f"{origin},{','.join(names)}"))


def _quantified(*, every_one: bool) -> Builtin:
    """Return ``all`` or ``any``: known for a condition on every member of a list of sizes."""

    def apply(run: Run, node: cst.Call, given: Arguments) -> Value:
        unknown = Bool(Opaque(f"true({run.identity(node)})"))
        if len(node.args) != 1 or not isinstance(node.args[0].value, cst.BaseComp):
            return unknown
        listed = given.positional[0] if given.positional else unknown
        over = node.args[0].value
        source_of = run.evaluate(over.for_in.iter) if isinstance(over, _COMPREHENSIONS) else unknown
        sizes = sizes_of(source_of)
        condition = listed.element if isinstance(listed, Sequence) else None
        if sizes is None or not isinstance(condition, Bool):
            return unknown
        wanted = condition.predicate if every_one else negate(condition.predicate)
        members = {each for each in unknowns(wanted) if isinstance(each, Symbol)}
        if len(members) != 1 or opaque_keys(wanted):
            return unknown
        return Bool(EveryMember(sizes, members.pop(), wanted, holds=every_one))

    return apply


_COMPREHENSIONS = (cst.GeneratorExp, cst.ListComp)


def _int(run: Run, node: cst.Call, given: Arguments) -> Value:
    def one(value: Value) -> Value:
        number = entry(value) if isinstance(value, Tensor) else value
        if isinstance(number, Unknown):
            return Int(symbol(f"int({number.origin})", source(node), low=None))
        return number if isinstance(number, Int) else run.unknown(node, source(node))

    return _over(run, node, given, one)


BUILTINS: Mapping[str, Builtin] = {
    "len": _len,
    "sum": _sum,
    "slice": _slice,
    "range": _range,
    "enumerate": _enumerate,
    "zip": _zip,
    "list": _same_members,
    "tuple": _same_members,
    "sorted": _reordered,
    "reversed": _reordered,
    "min": _extreme("minimum"),
    "max": _extreme("maximum"),
    "isinstance": _isinstance,
    "any": _quantified(every_one=False),
    "all": _quantified(every_one=True),
    "int": _int,
}
