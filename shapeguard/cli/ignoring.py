"""``shapeguard check --add-ignore``: a comment beside every finding that would be reported."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from shapeguard.cli.output import note
from shapeguard.cli.rewriting import Rewrite, rewrite
from shapeguard.lint.ignoring import with_ignores
from shapeguard.report.sources import Sources, printable
from shapeguard.report.words import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from shapeguard.finding import Finding


def add_ignores(
    findings: Iterable[Finding],
    contents: Mapping[Path, bytes],
    reason: str,
    root: Path,
    *,
    quiet: bool,
) -> bool:
    """Put suppressions beside findings, write the files, and say how many were added.

    ``contents`` holds the bytes of the files as they were checked. Returns whether all that was to
    be written has been; of each file that has not, the reason is said.
    """
    sources = Sources(root, contents)
    found: dict[Path, list[Finding]] = defaultdict(list)
    for each in findings:
        found[root / each.span.filename].append(each)
    done = {
        path: with_ignores(contents[path], path, own, reason)
        for path, own in found.items()
        if path in contents
    }
    failures = rewrite(
        Rewrite(path, contents[path], result.data) for path, result in done.items() if result.added
    )
    for path, why in failures.items():
        note(f"error: {sources.name(str(path))}: cannot be written: {printable(why)}")
    if not quiet:
        for result in done.values():
            _say_what_is_left(result.left, sources)
        numbers = [it.added for path, it in done.items() if it.added and path not in failures]
        added = count(sum(numbers), "suppression")
        note(f"Added {added} to {count(len(numbers), 'file')}.")
    return not failures


def _say_what_is_left(left: Iterable[tuple[Finding, str]], sources: Sources) -> None:
    for finding, why in left:
        note(f"not suppressed: {sources.place(finding.span)}: {finding.code}: {why}")
