"""The engine: files in, findings out. It knows packs and settings; how files are examined it does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING

from shapeguard.lint.housekeeping import NOTICES
from shapeguard.lint.installed import other_models
from shapeguard.lint.later import Later
from shapeguard.lint.libraries import without_tensors
from shapeguard.lint.packs import facts_of, pack_problems, rule_facts
from shapeguard.lint.roots import repository, shown
from shapeguard.lint.source import UnreadableError, decode
from shapeguard.lint.unexamined import look
from shapeguard.lint.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from shapeguard.finding import Finding, Suppressed
    from shapeguard.lint.cache import Cache
    from shapeguard.lint.config import Configured
    from shapeguard.lint.examination import Examination
    from shapeguard.lint.facts import RuleFacts
    from shapeguard.lint.keeping import Keeping
    from shapeguard.lint.labour import Labour, Told
    from shapeguard.lint.project import Project
    from shapeguard.lint.ranking import Key
    from shapeguard.lint.results import Examined, FileResult
    from shapeguard.lint.rule import Rule
    from shapeguard.lint.source import SourceFile
    from shapeguard.lint.tasks import Done, Task
    from shapeguard.lint.texts import Texts


@dataclass(frozen=True)
class Outcome:
    """The result of a check.

    ``problems`` are files that could not be read at all, and packs and rules that failed: exit status 2.
    ``analysed`` counts the functions that were executed to their end, ``not_analysed`` names those
    that were given up, and ``suppressed`` are findings that a comment in the source suppresses.
    ``keys`` tells, by fingerprint, what each finding is known by, suppressed ones included.
    ``unsure`` are findings that are left out because the settings ask for surer ones. ``sought`` tells,
    by the file, which codes this check would have found; files where it may have missed some are not
    in it. ``unexamined`` counts the files whose project uses no tensor library.
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
    unexamined: int = 0


@dataclass
class _Check:
    """One run of the engine: which files, under which settings, and what was found in each."""

    settings: Configured
    shown_from: Path
    overrides: Mapping[Path, bytes]
    wanted: Wanted
    targets: Sequence[Path]
    given: Sequence[type[Rule]] | None
    unexamined: int = 0
    unread: list[str] = field(default_factory=list[str])
    results: dict[str, FileResult] = field(default_factory=dict[str, "FileResult"])
    problems: list[str] = field(default_factory=list[str])

    @cached_property
    def rules(self) -> Sequence[RuleFacts]:
        """The rules that are given, or those that the settings of some file ask for."""
        if self.given is not None:
            return [facts_of(rule) for rule in self.given]
        names = [self.shown(path) for path in self.targets]
        facts = rule_facts()
        return [rule for rule in facts if any(self.wanted.asks(rule, name) for name in names)]

    def shown(self, path: Path) -> str:
        """Return a path as reports show it."""
        return shown(path, self.shown_from)

    def keyed(self, findings: Iterable[Finding], keys: dict[str, Key]) -> list[Finding]:
        """Return findings in order and with their fingerprints, whose keys are added to ``keys``."""
        found = sorted(findings, key=lambda each: each.sort_key)
        if not found:
            return []
        from shapeguard.lint.ranking import keyed  # noqa: PLC0415 - most checks find nothing

        pairs = list(keyed(found, self._known_as))
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


def check(  # noqa: PLR0913 - what is checked, under which settings, and eight things that few need
    files: Sequence[Path],
    settings: Configured,
    *,
    root: Path,
    overrides: dict[Path, bytes] | None = None,
    rules: Sequence[type[Rule]] | None = None,
    projects: dict[Path, Project] | None = None,
    told: Callable[[int, int], None] | None = None,
    cache: Callable[[], Cache] | None = None,
    texts: Callable[[], Texts] | None = None,
    labour: Labour | None = None,
) -> Outcome:
    """Check files and return their findings in a stable order.

    ``root`` is the directory that reported paths are relative to; ``overrides`` gives the bytes of
    files that are not read from disk, such as standard input, checked or not. ``rules`` are asked
    instead of those that packs and settings enable. ``projects`` carries what was read of projects from
    one check to the next, as long as neither ``root`` nor a file changes. ``told`` is called with the
    number of functions that are done and of all, before each. ``cache`` opens what has results from
    before, and gets the new ones, unless rules, contents or projects are given; ``labour`` then executes
    the functions, see :mod:`shapeguard.lint.labour`. ``texts`` opens what knows that files are Python, of
    which nothing else is asked.
    """
    here = root.resolve()
    wanted = Wanted(settings, here, frozenset(rule.code for rule in rules or ()))
    targets = [path if path.is_absolute() else here / path for path in files]
    run = _Check(settings, here, overrides or {}, wanted, targets, rules)
    plain = rules is None and not overrides and projects is None
    kept = None if cache is None or not plain else cache
    roots = without_tensors(targets, run.overrides)
    looked, run.unread = look(
        [path for path in targets if path in roots], run.overrides, run.shown, wanted, texts
    )
    run.results |= looked
    run.unexamined = len(looked)
    examined = [path for path in targets if path not in roots]
    keeping = None
    if kept is not None and examined:
        keeping = _keeping(run, kept, run.rules)
        run.results |= keeping.known(examined)
    left = [path for path in examined if run.shown(path) not in run.results]
    if left:
        examination = _examination(run, projects, labour if plain else None, keeping)
        try:
            results = _examine(run, examination, left, told)
        except KeyboardInterrupt:
            if keeping is not None:
                keeping.flush()
            raise
        if keeping is not None:
            keeping.store(results)
    packs = pack_problems() if examined or other_models() else ()
    run.problems = [*run.unread, *packs, *run.problems]
    return _concluded(run)


