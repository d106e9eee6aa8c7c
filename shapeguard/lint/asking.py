"""Rules are asked about what happens, and of what they say about one place the best is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from shapeguard.finding import Finding, Fix, Step
from shapeguard.lint.flow.bounds import WorkBoundError
from shapeguard.lint.flow.evidence.reasons import Reason
from shapeguard.lint.flow.program import UnparsableError
from shapeguard.lint.flow.syntax.trees import code_of
from shapeguard.lint.heard import NOTHING, SOMETHING, Heard, Said
from shapeguard.lint.packs import raised_at
from shapeguard.lint.ranking import merit

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path

    from shapeguard.finding import Span
    from shapeguard.lint.api import Diagnosis, Rule
    from shapeguard.lint.flow.events import Event
    from shapeguard.lint.flow.trace import Site, Trail
    from shapeguard.lint.heard import Context
    from shapeguard.lint.project import Project
    from shapeguard.lint.repairs import Repair
    from shapeguard.lint.wanted import Wanted


@dataclass
class Asked:
    """The rules of a check, and what they have said of each file since that was last taken."""

    rules: list[type[Rule]]
    wanted: Wanted
    _parts: dict[str, Heard] = field(default_factory=dict[str, Heard])
    _made: dict[tuple[type[Rule], Path], Rule] = field(
        default_factory=dict[tuple["type[Rule]", "Path"], "Rule"]
    )

    def hear(self, project: Project, files: Container[str], event: Event) -> None:
        """Ask every rule that listens, and is wanted there, if the event is in one of the files."""
        filename = event.site.function.module.filename
        if filename not in files:
            return
        heard = self._parts.setdefault(filename, Heard())
        for rule in tuple(self.rules):
            if isinstance(event, rule.listens_to) and self.wanted.asks(rule, filename):
                self._ask(self._with_options(rule, project, filename), project, event, heard)

    def _with_options(self, kind: type[Rule], project: Project, filename: str) -> Rule:
        """Return a rule with the options that hold in a project."""
        key = kind, project.root
        if key not in self._made:
            given = self.wanted.settings(filename).own_options_of(kind.code)
            self._made[key] = kind(msgspec.convert(given, kind.declares))
        return self._made[key]

    def _ask(self, rule: Rule, project: Project, event: Event, heard: Heard) -> None:
        try:
            diagnoses = list(rule.check(event))
        except (WorkBoundError, UnparsableError, RecursionError):
            raise  # the function is given up, whatever rule was asked last
        except Exception as error:  # noqa: BLE001 - a rule of any pack; the others do their work
            self.rules.remove(type(rule))
            heard.failed.add(rule.code)
            heard.problems.append(_failed(rule, error))
            return
        if event.moment.path:
            asked = _context(project, rule, event.site)
            heard.answer(asked, SOMETHING if diagnoses else NOTHING)
        for diagnosis in diagnoses:
            site = diagnosis.at or event.site
            place = (rule.code, _span(project, site))
            known = heard.said.get(place)
            if known is None or merit(diagnosis) < known.merit:
                heard.said[place] = _said(project, rule, site, diagnosis)

    def taken(self) -> dict[str, Heard]:
        """Return what was said of each file, and begin anew."""
        parts, self._parts = self._parts, {}
        return parts


def _said(project: Project, rule: Rule, site: Site, diagnosis: Diagnosis) -> Said:
    span = _span(project, site)
    finding = Finding(
        code=rule.code,
        name=rule.name,
        message=diagnosis.message,
        severity=rule.severity,
        confidence=diagnosis.confidence,
        consequence=diagnosis.consequence,
        span=span,
        function=site.function.qualname,
        trace=(*_steps(project, diagnosis.trail), Step(span, diagnosis.message)),
        witness=diagnosis.witness,
        fingerprint=code_of(site.node),
        fix=None if diagnosis.fix is None else _fix(project, diagnosis.fix),
    )
    evidence = diagnosis.evidence
    return Said(
        finding,
        _context(project, rule, site),
        merit(diagnosis),
        "" if evidence is None else str(evidence.reason),  # of no class that cannot be kept
        evidence is None or evidence.kind is Reason.EXPLICIT,
        rule.gives_way_to,
    )


def _failed(rule: Rule, error: Exception) -> str:
    reason = f"{type(error).__name__}: {error}".rstrip(": ")
    return f"rule {rule.code} ({type(rule).__module__}) failed: {raised_at(error)}{reason}"


def _context(project: Project, rule: Rule, site: Site) -> Context:
    function = site.function
    place = project.owner(function).places.ids[function]
    return rule.code, function.module.filename, place, function.number(site.node)


def _span(project: Project, site: Site) -> Span:
    cut = project.owner(site.function).sources[site.function]
    return cut.span(site.node)


def _fix(project: Project, repair: Repair) -> Fix:
    edits = (
        project.owner(each.site.function)
        .sources[each.site.function]
        .edit(each.site.node, each.node)
        for each in repair.changes
    )
    return Fix(repair.applicability, repair.message, tuple(edits))


def _steps(project: Project, trail: Trail) -> Iterator[Step]:
    for station in trail:
        yield Step(_span(project, station.site), station.message)
