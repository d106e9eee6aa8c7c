"""The engine: files in, findings out. It knows packs and settings; how files are examined it does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shapeguard.lint.examination import Examination
from shapeguard.lint.housekeeping import NOTICES
from shapeguard.lint.packs import load_rules, pack_problems
from shapeguard.lint.project import repository
from shapeguard.lint.ranking import keyed
from shapeguard.lint.source import UnreadableError, decode
from shapeguard.lint.suppressing import Scope, judge
from shapeguard.lint.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from shapeguard.finding import Finding, Suppressed
    from shapeguard.lint.config import Configured
    from shapeguard.lint.project import Project
    from shapeguard.lint.ranking import Key
    from shapeguard.lint.results import FileResult
    from shapeguard.lint.rule import Rule
    from shapeguard.lint.source import SourceFile


@dataclass(frozen=True)
class Outcome:
    """The result of a check.

    ``problems`` are files that could not be read at all, and packs and rules that failed: exit status 2.
    ``analysed`` counts the functions that were executed to their end, ``not_analysed`` names those
    that were given up, and ``suppressed`` are findings that a comment in the source suppresses.
    ``keys`` tells, by fingerprint, what each finding is known by, suppressed ones included.
    ``unsure`` are findings that are left out because the settings ask for surer ones. ``sought`` tells,
    by the file, which codes this check would have found; files where it may have missed some are not
    in it.
    """

    findings: tuple[Finding, ...]
    checked: int
    problems: tuple[str, ...] = ()
    not_analysed: tuple[str, ...] = ()
    analysed: int = 0
    suppressed: tuple[Suppressed, ...] = ()
    keys: Mapping[str, Key] = field(default_factory=dict[str, "Key"])
    unsure: tuple[Finding, ...] = ()
    sought: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])


@dataclass
class _Check:
    """One run of the engine: which files, under which settings, and what was found in each."""

    settings: Configured
    shown_from: Path
    overrides: Mapping[Path, bytes]
    wanted: Wanted
    rules: Sequence[type[Rule]]
    results: dict[str, FileResult] = field(default_factory=dict[str, "FileResult"])
    problems: list[str] = field(default_factory=list[str])

    def shown(self, path: Path) -> str:
        """Return a path as reports show it: relative to where the tool was started, if below."""
        try:
            return path.relative_to(self.shown_from).as_posix()
        except ValueError:
            return path.as_posix()

    def keyed(self, findings: Iterable[Finding], keys: dict[str, Key]) -> list[Finding]:
        """Return findings in order and with their fingerprints, whose keys are added to ``keys``."""
        pairs = list(keyed(sorted(findings, key=lambda each: each.sort_key), self._known_as))
        keys.update((each.fingerprint, key) for each, key in pairs)
        return [each for each, _ in pairs]

    def _known_as(self, shown: str) -> str:
        """Return the path of a file in keys: relative to its repository or else its configuration."""
        path = self.shown_from / shown
        root = repository(path.parent) or self.settings.of(path).root or self.shown_from
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else shown

    def sources(self, paths: Iterable[Path]) -> Iterator[SourceFile]:
        """Yield the text of the files that may hold comments to shapeguard."""
        for path in paths:
            shown = self.shown(path)
            if shown in self.results and self.results[shown].is_python:
                try:
                    data = self.overrides[path] if path in self.overrides else path.read_bytes()
                    if b"shapeguard:" in data.lower():
                        yield decode(data, path, shown)
                except (OSError, UnreadableError):
                    continue


def check(  # noqa: PLR0913 - what is checked, under which settings, and five things that few need
    files: Sequence[Path],
    settings: Configured,
    *,
    root: Path,
    overrides: dict[Path, bytes] | None = None,
    rules: Sequence[type[Rule]] | None = None,
    projects: dict[Path, Project] | None = None,
    told: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Check files and return their findings in a stable order.

    ``root`` is the directory that reported paths are relative to; ``overrides`` gives the bytes of
    files that are not read from disk, such as standard input, checked or not. ``rules`` are asked
    instead of those that packs and settings enable. ``projects`` carries what was read of projects from
    one check to the next, as long as neither ``root`` nor a file changes. ``told`` is called with the
    number of functions that are done and of all, before each.
    """
    here = root.resolve()
    wanted = Wanted(settings, here, frozenset(rule.code for rule in rules or ()))
    targets = [path if path.is_absolute() else here / path for path in files]
    run = _Check(settings, here, overrides or {}, wanted, rules or ())
    if rules is None:
        run.rules = _asked(wanted, map(run.shown, targets))
    examination = Examination(
        wanted, run.shown, run.overrides, {} if projects is None else projects
    )
    examined = examination.examine(settings, targets, run.rules, told)
    run.results = {name: each.result for name, each in examined.items()}
    run.rules = examination.rules
    run.problems = [*examination.unread, *pack_problems(), *examination.problems]
    return _concluded(run, targets)


def _concluded(run: _Check, targets: Sequence[Path]) -> Outcome:
    """Return what is reported of what was found: less what comments and settings leave out."""
    results = run.results.values()
    keys: dict[str, Key] = {}
    found = run.keyed((each for result in results for each in result.found), keys)
    judged = judge(found, run.sources(targets), _scope(run))
    unreadable = [result.unreadable for result in results if result.unreadable is not None]
    notices = run.keyed([*unreadable, *judged.notices], keys)
    sure = list(run.wanted.shown(judged.kept))
    known = {each.fingerprint for each in sure}
    shown = sorted([*sure, *run.wanted.as_severe(notices)], key=lambda each: each.sort_key)
    return Outcome(
        tuple(shown),
        len(run.results),
        tuple(run.problems),
        tuple(sorted({name for result in results for name in result.given_up})),
        len({name for result in results for name in result.analysed}),
        judged.suppressed,
        keys,
        tuple(each for each in judged.kept if each.fingerprint not in known),
        _sought(run),
    )


def _asked(wanted: Wanted, filenames: Iterable[str]) -> list[type[Rule]]:
    """Return the rules that the settings of some file ask for."""
    names = list(filenames)
    return [rule for rule in load_rules() if any(wanted.asks(rule, name) for name in names)]


def _doubtful(run: _Check) -> frozenset[str]:
    """Return the files of which something was not analysed."""
    return frozenset(n for n, result in run.results.items() if result.given_up or result.failed)


def _scope(run: _Check) -> Scope:
    """Return what this check could find; a rule that failed may have missed anything."""
    asked = frozenset(rule.code for rule in run.rules)
    named = {rule.name: rule.code for rule in load_rules()}
    known = {*asked, *named.values(), *(each.code for each in NOTICES)}
    return Scope(frozenset(known), asked, _doubtful(run), run.wanted, named)


def _sought(run: _Check) -> dict[str, frozenset[str]]:
    """Return which codes would have been found in each file; a rule that failed may have missed any."""
    return {
        name: frozenset(
            [rule.code for rule in run.rules if run.wanted.asks(rule, name)]
            + [notice.code for notice in NOTICES if run.wanted.notice(notice, name)]
        )
        for name, result in run.results.items()
        if result.is_python and not (result.given_up or result.failed)
    }
