"""The engine: files in, findings out. It knows packs and projects; the analysis knows neither."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from shapeguard.finding import Position, Span
from shapeguard.lint.asking import Asked
from shapeguard.lint.flow.interpreter import AnalysisFailedError, NotAnalysedError, analyse_function
from shapeguard.lint.gate import entries, gate
from shapeguard.lint.housekeeping import NOTICES, UnparsableFile
from shapeguard.lint.memory import seldom_collected
from shapeguard.lint.outline import Outline
from shapeguard.lint.packs import load_models, load_rules, pack_problems, raised_at
from shapeguard.lint.project import Project, project_root, repository
from shapeguard.lint.ranking import keyed
from shapeguard.lint.source import UnreadableError, decode, parse_outline
from shapeguard.lint.suppressing import Scope, judge
from shapeguard.lint.twins import Twins
from shapeguard.lint.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from shapeguard.finding import Finding, Suppressed
    from shapeguard.lint.api import Rule
    from shapeguard.lint.config import Configured
    from shapeguard.lint.flow.program import Function
    from shapeguard.lint.gate import Entry
    from shapeguard.lint.ranking import Key


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
    """One run of the engine."""

    settings: Configured
    shown_from: Path
    overrides: dict[Path, bytes]
    wanted: Wanted
    asked: Asked
    projects: dict[Path, Project] = field(default_factory=dict["Path", Project])
    findings: list[Finding] = field(default_factory=list["Finding"])
    problems: list[str] = field(default_factory=list[str])
    given_up: set[str] = field(default_factory=set[str])
    doubtful: set[str] = field(default_factory=set[str])
    analysed: set[Function] = field(default_factory=set["Function"])

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

    def project(self, path: Path) -> Project:
        root = project_root(path)
        if root not in self.projects:
            own = self.settings.of(path)
            empty = frozenset(own.empty_axes)
            self.projects[root] = Project(root, self.shown, empty, src=own.src)
            self.projects[root].twins = Twins(self.projects[root], load_models())
        return self.projects[root]


@seldom_collected()
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
    files that are not read from disk, such as standard input, checked or not. ``rules`` are asked instead of those
    that packs and settings enable. ``projects`` carries what was read of projects from one check to
    the next, as long as neither ``root`` nor a file changes. ``told`` is called with the number of
    functions that are done and of all, before each.
    """
    run = _started(settings, root.resolve(), overrides or {}, rules)
    run.projects = {} if projects is None else projects
    targets = [path if path.is_absolute() else run.shown_from / path for path in files]
    run.asked.rules = _asked(run.wanted, map(run.shown, targets)) if rules is None else list(rules)
    _stand_in(run, run.overrides.keys() - {*targets})
    outlines = [(path, outline) for path in targets if (outline := _outline(run, path))]
    checked = len(targets) - len(run.problems)
    run.problems.extend(pack_problems())
    enabled = frozenset(rule.code for rule in run.asked.rules)
    _analyse(run, [(run.project(path), outline) for path, outline in outlines], told)
    keys: dict[str, Key] = {}
    found = run.keyed(run.asked.findings(), keys)
    judged = judge(found, [outline.source for _, outline in outlines], _scope(run, enabled))
    notices = run.keyed([*run.findings, *judged.notices], keys)
    sure = list(run.wanted.shown(judged.kept))
    known = {each.fingerprint for each in sure}
    shown = sorted([*sure, *run.wanted.as_severe(notices)], key=lambda each: each.sort_key)
    return Outcome(
        tuple(shown),
        checked,
        (*run.problems, *run.asked.problems),
        tuple(sorted(run.given_up)),
        len(run.analysed),
        judged.suppressed,
        keys,
        tuple(each for each in judged.kept if each.fingerprint not in known),
        _sought(run, (outline.source.shown for _, outline in outlines)),
    )


def _started(
    settings: Configured,
    shown_from: Path,
    overrides: dict[Path, bytes],
    rules: Sequence[type[Rule]] | None,
) -> _Check:
    given = frozenset(rule.code for rule in rules or ())
    wanted = Wanted(settings, shown_from, given)
    return _Check(settings, shown_from, overrides, wanted, Asked([], wanted))


