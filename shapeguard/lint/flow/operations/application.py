"""One application of an op model to the arguments of a call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain.values import Int, Sequence, Shape, as_term, describe
from shapeguard.lint.flow.models import vocabulary as words
from shapeguard.lint.flow.shapes.axes import derived, settled
from shapeguard.lint.flow.shapes.cutting import as_size
from shapeguard.lint.flow.shapes.masks import identity_of, tensor_of
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from shapeguard.lint.flow.domain.arguments import Arguments
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.tensors import Tensor
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Unknown, Value
    from shapeguard.lint.flow.events import Moment
    from shapeguard.lint.flow.run import Run

_FIRST = words.Parameter("input", 0)


@dataclass(frozen=True, slots=True)
class Application:
    """A call of what a model describes; the tensor of a method is the first argument.

    Parameters are those that the model declares: the positions of a method do not count the tensor.
    """

    run: Run
    node: cst.Call
    model: words.Word
    given: Arguments

    @property
    def identity(self) -> str:
        """The identity of what this call produces."""
        return self.run.identity(self.node)

    @property
    def is_method(self) -> bool:
        """Whether the first argument is the tensor whose method it is."""
        return self.model.name.startswith(".")

    @property
    def operation(self) -> str:
        """The last part of the name: ``max`` for ``torch.max`` and for ``.max``."""
        return self.model.name.rpartition(".")[2]

    @property
    def operand(self) -> Value | None:
        """The first argument."""
        return self.given.get(_FIRST)

    @property
    def name(self) -> str:
        """What the source calls the first argument."""
        if self.given.nodes:
            return source(self.given.nodes[0])
        return describe(self.operand) if self.operand is not None else ""

    @property
    def entries(self) -> str:
        """An identity for the entries of the result: the same operation on the same operands."""
        keywords = (f"{name}={identity_of(v)}" for name, v in self.given.keywords.items())
        return derived(self.operation, *map(identity_of, self.given.positional), *keywords)

    def placed(self, parameter: words.Parameter) -> words.Parameter:
        """Return a parameter with its position among these arguments."""
        shift = 1 if self.is_method else 0
        return replace(parameter, position=parameter.position + shift)

    def get(self, parameter: words.Parameter) -> Value | None:
        """Return an argument, or None if it was not given."""
        return self.given.get(self.placed(parameter))

    def number(self, parameter: words.Parameter) -> int | None:
        """Return the known integer that a parameter has."""
        return self.given.number(self.placed(parameter))

    def absent(self, parameter: words.Parameter) -> bool:
        """Say whether a parameter has neither an argument nor a default."""
        return self.given.absent(self.placed(parameter))

    def term(self, parameter: words.Parameter) -> Term | None:
        """Return the integer that a parameter has, known or not."""
        value = self.get(parameter)
        if value is None:
            return None
        size = as_size(value)
        return as_term(value) if size is None else size

    def rest(self, parameter: words.Parameter, *, alone: bool = False) -> tuple[Value, ...] | None:
        """Return what is given as one list or as arguments from a position on; None if unknown.

        With ``alone`` it is one argument, behind which others follow.
        """
        place = self.placed(parameter)
        given = self.given.named(parameter.keyword)
        end = place.position + 1 if alone else None
        values = self.given.positional[place.position : end] if given is None else (given,)
        if self.given.star is not None and given is None:
            return None
        if len(values) != 1:
            return values
        match values[0]:
            case Sequence(items=items):
                return items
            case Shape(tensor):
                known = settled(self.run, tensor)
                axes = range(known.rank) if known.rank is not None else None
                return None if axes is None else tuple(Int(known.extent(a)) for a in axes)
            case _:
                return values

    def under(self, condition: Predicate) -> Moment | None:
        """Return the moment of the call on the paths on which a condition holds, if there are any."""
        return self.run.moment_under(self.node, condition)

    def unknown(self, name: str = "result") -> Unknown:
        """Return a value of which nothing is known."""
        return self.run.unknown(self.node, name)

    def each(self, change: Callable[[Tensor], Value], operand: Value | None = None) -> Value:
        """Apply a change to every alternative of an operand, the first argument if none is given."""
        operand = self.operand if operand is None else operand
        if operand is None:
            return self.unknown()

        def one(leaf: Value) -> Value:
            tensor = tensor_of(leaf, self.name)
            return self.unknown() if tensor is None else change(settled(self.run, tensor))

        return self.run.each(operand, one, self.identity)
