"""What keeps the shape of its operands: entries are changed, bounded, combined or compared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.propositions import FALSE
from shapeguard.lint.flow.domain.tensors import Kind, Trait
from shapeguard.lint.flow.domain.values import Bool, Int, Missing
from shapeguard.lint.flow.evidence.remembering import repaired
from shapeguard.lint.flow.operations.arithmetic import divided
from shapeguard.lint.flow.operations.pairs import pair
from shapeguard.lint.flow.shapes.axes import derived
from shapeguard.lint.flow.shapes.counting import DIVIDE, accumulated, operator_of
from shapeguard.lint.flow.shapes.joining import elementwise
from shapeguard.lint.flow.shapes.masks import complement, entries
from shapeguard.lint.flow.shapes.weighing import NORMALISING, normalised
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.tensors import Tensor
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.models import vocabulary as words
    from shapeguard.lint.flow.operations.application import Application

_OPERANDS = frozenset({"input", "other", "tensor1", "tensor2", "exponent", "end", "x1", "x2"})
_OF_ANY_ENTRIES = (Kind.SQUEEZED, Kind.UNTYPED, Kind.PRESENT_COUNTS, Kind.QUOTIENT)
_NAMED = "bfloat16 byte char double float half int long short type type_as"
_TYPES = frozenset(_NAMED.split())
_OF_NO_DTYPE = (Kind.UNTYPED, Kind.FRACTIONS)
_PLACES = ("device", "cuda", "cpu")
_OF_ZEROS = (Kind.COUNT, Kind.MASKED)


def combines(call: Application, model: words.Combines) -> Value:
    """Combine all operands elementwise."""
    named = [
        (argument.value, call.given.keywords[argument.keyword.value])
        for argument in call.node.args
        if argument.keyword is not None and argument.keyword.value in _OPERANDS
    ]
    sides = (*call.given.nodes, *(side for side, _ in named))
    values = (*call.given.positional, *(value for _, value in named))
    if operator_of(call.node) == DIVIDE and len(sides) == len(values) > 1:
        divided(call.run, call.node, values[0], values[1], source(sides[1]))
    return elementwise(call.run, call.node, sides, values, model.gives)


def keeps(call: Application, model: words.Keeps) -> Value:
    """Return the operand itself; one that gets a dtype is not without its own any more."""
    if (dropped := model.drops) is not None:
        return call.each(lambda tensor: tensor.without(dropped))
    if model.gives is None and not _is_typed(call):
        return call.unknown() if call.operand is None else call.operand
    if model.gives is None:
        return call.each(lambda tensor: tensor.without(*_OF_NO_DTYPE))
    trait = Trait(model.gives)

    def change(tensor: Tensor) -> Value:
        typed = tensor.without(*_OF_NO_DTYPE)
        return typed if typed.trait(trait.kind) else typed.having(trait)

    return call.each(change)


def _is_typed(call: Application) -> bool:
    """Say whether a conversion may be to another dtype: unless it names a device, and nothing else."""
    if call.operation != "to":
        return call.operation in _TYPES
    sides = [source(each.value) for each in call.node.args if each.keyword is None]
    named = (each.keyword.value for each in call.node.args if each.keyword is not None)
    return "dtype" in named or not all(any(word in side for word in _PLACES) for side in sides)


def denies(_call: Application, _model: words.Denies) -> Value:
    """Answer no: what is traced or exported is the same code, run once as it is written."""
    return Bool(FALSE)


def passes(call: Application, model: words.Passes) -> Value:
    """Return an argument as it is."""
    return call.get(model.parameter) or call.unknown()


def maps(call: Application, model: words.Maps) -> Value:
    """Return a tensor of the same shape; ``~mask`` selects what the mask does not."""
    if model.repairs:
        repaired(call.run, call.node, call.operand)

    def change(tensor: Tensor) -> Value:
        if call.operation in ("logical_not", "bitwise_not") and tensor.trait(Kind.MASK):
            return complement(tensor)
        followed = (*_OF_ANY_ENTRIES, *_OF_ZEROS) if model.keeps_zeros else _OF_ANY_ENTRIES
        kept = tensor.traits_of(*followed)
        sums = accumulated(tensor) if model.accumulates else ()
        given = sums if model.gives is None else (Trait(model.gives, of=tensor.extent(0)),)
        if call.operation in NORMALISING:
            given = (*given, *normalised(call.run, call.node, tensor, call.given))
        made = tensor.turned(derived(call.entries, entries(tensor)), *kept, *given)
        return made if model.gives is None else replace(made, name=source(call.node))

    return call.each(change)


def clamps(call: Application, model: words.Clamps) -> Value:
    """Bound the entries from below: a count that cannot be 0 any more is none."""
    low = call.get(model.low)
    bounded = low is not None and not isinstance(low, Missing)
    positive = bounded and not (isinstance(low, Int) and (low.term.known or 0) <= 0)

    def change(tensor: Tensor) -> Value:
        kept = tensor.without(Kind.COUNT) if positive else tensor
        return kept.turned(derived(call.entries, entries(tensor)), *kept.traits)

    return call.each(change)


def orders(call: Application, _: words.Orders) -> Value:
    """Return a pair: the entries in another order, and their positions."""

    def change(tensor: Tensor) -> Value:
        values = tensor.turned(derived("sorted", entries(tensor)))
        positions = replace(values, origin=f"{values.origin}.indices")
        return pair(call, values, positions, tensor.extent(0))

    return call.each(change)
