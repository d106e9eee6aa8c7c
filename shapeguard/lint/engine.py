"""The engine: files in, findings out. It knows packs and projects; the analysis knows neither."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.finding import Confidence, Consequence, Finding, Position, Severity, Span, Step
from shapeguard.lint.api import Diagnosis
from shapeguard.lint.flow.evidence.reasons import Reason
from shapeguard.lint.flow.interpreter import NotAnalysedError, analyse_function
from shapeguard.lint.gate import entries, gate
from shapeguard.lint.memory import seldom_collected
from shapeguard.lint.outline import Outline
from shapeguard.lint.packs import load_models, load_rules
from shapeguard.lint.project import Project, project_root
from shapeguard.lint.ranking import fingerprinted, merit
from shapeguard.lint.source import (
    UnreadableError,
    decode,
    parse_outline,
)
from shapeguard.lint.twins import Twins

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from shapeguard.lint.api import Rule
    from shapeguard.lint.config import Settings
    from shapeguard.lint.flow.events import Event
    from shapeguard.lint.flow.program import Function
    from shapeguard.lint.flow.trace import Site, Trail
    from shapeguard.lint.gate import Entry

UNPARSABLE = "SG900"


@dataclass(frozen=True)
class Outcome:
    """The result of a check. ``problems`` are files that could not be read at all: exit status 2.

    ``analysed`` counts the functions that were executed to their end, ``not_analysed`` names those
    that were given up.
    """

    findings: tuple[Finding, ...]
    checked: int
    problems: tuple[str, ...] = ()
    not_analysed: tuple[str, ...] = ()
    analysed: int = 0


@dataclass
class _Check:
    """One run of the engine."""

    settings: Settings
    shown_from: Path
    overrides: dict[Path, bytes]
    rules: list[Rule]
    projects: dict[Path, Project] = field(default_factory=dict["Path", Project])
    contexts: dict[tuple[str, Span], set[bool]] = field(
        default_factory=dict[tuple[str, Span], set[bool]]
    )
    found: dict[tuple[str, Span], tuple[Diagnosis, Finding]] = field(
        default_factory=dict[tuple[str, Span], tuple[Diagnosis, Finding]]
    )
    problems: list[str] = field(default_factory=list[str])
    given_up: set[str] = field(default_factory=set[str])
    analysed: set[Function] = field(default_factory=set["Function"])

    def shown(self, path: Path) -> str:
        """Return a path as reports show it: relative to where the tool was started, if below."""
        try:
            return path.relative_to(self.shown_from).as_posix()
        except ValueError:
            return path.as_posix()

    def project(self, path: Path) -> Project:
        root = project_root(path)
        if root not in self.projects:
            empty = frozenset(self.settings.empty_axes)
            self.projects[root] = Project(root, self.shown, empty)
            self.projects[root].twins = Twins(self.projects[root], load_models())
        return self.projects[root]


@seldom_collected()
def check(
    files: Sequence[Path],
    settings: Settings,
    *,
    root: Path,
    overrides: dict[Path, bytes] | None = None,
    rules: Sequence[type[Rule]] | None = None,
    projects: dict[Path, Project] | None = None,
) -> Outcome:
    """Check files and return their findings in a stable order.

    ``root`` is the directory that reported paths are relative to; ``overrides`` gives the bytes of
    files that are not read from disk, such as standard input. ``rules`` are asked instead of those
    that packs and settings enable. ``projects`` carries what was read of projects from one check to
    the next, as long as neither ``root`` nor a file changes.
    """
    enabled = (
        [rule for rule in load_rules() if _enabled(rule, settings)] if rules is None else rules
    )
    run = _Check(settings, root.resolve(), overrides or {}, [rule() for rule in enabled])
    run.projects = {} if projects is None else projects
    targets = [path if path.is_absolute() else run.shown_from / path for path in files]
    outlines = [(path, outline) for path in targets if (outline := _outline(run, path))]
    _analyse(run, [(run.project(path), outline) for path, outline in outlines])
    findings = sorted(_upheld(run), key=lambda each: each.sort_key)
    kept = [each for each in findings if each.confidence >= settings.min_confidence]
    return Outcome(
        tuple(fingerprinted(kept)),
        len(targets) - len(run.problems),
        tuple(run.problems),
        tuple(sorted(run.given_up)),
        len(run.analysed),
    )


def _enabled(rule: type[Rule], settings: Settings) -> bool:
    return settings.selects(rule.code) and (settings.preview or not rule.preview)


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
    if not run.settings.selects(UNPARSABLE):
        return
    end = Position(error.position.row, error.position.column + 1)
    span = Span(shown, error.position, end)
    diagnosis = Diagnosis(str(error), Confidence.HIGH, Consequence.NONE)
    finding = Finding(
        UNPARSABLE,
        "unparsable-file",
        f"file {error}",
        Severity.ERROR,
        Confidence.HIGH,
        Consequence.NONE,
        span,
    )
    run.found[(UNPARSABLE, span)] = (diagnosis, finding)


def _analyse(run: _Check, outlines: Iterable[tuple[Project, Outline]]) -> None:
    """Execute what shows the events of each file, everything once.

    A file hears only of the executions that it asks for, so that it has the findings that it would
    have alone, whatever other files are checked with it.
    """
    models = load_models()
    admitted = gate(models, (event for rule in run.rules for event in rule.listens_to))
    asking: dict[Entry, tuple[Project, set[str]]] = {}
    for project, outline in outlines:
        for entry in entries(project, outline.functions, admitted):
            asking.setdefault(entry, (project, set()))[1].add(outline.module.filename)
    for (function, owner), (project, files) in asking.items():
        emit = partial(_hear, run, project, files)
        try:
            analyse_function(project, models, function, emit, owner)
            run.analysed.add(function)
        except NotAnalysedError as error:
            run.given_up.add(str(error))


def _hear(run: _Check, project: Project, files: set[str], event: Event) -> None:
    if event.site.function.module.filename in files:
        _ask_rules(run, project, event)


def _ask_rules(run: _Check, project: Project, event: Event) -> None:
    for rule in run.rules:
        if isinstance(event, rule.listens_to):
            diagnoses = list(rule.check(event))
            if event.moment.path:
                place = (rule.code, _span(project, event.site))
                run.contexts.setdefault(place, set()).add(bool(diagnoses))
            for diagnosis in diagnoses:
                _keep(run, project, rule, event, diagnosis)


def _keep(run: _Check, project: Project, rule: Rule, event: Event, diagnosis: Diagnosis) -> None:
    """Keep the best diagnosis of a place: the surest, then the best ranked, then the shortest."""
    span = _span(project, event.site)
    known = run.found.get((rule.code, span))
    if known is not None and merit(known[0]) <= merit(diagnosis):
        return
    finding = Finding(
        code=rule.code,
        name=rule.name,
        message=diagnosis.message,
        severity=rule.severity,
        confidence=diagnosis.confidence,
        consequence=diagnosis.consequence,
        span=span,
        function=event.site.function.qualname,
        trace=(*_steps(project, diagnosis.trail), Step(span, diagnosis.message)),
        witness=diagnosis.witness,
        fix=diagnosis.fix,
        fingerprint=" ".join(cst.Module([]).code_for_node(event.site.node).split()),
    )
    run.found[(rule.code, span)] = (diagnosis, finding)


def _upheld(run: _Check) -> Iterator[Finding]:
    """Yield what was found, less beliefs about a function that all its callers refute."""
    for (code, span), (diagnosis, finding) in run.found.items():
        refuted = run.contexts.get((code, span)) == {False}
        believed = diagnosis.evidence is not None and diagnosis.evidence.kind is not Reason.EXPLICIT
        if not (believed and refuted):
            yield finding


def _span(project: Project, site: Site) -> Span:
    cut = project.owner(site.function).sources[site.function]
    return cut.span(site.node)


def _steps(project: Project, trail: Trail) -> Iterator[Step]:
    for station in trail:
        yield Step(_span(project, station.site), station.message)
