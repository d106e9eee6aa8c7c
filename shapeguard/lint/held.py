"""How much text this process holds as trees, which take some hundred times as much memory as the text.

Between two executions they may be dropped; what is needed again is parsed again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MOST: Final = 600_000
"""How many characters may be held as trees: less than 100 MiB of them."""


@dataclass(slots=True)
class Held:
    """The number of characters that have been parsed since trees were dropped."""

    characters: int = 0

    @property
    def is_too_much(self) -> bool:
        """Whether it is time to drop what is held."""
        return self.characters > MOST


TREES: Final = Held()
