"""States that methods of composition hand on: what becomes of each field.

A state is a NamedTuple or dataclass of the project. Whether a field carries the rows of the batch, or
differs between the members of a list of states, its type does not say: another method of the same class
does, which narrows it, joins it or sets it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.predicates import contradicts
from shapeguard.lint.flow.domain.propositions import Opaque, Some, conjuncts
from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.values import Missing, Record, Sequence
from shapeguard.lint.flow.evidence.signatures import composes
from shapeguard.lint.flow.syntax.records import given_to, passes_on
from shapeguard.lint.flow.syntax.trees import source, walk
from shapeguard.lint.flow.trace import Site, Station

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Definition
    from shapeguard.lint.flow.program import Function
    from shapeguard.lint.flow.trace import Trail

_ROWS = ("vslice", "repeat", "pad_and_concat")
"""Methods that act on the rows of a state."""
_OF_ROWS = (*_ROWS, "mean")
_STATELESS = ("_bsz", "check_composition_valid")


class Fate(StrEnum):
    """What becomes of a field."""

    KEPT = "kept"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a state that a method does not treat as it treats the others.

    ``beside`` is one that it does treat. ``trail`` leads to what another method does with the field, and
    is empty where there is no other to ask. ``text`` is what the method gives to it, as written.
    """

    name: str
    fate: Fate
    beside: str
    trail: Trail
    at: Site
    text: str


@dataclass(frozen=True, slots=True)
class _Passing:
    """A method, the state that it is given (``many``: a list of such), and a state that it returns."""

    event: Definition
    given: Record
    many: bool
    result: Record
    facts: frozenset[Predicate]

    def kept(self, name: str) -> bool:
        """Say whether a field is what was given, whatever that is; a field that is None is not."""
        mine, theirs = self.result.field(name), self.given.field(name)
        if mine is None or theirs is None:
            return False
        left = {leaf for _, leaf in merge.alternatives(mine)} - {Missing()}
        return bool(left) and left <= {leaf for _, leaf in merge.alternatives(theirs)}

    def dropped(self, name: str) -> bool:
        """Say whether a field may be None although what was given is not, and nobody asks for that."""
        mine, theirs = self.result.field(name), self.given.field(name)
        if mine is None or theirs is None:
            return False
        present = [c for c, leaf in merge.alternatives(theirs) if not isinstance(leaf, Missing)]
        asked = {part.key for c in present for part in conjuncts(c) if isinstance(part, Opaque)}
        return any(
            not any(contradicts(each, {*self.facts, *conjuncts(case)}) for each in present)
            and not any(
                key in repr(part) for key in asked for part in {*self.facts, *conjuncts(case)}
            )
            for condition, leaf in merge.alternatives(mine)
            if isinstance(leaf, Missing)
            for case in (condition.parts if isinstance(condition, Some) else (condition,))
        )

    def holds_tensor(self, name: str) -> bool:
        theirs = self.given.field(name)
        return theirs is not None and _is_tensor(theirs)

    def treated(self, name: str) -> bool:
        """Say whether a tensor is made anew of the field."""
        mine = self.result.field(name)
        return (
            self.holds_tensor(name)
            and mine is not None
            and not self.kept(name)
            and _is_tensor(mine)
        )


def fields_out_of_step(event: Definition) -> Iterator[Field]:
    """Yield fields of the state that a method of composition returns which it does not treat."""
    if event.function.name not in _OF_ROWS or not composes(event):
        return
    seen: set[str] = set()
    for passing in _passings(event):
        names = [name for name, _ in passing.result.fields]
        beside = next((name for name in names if passing.treated(name)), None)
        for name in names if beside is not None else ():
            fate = _fate(passing, name)
            found = (
                None if fate is None or name in seen else _field(passing, name, fate, beside or "")
            )
            if found is not None:
                seen.add(name)
                yield found


