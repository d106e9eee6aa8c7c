"""Comments that suppress findings: ``# shapeguard: ignore[SG101] reason`` and ``ignore-file[...]``."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.finding import Applicability, Edit, Fix, Position, Span
from shapeguard.lint.source import parse_outline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.finding import Finding
    from shapeguard.lint.source import SourceFile

_DIRECTIVE = re.compile(
    r"#\s*shapeguard:\s*ignore(?P<file>-file)?(?![\w-])\s*"
    r"(?:\[(?P<codes>[^\]#]*)\])?(?P<reason>(?:[^#]|#(?=[0-9]))*)",
    re.IGNORECASE,
)
_CODE = re.compile(r"[^\s,]+")
_RETURN = re.compile(r"\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Code:
    """One code in a suppression, as it is written."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment. It speaks about the findings that touch ``rows``, or about the whole file.

    ``span`` is the comment, up to the next ``#`` or to its end; ``codes`` is empty where it names none.
    """

    span: Span
    codes: tuple[Code, ...]
    rows: range | None
    reason: str
    alone: bool

    def covers(self, finding: Finding) -> bool:
        """Say whether it speaks about the place of a finding."""
        if self.rows is None:
            return True
        first, last = finding.span.start.row, finding.span.end.row
        return first in self.rows or first <= self.span.start.row <= last

    def without(self, code: Code, line: str) -> Fix:
        """Return the fix that removes a code, or with the last of them the comment.

        ``line`` is the line of the comment, with its ending.
        """
        rest = [each.text for each in self.codes if each is not code]
        if rest:
            first, last = self.codes[0].span.start, self.codes[-1].span.end
            span = Span(self.span.filename, first, last)
            return _fix(f"remove `{code.text}`", span, ", ".join(rest))
        return _fix("remove the suppression", self._whole(line), "")

    def _whole(self, line: str) -> Span:
        """Return the stretch that goes with the comment: the blanks before it, or all of its line."""
        row, name = self.span.start.row, self.span.filename
        before, behind = line[: self.span.start.column - 1], line[self.span.end.column - 1 :]
        if behind.strip():
            blanks = len(behind) - len(behind.lstrip())
            end = Position(row, self.span.end.column + blanks)
            return Span(name, self.span.start, end)
        if self.alone and behind:
            return Span(name, Position(row, 1), Position(row + 1, 1))
        start = Position(row, len(before.rstrip()) + 1)
        return Span(name, start, Position(row, len(line.rstrip("\r\n")) + 1))


def _fix(message: str, span: Span, content: str) -> Fix:
    return Fix(Applicability.SAFE, message, (Edit(span, content),))


def suppressions_in(source: SourceFile) -> list[Suppression]:
    """Return the suppressions of a file, in their order; strings that look like one are none."""
    if "shapeguard:" not in source.text.lower():
        return []
    comments = [
        (token, found)
        for token in _comments(source.text)
        for found in _DIRECTIVE.finditer(token.string)
    ]
    statements = statements_of(source) if comments else {}
    return [_suppression(source, token, found, statements) for token, found in comments]


def _comments(text: str) -> Iterator[tokenize.TokenInfo]:
    return (token for token in tokens_in(text) if token.type == tokenize.COMMENT)


def tokens_in(text: str) -> Iterator[tokenize.TokenInfo]:
    """Yield the tokens of a file, as far as it can be cut into them."""
    # A carriage return alone ends a line of Python, but not for the tokenizer.
    lines = io.StringIO(_RETURN.sub("\n", text), newline="")
    try:
        yield from tokenize.generate_tokens(lines.readline)
    except (tokenize.TokenError, SyntaxError):
        return


def _suppression(
    source: SourceFile,
    token: tokenize.TokenInfo,
    found: re.Match[str],
    statements: dict[int, range],
) -> Suppression:
    row, offset = token.start

    def span(first: int, last: int) -> Span:
        start, end = Position(row, offset + first + 1), Position(row, offset + last + 1)
        return Span(source.shown, start, end)

    codes: tuple[Code, ...] = ()
    if found["codes"] is not None:
        begin = found.start("codes")
        codes = tuple(
            Code(each[0], span(begin + each.start(), begin + each.end()))
            for each in _CODE.finditer(found["codes"])
        )
    return Suppression(
        span(found.start(), found.start() + len(found[0].rstrip())),
        codes,
        None if found["file"] else statements.get(row, range(row, row + 1)),
        found["reason"].strip(),
        alone=not source.lines[row - 1][:offset].strip(),
    )


def statements_of(source: SourceFile) -> dict[int, range]:
    """Return the lines of each statement by its first, and by its last; of one with a body, its head."""
    tree = parse_outline(source)
    begun: dict[int, range] = {}
    ended: dict[int, range] = {}
    for node in () if tree is None else ast.walk(tree):
        if isinstance(node, ast.stmt):
            last = _head(node, node.end_lineno or node.lineno)
            lines = range(node.lineno, last + 1)
            begun.setdefault(node.lineno, lines)
            ended.setdefault(last, lines)
    return {**ended, **begun}


def _head(node: ast.stmt, last: int) -> int:
    """Return the last line of a statement, or the last one before its body."""
    if isinstance(node, ast.Match):
        return max(node.lineno, node.cases[0].pattern.lineno - 1)
    body = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.stmt)]
    if not body:
        return last
    return max(node.lineno, min(each.lineno for each in body) - 1)
