"""Symbolic integers: extents, lengths, bounds and indices.

A :class:`Term` is a linear form ``constant + sum(coefficient * atom)``. An atom is a symbol (the
extent of a parameter's axis, a loop index, an unknown) or an operation that is not linear (the
length of a slice, a floor division, a sum over a list of sizes). Two terms that are equal as linear
forms are equal as values, so equality by construction needs no prover; everything else is decided
by substitution (see ``witness.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec import Struct

from shapeguard.lint.flow.domain.numbers import FLOORS, NON_NEGATIVE, OPERATIONS, UndefinedError
from shapeguard.lint.flow.domain.once import once

if TYPE_CHECKING:
    from collections.abc import Iterator


class Unlikely(str):
    """A reason why a number may be 0 that hardly ever comes true: half a sentence, like any other."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Symbol:
    """An unknown integer, at least ``low``. ``key`` is its identity, ``name`` what people read.

    Without ``low`` it may be negative. ``why`` is the evidence that it may be 0, as half a sentence;
    without it nothing is known. A ``real`` one need not be an integer.
    """

    key: str
    name: str = field(compare=False, repr=False)
    low: int | None = field(default=0, compare=False, repr=False)
    why: str = field(default="", compare=False, repr=False)
    real: bool = field(default=False, compare=False, repr=False)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return self is other or (type(other) is Symbol and self.key == other.key)


@dataclass(frozen=True, slots=True)
class Sizes:
    """An unknown list of integers of at least ``low``, such as the ``batch_sizes`` of a split."""

    key: str
    name: str = field(compare=False, repr=False)
    low: int = field(default=0, repr=False)


class Operation(Struct, frozen=True, cache_hash=True, dict=True):
    """A non-linear operation; see :data:`OPERATIONS` for what each name computes.

    Its text is its place among the parts of a term, and is computed once.
    """

    name: str
    operands: tuple[Term | Sizes | None, ...]

    @once
    def _text(self) -> str:
        return f"Operation(name={self.name!r}, operands={self.operands!r})"

    def __repr__(self) -> str:
        return self._text


Atom = Symbol | Operation
Assignment = Mapping[Symbol | Sizes, "int | tuple[int, ...]"]


class Term(Struct, frozen=True, cache_hash=True, dict=True):
    """``constant`` plus the sum of ``coefficient * atom``, in a canonical order.

    Its text is part of many identities, and is computed once.
    """

    constant: int
    parts: tuple[tuple[Atom, int], ...] = ()

    @once
    def _text(self) -> str:
        return f"Term(constant={self.constant!r}, parts={self.parts!r})"

    def __repr__(self) -> str:
        return self._text

    def __add__(self, other: Term) -> Term:
        return _collect(self.constant + other.constant, (*self.parts, *other.parts))

    def __sub__(self, other: Term) -> Term:
        return self + other.scaled(-1)

    def scaled(self, factor: int) -> Term:
        """Return the term times a known integer."""
        if factor == 0:
            return ZERO
        return Term(self.constant * factor, tuple((a, c * factor) for a, c in self.parts))

    @property
    def known(self) -> int | None:
        """The value, if it does not depend on any symbol."""
        return None if self.parts else self.constant

    @once
    def real(self) -> bool:
        """Whether the value need not be an integer."""
        return any(_is_real(atom) for atom, _ in self.parts)

    @once
    def floor(self) -> int | None:
        """A lower bound that holds for every assignment, or None."""
        total = self.constant
        for atom, coefficient in self.parts:
            low = _floor(atom)
            if low is None or coefficient < 0:
                return None
            total += coefficient * low
        return total


def _collect(constant: int, parts: tuple[tuple[Atom, int], ...]) -> Term:
    total: dict[Atom, int] = {}
    for atom, coefficient in parts:
        total[atom] = total.get(atom, 0) + coefficient
    kept = [(atom, coefficient) for atom, coefficient in total.items() if coefficient]
    if len(kept) > 1:
        kept.sort(key=_order)
    return Term(constant, tuple(kept))


def _order(part: tuple[Atom, int]) -> str:
    atom = part[0]
    return atom.key if isinstance(atom, Symbol) else repr(atom)


def _floor(atom: Atom) -> int | None:
    if isinstance(atom, Symbol):
        return atom.low
    if atom.name in NON_NEGATIVE:
        listed = atom.operands[0] if atom.name == "member" else None
        return listed.low if isinstance(listed, Sizes) else 0
    bound = FLOORS.get(atom.name)
    return None if bound is None else bound([t.floor for t in atom.operands if isinstance(t, Term)])


def _is_real(atom: Atom) -> bool:
    if isinstance(atom, Symbol):
        return atom.real
    parts = atom.operands if atom.name in _OF_NUMBERS else ()
    return any(isinstance(each, Term) and each.real for each in parts)


_OF_NUMBERS = frozenset({"product", "quotient", "remainder", "minimum", "maximum"})
ZERO = Term(0)
ONE = Term(1)


def number(value: int) -> Term:
    """Return the term of a known integer."""
    return Term(value)


def symbol(key: str, name: str | None = None, low: int | None = 0, why: str = "") -> Term:
    """Return the term of a new symbol."""
    return Term(0, ((Symbol(key, name or key, low, why), 1),))


def reason_of(term: Term) -> str:
    """Return why a part of a sum may be 0, if one of its symbols has a reason."""
    whys = (_why(atom) for atom, _ in term.parts)
    return next((why for why in whys if why), "")


def _why(atom: Atom) -> str:
    """Return why a number may be 0; the smallest of several may be if one of them may."""
    if isinstance(atom, Symbol):
        return atom.why
    operands = atom.operands if atom.name == "minimum" else ()
    return next(
        (why for each in operands if isinstance(each, Term) and (why := reason_of(each))), ""
    )


def atoms(term: Term) -> Iterator[Symbol | Sizes]:
    """Yield every symbol and list of sizes that a term depends on."""
    for atom, _ in term.parts:
        if isinstance(atom, Symbol):
            yield atom
            continue
        for operand in atom.operands:
            if isinstance(operand, Sizes):
                yield operand
            elif operand is not None:
                yield from atoms(operand)


def operations(term: Term) -> Iterator[Atom]:
    """Yield every symbol and operation that a term is made of, from the outside in."""
    for atom, _ in term.parts:
        yield atom
        if isinstance(atom, Operation):
            for operand in atom.operands:
                if isinstance(operand, Term):
                    yield from operations(operand)


def constants(term: Term) -> Iterator[int]:
    """Yield every number that is written in a term."""
    yield term.constant
    for atom, _ in term.parts:
        if isinstance(atom, Operation):
            for operand in atom.operands:
                if isinstance(operand, Term):
                    yield from constants(operand)


def evaluate(term: Term, assignment: Assignment) -> int:
    """Return the value of a term; raises :class:`UndefinedError` where it has none."""
    total = term.constant
    for atom, coefficient in term.parts:
        if isinstance(atom, Symbol):
            value = assignment[atom]
            if not isinstance(value, int):
                raise UndefinedError
        else:
            value = _evaluate_operation(atom, assignment)
        total += coefficient * value
    return total


def _evaluate_operation(made: Operation, assignment: Assignment) -> int:
    values: list[int | tuple[int, ...] | None] = []
    for operand in made.operands:
        if operand is None:
            values.append(None)
        elif isinstance(operand, Sizes):
            values.append(assignment[operand])
        else:
            values.append(evaluate(operand, assignment))
    return OPERATIONS[made.name](*values)
