"""Rows alone: what every row comes out as when nothing else is in the batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from shapeguard.errors import CompositionError, OracleError
from shapeguard.oracle.blocks import stacked
from shapeguard.oracle.outputs import batched_names, losses, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapeguard.oracle.blocks import Setup
    from shapeguard.oracle.execution import Runner
    from shapeguard.oracle.outputs import Row
    from shapeguard.oracle.structure import Leaf


class Single(NamedTuple):
    """A row alone: its leaves and its losses."""

    leaves: Row
    losses: dict[str, Leaf]


class Alone:
    """Runs rows alone, each through each chain at most once.

    ``unpadded`` takes the padding of each row away before. ``layers`` are those in which adapters
    take part, ``follow_heads`` says whether a row is run with the head of its last adapter.
    """

    def __init__(
        self,
        runner: Runner,
        *,
        unpadded: bool = False,
        layers: tuple[int, ...] | None = None,
        follow_heads: bool = False,
    ) -> None:
        self._runner = runner
        self._unpadded = unpadded
        self._layers = layers
        self._follow_heads = follow_heads
        self._kept: dict[tuple[str, int], Single] = {}
        self._names: dict[str, tuple[str, ...]] = {}

    def of(self, chain: Sequence[Setup], row: int) -> Single:
        """Return one row of the original inputs, run alone through a chain.

        Raises :class:`OracleError` if it fails, and :class:`CompositionError` if it is refused.
        """
        key = (stacked(chain), row)
        if key not in self._kept:
            output = self.run(chain, [row])
            if key[0] not in self._names:
                self._names[key[0]] = batched_names(output, self.run(chain, [row, row]))
            single = rows_of(output, self._names[key[0]], 1)
            self._kept[key] = Single(single[0] if single else {}, losses(output))
        return self._kept[key]

    def run(self, chain: Sequence[Setup], rows: Sequence[int]) -> object:
        """Run rows of the original inputs through a chain, with the errors of :meth:`of`."""
        unpadded = self._unpadded and len(set(rows)) == 1
        try:
            return self._runner.alone(
                chain, rows, layers=self._layers, head=self._head(chain), unpadded=unpadded
            )
        except (CompositionError, OracleError):
            raise
        except Exception as error:
            shown = ", ".join(map(str, rows))
            message = (
                f"rows {shown} alone through {stacked(chain)} fail, so there is nothing to compare "
                f"with: {type(error).__name__}: {error}"
            )
            raise OracleError(message) from error

    def names(self, chain: Sequence[Setup]) -> tuple[str, ...]:
        """Return the leaves that have rows, of a chain that was run."""
        return self._names[stacked(chain)]

    def _head(self, chain: Sequence[Setup]) -> str | None:
        last = chain[-1] if chain else None
        return last if self._follow_heads and isinstance(last, str) else None


Known: TypeAlias = dict[tuple[tuple[int, ...] | None, bool], Alone]
"""Rows that were run alone, by the layers with adapters and by whether heads follow."""
