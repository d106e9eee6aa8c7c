"""Words for what makes tensors: of numbers, of lists, of products, and layers that keep some axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from shapeguard.lint.flow.models.vocabulary.base import CALL, COMPOSE, Word

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.tensors import Kind
    from shapeguard.lint.flow.models.vocabulary.base import Parameter


@dataclass(frozen=True, slots=True)
class Makes(Word):
    """Makes a tensor of the given extents: one tuple, or with ``spread`` one argument each.

    ``fractions`` says that its entries are fractions unless a dtype is given.
    """

    size: Parameter
    spread: bool = True
    fractions: bool = False


@dataclass(frozen=True, slots=True)
class Converts(Word):
    """Makes a tensor of a list; ``typed`` if its dtype does not depend on what is in the list."""

    data: Parameter
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Numbers(Word):
    """Makes the numbers from ``start`` to ``stop``, one axis; ``stop`` alone if only one is given.

    ``gives`` is what is known of them unless a dtype is given.
    """

    gives: Kind | None = None


@dataclass(frozen=True, slots=True)
class Spaced(Word):
    """Makes ``steps`` numbers, one axis.

    ``gives`` is what is known of them unless a dtype is given.
    """

    steps: Parameter
    gives: Kind | None = None


@dataclass(frozen=True, slots=True)
class Squares(Word):
    """Makes a matrix of ``rows`` and ``columns``, as many as rows unless given."""

    rows: Parameter
    columns: Parameter


@dataclass(frozen=True, slots=True)
class Multiplies(Word):
    """Multiplies matrices: the leading axes and the rows of the first, the columns of the second."""

    other: Parameter


@dataclass(frozen=True, slots=True)
class Leads(Word):
    """Keeps the first ``axes`` axes, or all but the last ``rest``; the others are unknown.

    ``adds`` is the number of axes that come behind.
    """

    axes: int | None = None
    rest: int = 0
    adds: int = 0


@dataclass(frozen=True, slots=True)
class Contracts(Word):
    """Sums products over the axes that an equation names on the left only: ``"bij,bj->bi"``."""

    equation: Parameter


@dataclass(frozen=True, slots=True)
class Builds(Word):
    """Makes a layer or a loss, which does what ``function`` does when it is called.

    ``passes`` are the keywords that it remembers for the call, ``flags`` those that it sets.
    """

    function: str
    passes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Composes(Word):
    """Makes a block of adapters, its arguments; the keyword ``sizes`` has a number for each of them."""

    sizes: str = ""
    emits: ClassVar[frozenset[str]] = COMPOSE


@dataclass(frozen=True, slots=True)
class Listed(Word):
    """Does something to every tensor of a list and gives a list of the same length."""


@dataclass(frozen=True, slots=True)
class Full:
    """Something must have a member, or an element: a parameter, or the tensor itself.

    Where it is a number, that must be positive.
    """

    parameter: Parameter
    axis: int | None = 0


@dataclass(frozen=True, slots=True)
class Within:
    """A number must not be larger than the extent of the tensor itself, and at least ``low``."""

    parameter: Parameter
    axis: int | Parameter
    low: int = 0
    unless: str = ""


@dataclass(frozen=True, slots=True)
class Between:
    """There must be a number from ``low`` up to ``high``; with one of them, from 0 up to that."""

    low: Parameter
    high: Parameter
    inclusive: bool = False


@dataclass(frozen=True, slots=True)
class Wide:
    """An axis of a parameter must have a certain extent, as the coordinates of boxes have 4."""

    parameter: Parameter
    axis: int
    extent: int


@dataclass(frozen=True, slots=True)
class Steps:
    """A sequence must have a step: its first axis, or its second with the flag ``batch_first``."""

    parameter: Parameter
    batch_first: Parameter


@dataclass(frozen=True, slots=True)
class Several:
    """A matrix must not have a single row, where the flag ``training`` is set."""

    parameter: Parameter
    training: Parameter


Need = Full | Within | Between | Wide | Steps | Several


@dataclass(frozen=True, slots=True)
class Requires(Word):
    """Refuses arguments that do not meet its needs; otherwise it does what ``then`` says."""

    needs: tuple[Need, ...]
    then: Word | None = None
    emits: ClassVar[frozenset[str]] = CALL
