"""How much text this process holds as trees, and as outlines: both take many times the memory of it.

Between two executions, and between two files, it may be dropped; what is needed again is read again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MOST_PARSED: Final = 600_000
"""How many characters may be held as trees: less than 100 MiB of them."""
MOST_OPEN: Final = 1_000_000
"""How many characters may be held as they are: the texts of more files are compressed."""
MOST_READ: Final = 46_000_000
"""How many characters may be held as outlines: some 200 MiB of them."""


@dataclass(slots=True)
class Held:
    """The number of characters that have been parsed since trees were dropped."""

    characters: int = 0

    @property
    def is_too_much(self) -> bool:
        """Whether it is time to drop what is held."""
        return self.characters > MOST_PARSED


TREES: Final = Held()