def _asked(wanted: Wanted, filenames: Iterable[str]) -> list[type[Rule]]:
    """Return the rules that the settings of some file ask for."""
    names = list(filenames)
    return [rule for rule in load_rules() if any(wanted.asks(rule, name) for name in names)]


def _scope(run: _Check, asked: frozenset[str]) -> Scope:
    """Return what this check could find; a rule that failed may have missed anything."""
    working = {rule.code for rule in run.asked.rules}
    named = {rule.name: rule.code for rule in load_rules()}
    known = {*asked, *named.values(), *(each.code for each in NOTICES)}
    return Scope(frozenset(known), asked & working, frozenset(run.doubtful), run.wanted, named)


def _sought(run: _Check, filenames: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return which codes would have been found in each file; a rule that failed may have missed any."""
    return {
        name: frozenset(
            [rule.code for rule in run.asked.rules if run.wanted.asks(rule, name)]
            + [notice.code for notice in NOTICES if run.wanted.notice(notice, name)]
        )
        for name in filenames
        if name not in run.doubtful
    }


def _stand_in(run: _Check, paths: Iterable[Path]) -> None:
    """Let the projects of files know what is given in place of them, as far as it can be read."""
    for path in sorted(paths):
        project, data = run.project(path), run.overrides[path]
        with suppress(UnreadableError):
            source = decode(data, path, run.shown(path))
            project.add(path, Outline(source, parse_outline(source), project.name_of(path)), data)


def _outline(run: _Check, path: Path) -> Outline | None:
    """Read a target; what cannot be parsed is a finding, what cannot be read a problem."""
    shown = run.shown(path)
    try:
        data = run.overrides[path] if path in run.overrides else path.read_bytes()
    except OSError as error:
        run.problems.append(f"{shown}: cannot be read: {error.strerror}")
        return None
    project = run.project(path)
    if path not in run.overrides and (known := project.known(path)) is not None:
        return known
    try:
        source = decode(data, path, shown)
        outline = Outline(source, parse_outline(source), project.name_of(path))
    except UnreadableError as error:
        _report_unparsable(run, shown, error)
        return None
    project.add(path, outline, data)
    return outline


def _report_unparsable(run: _Check, shown: str, error: UnreadableError) -> None:
    if run.wanted.notice(UnparsableFile, shown):
        end = Position(error.position.row, error.position.column + 1)
        span = Span(shown, error.position, end)
        run.findings.append(UnparsableFile.finding(span, f"file {error}"))


def _analyse(
    run: _Check,
    outlines: Iterable[tuple[Project, Outline]],
    told: Callable[[int, int], None] | None = None,
) -> None:
    """Execute what shows the events of each file, everything once.

    A file hears only of the executions that it asks for, so that it has the findings that it would
    have alone, whatever other files are checked with it.
    """
    models = load_models()
    admitted = gate(models, (event for rule in run.asked.rules for event in rule.listens_to))
    asking: dict[Entry, tuple[Project, set[str]]] = {}
    for project, outline in outlines:
        for entry in entries(project, outline.functions, admitted):
            asking.setdefault(entry, (project, set()))[1].add(outline.module.filename)
    for number, ((function, owner), (project, files)) in enumerate(asking.items()):
        if told is not None:
            told(number, len(asking))
        emit = partial(run.asked.hear, project, files)
        try:
            analyse_function(project, models, function, emit, owner)
            run.analysed.add(function)
        except NotAnalysedError as error:
            if isinstance(error, AnalysisFailedError):
                run.problems.append(_defect(function, error))
            else:
                run.given_up.add(str(error))
            run.doubtful |= files


def _defect(function: Function, error: AnalysisFailedError) -> str:
    """Return what says that the analysis failed, with all that a report of the defect needs."""
    cause = error.__cause__
    where = raised_at(cause) if isinstance(cause, Exception) else ""
    what = f"{where}{type(cause).__name__}: {cause}"
    return (
        f"{function.module.filename}: `{function.qualname}` could not be analysed for a defect of "
        f"shapeguard, please report it: {what}"
    )
