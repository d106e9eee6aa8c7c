"""Building terms: products, quotients and other operations, folded where their value is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.numbers import UndefinedError
from shapeguard.lint.flow.domain.terms import ONE, ZERO, Operation, Term, evaluate, symbol
from shapeguard.lint.flow.syntax.texts import digest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapeguard.lint.flow.domain.terms import Sizes


MAX_FACTORS = 8
MAX_TEXT = 4_000
"""How long a product is written out; what repeats itself doubles its text with each line."""


def operation(name: str, *operands: Term | Sizes | None) -> Term:
    """Apply a non-linear operation, folding it where its value is already known."""
    simpler = _simplified(name, operands)
    if simpler is not None:
        return simpler
    made = Term(0, ((Operation(name, operands), 1),))
    if all(isinstance(each, Term) and each.known is not None for each in operands if each):
        try:
            return Term(evaluate(made, {}))
        except UndefinedError:
            pass
    return made


def times(left: Term, right: Term) -> Term:
    """Multiply; linear where one side is known."""
    if left.known is not None:
        return right.scaled(left.known)
    if right.known is not None:
        return left.scaled(right.known)
    coefficient = 1
    factors: list[Term] = []
    for factor in (*factors_of(left), *factors_of(right)):
        if factor.known is not None:
            coefficient *= factor.known
        else:
            factors.append(factor)
    factors.sort(key=repr)
    if len(factors) > MAX_FACTORS or sum(len(repr(each)) for each in factors) > MAX_TEXT:
        return _unwritten(factors, coefficient)
    product = factors[0]  # shapeguard: ignore[SG305] neither side is a known number
    for factor in factors[1:]:
        product = operation("product", product, factor)
    return product.scaled(coefficient)


def _unwritten(factors: list[Term], coefficient: int) -> Term:
    """Return a product that is too long to be written out: equal ones are the same number."""
    floors = [each.floor for each in factors]
    low = 0 if all(floor is not None and floor >= 0 for floor in floors) else None
    return symbol(f"product({digest(repr(factors))})", "a product", low=low).scaled(coefficient)


def factors_of(term: Term) -> tuple[Term, ...]:
    """Return the factors of a product; a term that is none is its only factor."""
    match term:
        case Term(constant=0, parts=((Operation(name="product", operands=operands), coefficient),)):
            inner = tuple(
                f for each in operands if isinstance(each, Term) for f in factors_of(each)
            )
            return inner if coefficient == 1 else (*inner, Term(coefficient))
        case Term(constant=0, parts=((atom, coefficient),)) if coefficient != 1:
            return (Term(0, ((atom, 1),)), Term(coefficient))
        case _:
            return (term,)


def quotient(whole: Term, part: Term) -> Term:
    """Divide; factors that both have in common cancel."""
    above, below = list(factors_of(whole)), list(factors_of(part))
    for factor in factors_of(part):
        if factor in above and factor != ZERO:
            above.remove(factor)
            below.remove(factor)
    return operation("quotient", product_of(above), product_of(below))


def product_of(factors: Iterable[Term]) -> Term:
    """Multiply any number of terms; the order does not matter."""
    product = ONE
    for factor in factors:
        product = times(product, factor)
    return product


def _simplified(name: str, operands: tuple[Term | Sizes | None, ...]) -> Term | None:
    match name, operands:
        case "slice_length", (Term() as extent, start, None) if start in (None, ZERO):
            return extent
        case (("minimum" | "maximum"), (left, right)) if left == right and isinstance(left, Term):
            return left
        case "quotient", (Term() as left, right) if right == ONE:
            return left
        case "range_sum", (_, _, stop) if stop == ZERO:
            return ZERO
        case _:
            return None