def _keeping(run: _Check, cache: Callable[[], Cache], rules: Sequence[RuleFacts]) -> Keeping:
    from shapeguard.lint.keeping import Keeping  # noqa: PLC0415 - only where something is kept

    return Keeping(cache(), run.wanted, run.shown, run.shown_from, rules)


def _examination(
    run: _Check,
    projects: dict[Path, Project] | None,
    labour: Labour | None,
    keeping: Keeping | None,
) -> Examination:
    from shapeguard.lint.examination import Examination  # noqa: PLC0415 - a cached result needs none

    given = {} if projects is None else projects
    work = labour or _alone(run.given)
    return Examination(run.wanted, run.shown, run.overrides, given, work, keeping)


def _alone(given: Sequence[type[Rule]] | None) -> Labour:
    """Return what executes everything here, and asks the rules that are given, if some are."""

    def execute(
        tasks: Sequence[Task], codes: Sequence[str], wanted: Wanted, told: Told
    ) -> Generator[Done]:
        from shapeguard.lint.workshop import alone, by_rules  # noqa: PLC0415 - loads the interpreter

        if given is None:
            return alone(tasks, codes, wanted, told)
        return by_rules(given, tasks, codes, wanted, told)

    return execute


def _examine(
    run: _Check,
    examination: Examination,
    targets: Sequence[Path],
    told: Callable[[int, int], None] | None,
) -> Mapping[str, Examined]:
    """Analyse files; what is found, and what fails, is added to the run."""
    examined = examination.examine(run.settings, targets, run.rules, told)
    run.results |= {name: each.result for name, each in examined.items()}
    run.rules = [rule for rule in run.rules if rule.code not in examination.failed]
    run.unread += examination.unread
    run.problems = examination.problems
    return examined


def _concluded(run: _Check) -> Outcome:
    """Return what is reported of what was found: less what comments and settings leave out."""
    results = run.results.values()
    keys: dict[str, Key] = {}
    found = run.keyed((each for result in results for each in result.found), keys)
    kept, suppressed, said = _judged(run, found)
    unreadable = [result.unreadable for result in results if result.unreadable is not None]
    notices = run.keyed([*unreadable, *said], keys)
    sure = list(run.wanted.shown(kept))
    known = {each.fingerprint for each in sure}
    shown = sorted([*sure, *run.wanted.as_severe(notices)], key=lambda each: each.sort_key)
    return Outcome(
        tuple(shown),
        len(run.results),
        tuple(run.problems),
        tuple(sorted({name for result in results for name in result.given_up})),
        len({name for result in results for name in result.analysed}),
        suppressed,
        keys,
        tuple(each for each in kept if each.fingerprint not in known),
        Later(partial(_sought, run)),
        run.unexamined,
    )


def _judged(
    run: _Check, found: Sequence[Finding]
) -> tuple[Sequence[Finding], tuple[Suppressed, ...], Sequence[Finding]]:
    """Return what comments leave of what was found, what they suppress, and what is said of them."""
    sources = tuple(run.sources(run.targets))
    if not sources:
        return found, (), ()
    from shapeguard.lint.suppressing import Scope, judge  # noqa: PLC0415 - few files have comments

    asked = frozenset(rule.code for rule in run.rules)
    named = {rule.name: rule.code for rule in rule_facts()}
    known = {*asked, *named.values(), *(each.code for each in NOTICES)}
    scope = Scope(frozenset(known), asked, _doubtful(run), run.wanted, named)
    judged = judge(found, sources, scope)
    return judged.kept, judged.suppressed, judged.notices


def _doubtful(run: _Check) -> frozenset[str]:
    """Return the files of which something was not analysed."""
    return frozenset(n for n, result in run.results.items() if result.given_up or result.failed)


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
