"""The operands of a join: on which paths they are what, and which axis they share."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.deduction import given
from shapeguard.lint.flow.domain.predicates import equal, every, negate
from shapeguard.lint.flow.domain.propositions import FALSE, TRUE, is_partly_lost
from shapeguard.lint.flow.domain.ranks import told_rank
from shapeguard.lint.flow.domain.terms import ONE
from shapeguard.lint.flow.domain.values import as_tensor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.tensors import Cut, Tensor
    from shapeguard.lint.flow.domain.terms import Term
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Join


@dataclass(frozen=True, slots=True)
class Path:
    """An operand on the paths on which ``condition`` holds."""

    condition: Predicate
    tensor: Tensor

    def cut(self, axis: int) -> Cut | None:
        """Return the last narrowing of an axis."""
        cuts = [each for each in self.tensor.cuts if each.axis == self.tensor.axis(axis)]
        return cuts[-1] if cuts else None


def paths_of(value: Value, join: Join) -> list[Path]:
    """Return an operand on each of the paths that lead to the join."""
    paths: list[Path] = []
    for condition, leaf in merge.alternatives(value):
        tensor = as_tensor(leaf)
        left = given(condition, join.moment.facts)
        if tensor is not None and left != FALSE:
            paths.append(Path(left, tensor))
    return paths


def pairs(join: Join) -> Iterator[tuple[tuple[str, str], int | None, Iterator[tuple[Path, Path]]]]:
    """Yield each two operands: their names, the axis of the join, and how they meet on all paths."""
    named = list(zip(join.names, join.operands, strict=True))
    for (name, operand), (other_name, other) in combinations(named, 2):
        mine, theirs = paths_of(operand, join), paths_of(other, join)
        along = joined_axis(join, common_rank(join, (*mine, *theirs)))
        yield (name, other_name), along, product(mine, theirs)


def met_under(join: Join, *paths: Path) -> list[Predicate] | None:
    """Return the conditions under which operands meet; None if they never do, or it cannot be told."""
    together = [path.condition for path in paths if path.condition != TRUE]
    if every((*together, *join.moment.facts)) == FALSE or any(map(is_partly_lost, together)):
        return None
    return together


def common_rank(join: Join, paths: Iterable[Path]) -> int | None:
    """Return the rank that joined tensors have in common, if one of them shows it."""
    for path in paths:
        told = told_rank(path.tensor, join.moment.facts)
        rank = told if path.tensor.rank is None else path.tensor.rank
        if rank is not None:
            return rank
    return None


def joined_axis(join: Join, rank: int | None) -> int | None:
    """Return the axis of the join, counted from the front where the rank is known."""
    if join.axis is None or rank is None:
        return join.axis
    if join.operation == "torch.hstack" and rank == 1:
        return 0
    return join.axis + rank if join.axis < 0 else join.axis


def refused(join: Join, mine: Term, theirs: Term) -> Predicate:
    """Return the condition under which a join refuses two extents: they differ, and none stretches."""
    differ = negate(equal(mine, theirs))
    if not join.broadcast:
        return differ
    return every((differ, negate(equal(mine, ONE)), negate(equal(theirs, ONE))))
