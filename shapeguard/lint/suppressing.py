"""Findings against the comments that suppress them, and what is to be said about the comments."""

from __future__ import annotations

import difflib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.finding import Suppressed, Suppressor
from shapeguard.lint.housekeeping import (
    NOTICES,
    SuppressionWithoutReason,
    UnknownCodeInSuppression,
    UnusedSuppression,
)
from shapeguard.lint.suppressions import suppressions_in

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from shapeguard.finding import Finding, Span
    from shapeguard.lint.source import SourceFile
    from shapeguard.lint.suppressions import Code, Suppression
    from shapeguard.lint.wanted import Wanted

_HOUSEKEEPING = frozenset(notice.code for notice in NOTICES)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a check could find: all codes that exist, and those of the rules that were asked.

    ``named`` maps the names of rules to their codes.
    In a ``doubtful`` file something was given up, so that nothing can be said to be unused.
    """

    known: frozenset[str]
    asked: frozenset[str]
    doubtful: frozenset[str]
    wanted: Wanted
    named: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Judged:
    """Findings that stand, those that are suppressed, and findings about suppressions."""

    kept: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    notices: tuple[Finding, ...]


def judge(findings: Iterable[Finding], sources: Iterable[SourceFile], scope: Scope) -> Judged:
    """Sort findings by what the comments of their files say about them."""
    comments = [(source, each) for source in sources for each in suppressions_in(source)]
    saying: dict[tuple[str, str], list[tuple[Suppression, Code]]] = defaultdict(list)
    for source, comment in comments:
        for code in comment.codes:
            saying[source.shown, code.text].append((comment, code))
    kept: list[Finding] = []
    suppressed: list[Suppressed] = []
    used: set[Span] = set()
    for finding in findings:
        said = saying.get((finding.span.filename, finding.code), ())
        hits = [(comment, code) for comment, code in said if comment.covers(finding)]
        used.update(code.span for _, code in hits)
        if hits:
            reason = hits[0][0].reason
            suppressed.append(Suppressed(finding, Suppressor.COMMENT, reason))
        else:
            kept.append(finding)
    notices = [
        each for source, comment in comments for each in _about(source, comment, scope, used)
    ]
    kinds = {notice.code: notice for notice in NOTICES}
    shown = (n for n in notices if scope.wanted.notice(kinds[n.code], n.span.filename))
    return Judged(tuple(kept), tuple(suppressed), tuple(shown))


def _about(
    source: SourceFile, comment: Suppression, scope: Scope, used: Container[Span]
) -> Iterator[Finding]:
    """Yield what is wrong with a suppression."""
    line = source.lines[comment.span.start.row - 1]
    if not comment.codes:
        message = "a suppression names its codes: `# shapeguard: ignore[SG101] reason`"
        yield UnknownCodeInSuppression.finding(comment.span, message)
    for code in comment.codes:
        wrong = _wrong(code.text, scope)
        fix = comment.without(code, line)
        if wrong:
            yield UnknownCodeInSuppression.finding(code.span, wrong, code.text, fix)
        elif code.span not in used and _told(source, code.text, scope):
            where = "file" if comment.rows is None else "line"
            message = f"no {code.text} is found in this {where}"
            yield UnusedSuppression.finding(code.span, message, code.text, fix)
    if comment.codes:
        given = scope.wanted.settings(source.shown).own_options_of(SuppressionWithoutReason.code)
        wrong = SuppressionWithoutReason.wrong(comment.reason, given)
        if wrong:
            yield SuppressionWithoutReason.finding(comment.span, wrong)


def _wrong(code: str, scope: Scope) -> str:
    """Return what is wrong with a code; the empty text if it can be suppressed."""
    if code in _HOUSEKEEPING:
        return f"{code} cannot be suppressed by a comment; `ignore` in the configuration can"
    if code in scope.known:
        return ""
    if code in scope.named:
        return f"`{code}` is the name of a rule, its code is {scope.named[code]}"
    near = difflib.get_close_matches(code.upper(), sorted(scope.known - _HOUSEKEEPING), 1, 0.6)
    return f"no rule has the code `{code}`" + (f"; nearest: {near[0]}" if near else "")


def _told(source: SourceFile, code: str, scope: Scope) -> bool:
    """Say whether the check would have found what a code is about."""
    asked = code in scope.asked and scope.wanted.code(code, source.shown)
    return asked and source.shown not in scope.doubtful