def _fate(passing: _Passing, name: str) -> Fate | None:
    if passing.dropped(name):
        return Fate.DROPPED
    if not passing.kept(name):
        return None
    # One member stands for the others only where there are several.
    return Fate.KEPT if passing.many or passing.holds_tensor(name) else None


def _passings(event: Definition) -> Iterator[_Passing]:
    given, many = _given(event)
    for facts, value in event.returns if given is not None else ():
        for condition, leaf in merge.alternatives(value):
            if given is not None and isinstance(leaf, Record) and leaf.owner is given.owner:
                known = frozenset(part for fact in (*facts, condition) for part in conjuncts(fact))
                yield _Passing(event, given, many, leaf, known)


def _given(event: Definition) -> tuple[Record | None, bool]:
    """Return the state that a method is given, or a member of the list of states."""
    for value in [*event.given.values()][1:]:
        element = value.element if isinstance(value, Sequence) else None
        for found, many in ((value, False), (element, True)):
            if isinstance(found, Record) and found.fields:
                return found, many
    return None, False


def _is_tensor(value: Value) -> bool:
    return any(isinstance(leaf, Tensor) for _, leaf in merge.alternatives(value))


def _field(passing: _Passing, name: str, fate: Fate, beside: str) -> Field | None:
    function = passing.event.function
    node, made = _given_to(function, passing, name)
    text = "" if node is None else source(node)
    if fate is Fate.DROPPED and not _matters(passing, name, text):
        return None
    trail = _elsewhere(passing, name)
    if trail is None:
        return None
    at = Site.of(function, node or made or function.parse().name)
    return Field(name, fate, beside, () if text == "None" else trail, at, text)


def _matters(passing: _Passing, name: str, text: str) -> bool:
    """Say whether a field should be there: one that no mean is taken of, or of no rows, need not be."""
    if passing.holds_tensor(name):
        return passing.event.function.name in _ROWS
    return not text and not passing.many


def _elsewhere(passing: _Passing, name: str) -> Trail | None:
    """Return where another method of the class treats a field, or sets it for a member.

    None where such a method passes it on; () for the rows of a tensor where there is none to ask.
    """
    event = passing.event
    rows = passing.holds_tensor(name) and event.function.name in _ROWS
    asked = [each for each in _ROWS if each != event.function.name] if rows else []
    if passing.many:
        asked += (
            ["compose_single"]
            if rows or event.function.name == "mean"
            else ["vslice", "compose_single"]
        )
    elif not rows:
        asked = ["compose_single"]
    known = False
    for function in _methods(event, asked):
        node, made = _given_to(function, passing, name)
        if node is not None and not passes_on(function.parse().body, node, name):
            template = f"`{function.name}` sets `{name}` to `{{}}`"
            return (Station(0, Site.of(function, node), template, node),)
        known = known or made is not None
    return () if rows and not known else None


def _methods(event: Definition, names: list[str]) -> Iterator[Function]:
    for name in names:
        yield from [each.methods[name] for each in event.family if name in each.methods][:1]


def _given_to(
    function: Function, passing: _Passing, name: str
) -> tuple[cst.BaseExpression | None, cst.Call | None]:
    owner = passing.given.owner
    place = [each for each, _ in passing.given.fields].index(name)
    return given_to(function.parse().body, "" if owner is None else owner.name, place, name)


def returns_nothing(event: Definition) -> tuple[Site, bool] | None:
    """Return where a method of composition returns nothing although it returns a state elsewhere.

    The second says that a statement does so, and not only the end of the body.
    """
    values = [leaf for _, value in event.returns for _, leaf in merge.alternatives(value)]
    some = [leaf for leaf in values if not isinstance(leaf, Missing)]
    if len(some) in (0, len(values)) or event.function.name in _STATELESS or not composes(event):
        return None
    function = event.function
    for node in walk(function.parse().body):
        if isinstance(node, cst.Return) and (node.value is None or source(node.value) == "None"):
            return Site.of(function, node), True
    return Site.of(function, function.parse().name), False
