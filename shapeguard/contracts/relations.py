"""Relations between extents that an axis string cannot say, as frozen values.

A relation names what it reads by *paths* such as ``"state.idx_slice"`` (an argument and its
attributes) and by axis names that the signature binds. ``shapeguard.runtime.relations`` evaluates
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from shapeguard.contracts import hazards

if TYPE_CHECKING:
    from shapeguard.contracts.hazards import Hazard

Level = Literal["shapes", "strict", "values"]
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True, slots=True)
class Expression:
    """A truth over axis names and arguments, such as ``"rows == batch"``."""

    text: str
    hazard: Hazard = hazards.BROKEN_RELATION
    argument: str = ""


@dataclass(frozen=True, slots=True)
class DescribesTheShare:
    """A slice kept as metadata covers as many rows as the batch that it travels with.

    Unless ``exactly``, a positive number of rows that divides the batch passes too: adapters
    replicates such a share to the batch, which is right when all its rows are the same.
    """

    metadata: str
    axis: str
    exactly: bool = False
    hazard: Hazard = hazards.STALE_SHARE_METADATA


@dataclass(frozen=True, slots=True)
class SplitsTheBatch:
    """Sizes are integers >= 0, one for each child, and add up to the batch.

    A direct call from one of ``fewer_allowed_from`` may leave out the last, empty shares.
    """

    sizes: str
    children: str
    axis: str
    fewer_allowed_from: tuple[str, ...] = ()
    hazard: Hazard = hazards.ILL_FITTING_SPLIT_SIZES


@dataclass(frozen=True, slots=True)
class TakesRows:
    """A slice stays within the batch, an index tensor is one-dimensional.

    On the result: the axis ``rows`` has as many rows as the slice or index takes.
    """

    taken_by: str
    axis: str
    rows: str = ""
    hazard: Hazard = hazards.ILL_FITTING_SLICE


@dataclass(frozen=True, slots=True)
class PresentInAllOrNone:
    """An optional field is set in every member of a list of states, or in no member."""

    states: str
    field: str
    hazard: Hazard = hazards.HALF_PRESENT_FIELD


@dataclass(frozen=True, slots=True)
class AlikeBesideTheBatch:
    """A field of all members of a list of states has the same extents, the first axis left out.

    Members in which it is absent do not count.
    """

    states: str
    field: str
    hazard: Hazard = hazards.MISMATCHED_AXIS


@dataclass(frozen=True, slots=True)
class Replicates:
    """Tensors with fewer rows than ``to`` have some, and a number that divides its rows.

    One with more was repeated before, as a mask of DistilBERT is; where ``to`` has none it has none either.
    Without ``to`` it is the one with most rows among them. An argument may be None, or several.
    """

    tensors: tuple[str, ...]
    to: str = ""
    hazard: Hazard = hazards.MISMATCHED_AXIS


@dataclass(frozen=True, slots=True)
class HeadsTakeShares:
    """The rows of a model's outputs can be handed out to the heads of a composition.

    The sizes of a ``BatchSplit`` of heads fit; where the outputs are a mapping each share has a row,
    since the first and the last one are looked up. Heads in ``Parallel`` get equal shares.
    """

    heads: str
    outputs: str
    hazard: Hazard = hazards.ILL_FITTING_SPLIT_SIZES


@dataclass(frozen=True, slots=True)
class OneTaskIdARow:
    """The task ids of the forward context name one child for each row of the batch.

    Ids in a list, or in a tensor in memory, are compared with the children; with ``in_range`` those on a
    device as well, which waits for it.
    """

    children: str
    axis: str
    in_range: bool = False
    hazard: Hazard = hazards.ILL_FITTING_TASK_IDS


Relation: TypeAlias = (
    Expression
    | DescribesTheShare
    | SplitsTheBatch
    | TakesRows
    | PresentInAllOrNone
    | AlikeBesideTheBatch
    | Replicates
    | HeadsTakeShares
    | OneTaskIdARow
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A relation, the level from which it is checked, and whether it speaks about the result."""

    relation: Relation
    level: Level = "shapes"
    on_result: bool = False
