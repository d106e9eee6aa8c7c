"""Lists of sizes beside what takes the shares: whether there are as many of one as of the other.

It counts where the sizes come from outside: from a parameter, or an attribute of one. Sizes that were
computed follow from something, and nothing is said of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.algebra import operation
from shapeguard.lint.flow.domain.predicates import equal, less
from shapeguard.lint.flow.domain.propositions import AtMostZero, IsZero, literals
from shapeguard.lint.flow.domain.sizes import MEMBER
from shapeguard.lint.flow.domain.tensors import Slice, Tensor
from shapeguard.lint.flow.domain.terms import Operation, Sizes, Symbol, Term, operations, symbol
from shapeguard.lint.flow.domain.values import Sequence, Unknown, as_term
from shapeguard.lint.flow.events import Loop, Walk
from shapeguard.lint.flow.evidence.reasons import Emptiness, Reason
from shapeguard.lint.flow.evidence.shares import is_running
from shapeguard.lint.flow.evidence.witness import search
from shapeguard.lint.flow.syntax.usage import named_parameters
from shapeguard.lint.flow.trace import Station

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.lint.flow.domain.terms import Atom
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Index, Moment
    from shapeguard.lint.flow.evidence.witness import Assignment
    from shapeguard.lint.flow.trace import Trail

_GIVEN = re.compile(r"[A-Za-z_]\w*(\.\w+)*")
_COUNTED = re.compile(r"(?:enumerate|range\(len)\(([\w.]+)\)+")
_LENGTH = "#0"
_PLURAL = "s"
"""How the name of a list of sizes ends: one size may cut an axis as well."""


@dataclass(frozen=True, slots=True)
class Unpaired:
    """Sizes and their consumers, by the names that the source has for them, and other numbers of each.

    ``compared`` says that the sum of the sizes is compared with an extent on the path, ``related`` that
    both belong to one object.
    """

    sizes: str
    consumers: str
    counts: tuple[int, int]
    compared: bool
    related: bool
    evidence: Emptiness


@dataclass(frozen=True, slots=True)
class _Pair:
    sizes: str
    consumers: str
    moment: Moment
    trail: Trail = ()
    names: tuple[str, str] = ("", "")

    @property
    def lengths(self) -> tuple[Term, Term]:
        return symbol(f"{self.sizes}{_LENGTH}"), symbol(f"{self.consumers}{_LENGTH}")

    @property
    def roots(self) -> frozenset[str]:
        keys = (self.sizes, self.consumers)
        return frozenset(key.partition(".")[0] if _GIVEN.fullmatch(key) else "" for key in keys)

    @property
    def related(self) -> bool:
        return len(self.roots) == 1


def unpaired(event: Loop | Walk) -> Unpaired | None:
    """Return sizes and consumers that an event takes side by side, if nothing says that they fit."""
    pairs = _split(event) if isinstance(event, Loop) else _cut(event)
    pairs = (pair for pair in pairs if not pair.related or _is_unchecked(pair, event))
    return next((found for pair in pairs if (found := _judged(pair)) is not None), None)


def _is_unchecked(pair: _Pair, event: Loop | Walk) -> bool:
    """Say whether the class of an object is seen to take sizes as they come."""
    attribute = pair.names[0] or pair.sizes
    return isinstance(event, Walk) and event.unchecked(attribute.rpartition(".")[2])


def _judged(pair: _Pair) -> Unpaired | None:
    if pair.sizes == pair.consumers or not pair.roots <= _parameters(pair.moment):
        return None
    apart = _apart(pair)
    if apart is None:
        return None
    few, many = (apart.value(each) for each in pair.lengths)
    compared = any(_sums(term, pair.sizes) for term in _terms(pair.moment))
    sizes, consumers = pair.names[0] or pair.sizes, pair.names[1] or pair.consumers
    reason = f"nothing compares the number of `{sizes}` with that of `{consumers}`"
    kind = Reason.EXPLICIT if compared else Reason.BELIEF
    evidence = Emptiness(reason, apart, pair.trail, kind, extent=None)
    return Unpaired(sizes, consumers, (few, many), compared, pair.related, evidence)


def _pairs(sizes: str, consumers: Iterable[str], part: Index) -> Iterator[_Pair]:
    station = Station(0, part.site, "`{}` is the share of one of them", part.site.node)
    yield from (_Pair(sizes, each, part.moment, (station,)) for each in consumers)


def _split(loop: Loop) -> Iterator[_Pair]:
    """Yield the sizes of pieces that a loop takes beside something else."""
    for pieces in loop.together:
        match pieces:
            case Sequence(length=Term(0, ((Operation("count", (Sizes(key),)), 1),))):
                if key.endswith(_PLURAL):
                    keys = filter(None, map(_list_key, loop.together))
                    yield from (_Pair(key, each, loop.moment) for each in keys)
            case _:
                continue


def _list_key(value: Value) -> str:
    """Return the identity of a list that is given from outside, or nothing."""
    match value:
        case Unknown(origin) | Tensor(origin):
            return origin
        case Sequence(length=Term(0, ((Symbol(key), 1),))) if key.endswith(_LENGTH):
            return key.removesuffix(_LENGTH)
        case _:
            return ""


def _cut(walk: Walk) -> Iterator[_Pair]:
    """Yield the sizes of the shares that the body of a loop takes, each with what the loop takes."""
    for part in walk.parts:
        match part.index:
            case Slice(None, Term(1, ((Symbol() as index, 1),))) if _is_summed(part):
                consumers = _bounds(index, part.moment)
                for pair in _pairs(_list_key(part.holder), consumers, part):
                    yield replace(pair, names=(part.name, _numbered(walk.name)))
            case Slice(Term() as start, Term() as stop) if is_running(start):
                length = stop - start
                if length.constant == 0 and [factor for _, factor in length.parts] == [1]:
                    yield from _of_size(length.parts[0][0], walk, part)
            case _:
                continue


def _numbered(loop: str) -> str:
    """Return what a loop walks over with numbers, by the name that the source has for it."""
    found = _COUNTED.fullmatch(loop)
    return "" if found is None else found[1]


def _is_summed(part: Index) -> bool:
    return part.site.function.sums_part(part.name)


def _of_size(size: Atom, walk: Walk, part: Index) -> Iterator[_Pair]:
    taken = [*_members(walk.member)]
    if any(as_term(each) == Term(0, ((size, 1),)) for each in taken):
        sizes = size.key if isinstance(size, Symbol) else _listed(size)
        beside = (each.origin for each in taken if isinstance(each, Unknown | Tensor))
        lists = (each.removesuffix(MEMBER) for each in beside if each.endswith(MEMBER))
        yield from _pairs(sizes.removesuffix(MEMBER), lists, part)
        return
    for fact in part.moment.facts:
        match fact:
            case AtMostZero(Term(1, parts)):
                for index in (atom for atom, factor in parts if factor == 1):
                    key = _list_of(size, index)
                    keys = _bounds(index, part.moment) if key else ()
                    yield from _pairs(key, keys, part)
            case _:
                continue


def _listed(size: Operation) -> str:
    owner = size.operands[0]
    return owner.key if isinstance(owner, Sizes) else ""


def _list_of(size: Atom, index: Atom) -> str:
    """Return the list of which a size is the member at an index, or nothing."""
    at = Term(0, ((index, 1),))
    match size:
        case Operation("member", (Sizes(key=key), place)) if place == at:
            return key
        case Symbol(key=text):
            key = text.partition("[")[0]
            member = operation("member", Sizes(key, ""), at)
            return key if text == f"{key}[{member!r}]" else ""
        case _:
            return ""


def _bounds(index: Atom, moment: Moment) -> Iterator[str]:
    """Yield the lists of which an index is a position."""
    for fact in moment.facts:
        match fact:
            case AtMostZero(Term(1, parts)) if dict(parts).get(index) == 1:
                others = [atom for atom, factor in parts if factor == -1]
                if len(parts) == 1 + len(others) and len(others) == 1:
                    key = others[0].key if isinstance(others[0], Symbol) else ""
                    if key.endswith(_LENGTH):
                        yield key.removesuffix(_LENGTH)
            case _:
                continue


def _members(value: Value) -> Iterator[Value]:
    if isinstance(value, Sequence) and value.items is not None:
        for item in value.items:
            yield from _members(item)
    else:
        yield value


def _parameters(moment: Moment) -> frozenset[str]:
    """Return the parameters of the function that was entered first."""
    entered = moment.path[0].site.function if moment.path else moment.site.function
    return frozenset(each.name.value for each in named_parameters(entered.parse().params))


def _apart(pair: _Pair) -> Assignment | None:
    """Return sizes, and a number of consumers, that the facts allow and that differ in number."""
    sizes, consumers = pair.lengths
    listed = equal(sizes, operation("count", Sizes(pair.sizes, pair.sizes)))
    goals = (less(sizes, consumers), less(consumers, sizes))
    tries = (search([goal, listed], pair.moment.facts) for goal in goals)
    return next((found for found in tries if found is not None), None)


def _terms(moment: Moment) -> Iterator[Term]:
    for fact in moment.facts:
        yield from (each.term for each in literals(fact) if isinstance(each, AtMostZero | IsZero))


def _sums(term: Term, key: str) -> bool:
    """Say whether a term has the sum of a whole list of sizes."""
    return any(
        atom.operands[0] == Sizes(key, "") and atom.operands[2] is None
        for atom in operations(term)
        if isinstance(atom, Operation) and atom.name == "range_sum"
    )
