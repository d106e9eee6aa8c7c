"""Which diagnosis of a place is shown, and what tells a finding apart from all others."""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from shapeguard.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from shapeguard.finding import Finding
    from shapeguard.lint.api import Diagnosis
    from shapeguard.lint.heard import Merit


def merit(diagnosis: Diagnosis) -> Merit:
    """Return what orders diagnoses of one place; no two that differ are equal in all of it."""
    sureness = -list(Confidence).index(diagnosis.confidence)
    way = tuple(
        f"{each.site.function!r}@{each.site.function.number(each.site.node)} {each.message}"
        for each in diagnosis.trail
    )
    text = "" if diagnosis.witness is None else diagnosis.witness.text
    return sureness, diagnosis.rank, len(way), diagnosis.message, (text, *way)


class Key(NamedTuple):
    """What a finding is known by when lines have moved: no two of a run have the same.

    ``path`` is relative to the root of the repository, or else to the directory of the configuration,
    so it is the same wherever the tool is started. ``text`` is that of the sink, written as `ast` writes it, so that neither another layout
    nor another wording of the message makes another finding of it; ``occurrence`` counts, from 1, the
    findings that have all the rest in common.
    """

    code: str
    path: str
    function: str
    text: str
    occurrence: int

    @property
    def fingerprint(self) -> str:
        """A digest of 32 hexadecimal digits."""
        text = "|".join(map(str, self)).encode(errors="backslashreplace")
        return hashlib.sha256(text).hexdigest()[:32]


def keyed(
    findings: Iterable[Finding], path_of: Callable[[str], str]
) -> Iterator[tuple[Finding, Key]]:
    """Give every finding its key and its fingerprint; ``path_of`` is asked for the path in the key.

    Until then the field of the fingerprint holds the text of the sink.
    """
    seen: Counter[tuple[str, str, str, str]] = Counter()
    for finding in findings:
        text = _normalised(finding.fingerprint or finding.message)
        place = (finding.code, path_of(finding.span.filename), finding.function, text)
        seen[place] += 1
        key = Key(*place, seen[place])
        yield replace(finding, fingerprint=key.fingerprint), key


def _normalised(text: str) -> str:
    """Return a stretch of source without its layout; one that is no Python with single blanks.

    Part of an expression may have its lines broken where only parentheses around all of it allow that.
    Of a statement that holds others its head is enough.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for parsed in (_expression, _statement):
            try:
                return ast.unparse(parsed(text.strip()))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                pass
    return " ".join(text.split())


def _expression(text: str) -> ast.AST:
    return ast.parse(f"({text}\n)", mode="eval")


def _statement(text: str) -> ast.AST:
    tree = ast.parse(text)
    for statement in tree.body:
        for block in ("body", "orelse", "handlers", "finalbody", "cases"):
            if hasattr(statement, block):
                setattr(statement, block, [])
    return tree
