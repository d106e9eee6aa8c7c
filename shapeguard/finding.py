"""The one result that every tool produces: a :class:`Finding`.

Frozen values only: no syntax nodes, no tensors, nothing that cannot be written to a file and read
back. Rows and columns are 1-based, columns count code points, ends are exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import total_ordering


class Severity(StrEnum):
    """How bad it is when it happens."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@total_ordering
class Confidence(Enum):
    """How sure the finding is; independent of its severity. Ordered from low to high."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Confidence):
            return NotImplemented
        order = list(Confidence)
        return order.index(self) < order.index(other)


class Consequence(StrEnum):
    """What the program does when the hazard strikes."""

    CRASH = "crash"
    NAN = "nan"
    SILENT = "silent"
    NONE = "none"


class Applicability(StrEnum):
    """Whether a fix keeps the meaning of the program (safe) or repairs it (unsafe)."""

    SAFE = "safe"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two characters: 1-based row and column."""

    row: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of source text in one file, end exclusive."""

    filename: str
    start: Position
    end: Position


@dataclass(frozen=True, slots=True)
class Step:
    """One station of a trace, from the source of an extent to the sink that it breaks."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Operand:
    """A tensor at the sink with the concrete shape that it has in the witness.

    ``shape`` holds the axes that are known, first axis first; ``names`` holds one name for each: ``·``
    where the extent may be any and is made up, with ``…`` at the end where the rank is not known.
    """

    name: str
    shape: tuple[int, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Witness:
    """Concrete sizes that make the finding happen, checked by substitution."""

    sizes: tuple[tuple[str, tuple[int, ...]], ...]
    operands: tuple[Operand, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text at ``span`` by ``content``."""

    span: Span
    content: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that remove the finding."""

    applicability: Applicability
    message: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One hazard at one place.

    ``function`` is the qualified name of the function that holds the sink (empty at module level),
    ``trace`` goes from source to sink, ``fingerprint`` contains no line numbers and is unique
    within a run.
    """

    code: str
    name: str
    message: str
    severity: Severity
    confidence: Confidence
    consequence: Consequence
    span: Span
    function: str = ""
    trace: tuple[Step, ...] = ()
    witness: Witness | None = None
    fix: Fix | None = None
    url: str | None = None
    fingerprint: str = ""

    @property
    def sort_key(self) -> tuple[Span, str, str]:
        """Order of findings in every report: file, place, code, message."""
        return (self.span, self.code, self.message)


class Suppressor(StrEnum):
    """What keeps a finding from being reported: a comment in the source, or the baseline."""

    COMMENT = "comment"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that is not reported, what suppresses it, and the reason given for that."""

    finding: Finding
    by: Suppressor
    reason: str = ""
