"""Comments that suppress findings, put into the source on lines that can take one."""

from __future__ import annotations

import re
import tokenize
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shapeguard.finding import Edit, Position, Span
from shapeguard.lint.editing import applied_to
from shapeguard.lint.housekeeping import NOTICES
from shapeguard.lint.source import decode
from shapeguard.lint.suppressions import statements_of, suppressions_in, tokens_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from shapeguard.finding import Finding
    from shapeguard.lint.source import SourceFile
    from shapeguard.lint.suppressions import Suppression

    _Place = Suppression | int
    _Placed = Mapping[_Place, Sequence[Finding]]

NOT_BY_COMMENT = "a comment cannot suppress it; `ignore` in the configuration can"
NO_PLACE = "no line there can take a comment with this reason"

_KEYWORD = re.compile(r"#\s*shapeguard:\s*ignore", re.IGNORECASE)
_CODES = re.compile(r"\s*\[[^\]#]*\]")
_ROW_ENDS = frozenset({tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT})
_HOUSEKEEPING = frozenset(notice.code for notice in NOTICES)


@dataclass(frozen=True, slots=True)
class Ignored:
    """A file with comments: how many codes were ``added``, and which findings are ``left``, and why."""

    data: bytes
    added: int
    left: tuple[tuple[Finding, str], ...]


def with_ignores(data: bytes, path: Path, findings: Sequence[Finding], reason: str) -> Ignored:
    """Return the bytes of a file with comments that suppress findings in it.

    A suppression that speaks about the place of a finding is given its code, and keeps its own
    reason; any other comment stays, in front of the new one. A comment that would change the program,
    or suppress nothing, is not put in.
    """
    left = [(each, NOT_BY_COMMENT) for each in findings if each.code in _HOUSEKEEPING]
    wanted = [each for each in findings if each.code not in _HOUSEKEEPING]
    if not wanted:
        return Ignored(data, 0, tuple(left))
    page = _Page(data, decode(data, path, wanted[0].span.filename), reason)
    placed: dict[_Place, list[Finding]] = {}
    for each in wanted:
        place = page.place(each)
        if place is None:
            left.append((each, NO_PLACE))
        else:
            placed.setdefault(place, []).append(each)
    kept = placed if page.applied(placed) is not None else page.harmless(placed)
    left += [(each, NO_PLACE) for place in placed if place not in kept for each in placed[place]]
    changed = page.applied(kept)
    added = sum(len({each.code for each in found}) for found in kept.values())
    return Ignored(data if changed is None else changed, added, tuple(left))


@dataclass
class _Page:
    """A file, and where comments can stand in it."""

    data: bytes
    source: SourceFile
    reason: str
    suppressions: list[Suppression] = field(init=False)
    statements: dict[int, range] = field(init=False)
    open_rows: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.suppressions = suppressions_in(self.source)
        self.statements = statements_of(self.source)
        self.open_rows = frozenset(_open_rows(self.source))

    def place(self, finding: Finding) -> _Place | None:
        """Return the suppression that speaks about a finding, or the row that one can be put on."""
        for each in self.suppressions:
            if each.rows is not None and each.covers(finding):
                return each
        rows = (*_rows(finding), *self._rows_of_statement(finding.span.start.row))
        return next((row for row in rows if row in self.open_rows), None)

    def _rows_of_statement(self, row: int) -> list[int]:
        """Return the first and last rows of the statements around a row, the innermost first."""
        around = [first for first, rows in self.statements.items() if row in rows]
        return sorted(around, key=lambda each: (len(self.statements[each]), each))

    def applied(self, placed: _Placed) -> bytes | None:
        """Return the file with comments, or None if one changes the program or has no effect."""
        edits = [
            edit
            for place, findings in placed.items()
            for edit in self._edits(place, sorted({each.code for each in findings}))
        ]
        changed = applied_to(self.data, edits)
        return changed if changed is not None and self._is_right(changed, placed) else None

    def harmless(self, placed: _Placed) -> _Placed:
        """Return what can be applied of what cannot be applied together."""
        kept: dict[_Place, Sequence[Finding]] = {}
        for place, findings in placed.items():
            if self.applied({**kept, place: findings}) is not None:
                kept[place] = findings
        return kept

    def _is_right(self, changed: bytes, placed: _Placed) -> bool:
        after = decode(changed, self.source.path, self.source.shown)
        said = [(code.text, each) for each in suppressions_in(after) for code in each.codes]
        return _program(after) == _program(self.source) and all(
            any(code == finding.code and each.covers(finding) for code, each in said)
            for findings in placed.values()
            for finding in findings
        )

    def _edits(self, place: _Place, codes: list[str]) -> Iterator[Edit]:
        if isinstance(place, int):
            line = self.source.lines[place - 1]
            end = len(line.rstrip())
            comment = f"  # shapeguard: ignore[{', '.join(codes)}] {self.reason}"
            yield self._edit(place, end, comment, len(line.rstrip("\r\n")) - end)
        else:
            yield from self._merged(place, codes)

    def _merged(self, comment: Suppression, codes: list[str]) -> Iterator[Edit]:
        """Yield the edits that put codes into a suppression, and a reason if it has none."""
        row, text = comment.span.start.row, ", ".join(codes)
        line = self.source.lines[row - 1]
        keyword = _KEYWORD.match(line, comment.span.start.column - 1)
        assert keyword is not None  # noqa: S101 - a suppression begins with it
        behind = keyword.end()
        brackets = _CODES.match(line, behind)
        reason = "" if comment.reason else f" {self.reason}"
        if brackets is None:
            yield self._edit(row, behind, f"[{text}]{reason}")
            return
        if comment.codes:
            yield self._edit(row, comment.codes[-1].span.end.column - 1, f", {text}")
        else:
            yield self._edit(row, line.index("[", behind) + 1, text)
        if reason:
            yield self._edit(row, brackets.end(), reason)

    def _edit(self, row: int, offset: int, content: str, length: int = 0) -> Edit:
        start, end = Position(row, offset + 1), Position(row, offset + length + 1)
        return Edit(Span(self.source.shown, start, end), content)


def _rows(finding: Finding) -> range:
    return range(finding.span.start.row, finding.span.end.row + 1)


def _open_rows(source: SourceFile) -> Iterator[int]:
    """Yield the rows behind whose code a comment can stand: not in a string, nor before a backslash."""
    depth = 0
    for token in tokens_in(source.text):
        kind, row = tokenize.tok_name[token.type], token.start[0]
        # From Python 3.12 on, what is formatted in a string is cut into tokens of its own.
        depth += kind.endswith("STRING_START") - kind.endswith("STRING_END")
        if token.type in _ROW_ENDS and not depth and _has_code(source, row):
            yield row


def _has_code(source: SourceFile, row: int) -> bool:
    text = "".join(source.lines[row - 1 : row]).strip()
    return text != "" and not text.startswith("#")


def _program(source: SourceFile) -> list[tuple[int, str, int]]:
    """Return what a file says, and in which rows, without its comments."""
    tokens = (each for each in tokens_in(source.text) if each.type != tokenize.COMMENT)
    return [(each.type, each.string, each.start[0]) for each in tokens]
