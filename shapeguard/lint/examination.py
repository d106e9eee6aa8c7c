"""The examination of files: every function that shows something of them is executed, once.

A file hears only of the executions that it asks for, so that it has the findings that it would have
alone, whatever other files are examined with it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shapeguard.lint.agenda import Agenda, Asking
from shapeguard.lint.anchors import anchors_of
from shapeguard.lint.gate import joined
from shapeguard.lint.heard import Heard
from shapeguard.lint.memory import seldom_collected
from shapeguard.lint.outline import Outline
from shapeguard.lint.pieces import pieces_of
from shapeguard.lint.project import new_project
from shapeguard.lint.results import Examined, Executed, FileResult
from shapeguard.lint.roots import project_root
from shapeguard.lint.source import UnreadableError, decode, parse_outline
from shapeguard.lint.tasks import Ended
from shapeguard.lint.tracking import Seen
from shapeguard.lint.unexamined import unparsable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from shapeguard.finding import Finding
    from shapeguard.lint.config import Configured
    from shapeguard.lint.facts import RuleFacts
    from shapeguard.lint.gate import Gate
    from shapeguard.lint.keeping import Keeping
    from shapeguard.lint.labour import Labour
    from shapeguard.lint.pieces import Pieces
    from shapeguard.lint.project import Project
    from shapeguard.lint.rule import Rule
    from shapeguard.lint.tasks import Task
    from shapeguard.lint.wanted import Wanted


@dataclass
class _File:
    """A file while it is examined."""

    project: Project
    outline: Outline | None = None
    unreadable: Finding | None = None
    seen: Seen = field(default_factory=Seen)
    found: list[Finding] = field(default_factory=list["Finding"])
    analysed: set[str] = field(default_factory=set[str])
    given_up: set[str] = field(default_factory=set[str])
    failed: bool = False


class Examination:
    """Examines files under one set of settings.

    ``shown`` names files as reports do. ``overrides`` gives the bytes of files that are not read from
    disk. ``projects`` are those that are known already, by their roots; others are added. ``labour``
    executes the functions, here and one after the other by default; what ``kept`` knows of executions
    is not executed again.
    """

    def __init__(
        self,
        wanted: Wanted,
        shown: Callable[[Path], str],
        overrides: Mapping[Path, bytes],
        projects: dict[Path, Project],
        labour: Labour | None = None,
        kept: Keeping | None = None,
    ) -> None:
        self._labour = labour
        self._kept = kept
        self._wanted = wanted
        self._shown = shown
        self._overrides = overrides
        self._projects = projects
        self._files: dict[str, _File] = {}
        self._gates: dict[frozenset[str], Gate] = {}
        self.unread: list[str] = []
        self.problems: list[str] = []
        self.failed: AbstractSet[str] = frozenset()
        self.examined: dict[str, Examined] = {}
        self.executed: list[Executed] = []
        self.agenda = Agenda()

    @seldom_collected()
    def examine(
        self,
        settings: Configured,
        targets: Sequence[Path],
        rules: Sequence[RuleFacts],
        load: Callable[[], Iterable[type[Rule]]],
        told: Callable[[int, int], None] | None = None,
    ) -> dict[str, Examined]:
        """Return the result of each target that can be read, by its shown name.

        ``load`` gives the rules of which ``rules`` tell, where something is to be executed. ``unread``
        then says which targets cannot be read, ``problems`` what failed, ``failed`` which rules did, and
        ``executed`` what came of each execution, unless something failed.
        ``told`` is called with the number of functions that are done and of all.
        """
        self._stand_in(settings, self._overrides.keys() - {*targets})
        for path in targets:
            self._read(settings, path)
        known = Heard()
        self._ask(rules)
        tasks = self._left(known)
        heard, ended = self._execute(tasks, rules, load, told)
        heard.add(known)
        for task, end in zip(tasks, ended, strict=True):
            self._note(task.files, end)
            if not end.problem:
                self.executed += _executed(task, end)
        for finding in sorted(heard.findings(), key=lambda each: each.sort_key):
            self._files[finding.span.filename].found.append(finding)
        self.problems += heard.problems
        self.failed = heard.failed
        sound = not heard.problems
        if not sound:
            self.executed.clear()
        for name, file in self._files.items():
            self.examined[name] = self._examined(file, sound=sound)
        return self.examined

    def _execute(
        self,
        tasks: Sequence[Task],
        rules: Sequence[RuleFacts],
        load: Callable[[], Iterable[type[Rule]]],
        told: Callable[[int, int], None] | None,
    ) -> tuple[Heard, Sequence[Ended]]:
        """Execute what is to be executed, if anything is: the interpreter and the rules take long to load."""
        if not tasks:
            return Heard(), ()
        from shapeguard.lint.labour import alone  # noqa: PLC0415 - as above

        codes = {rule.code for rule in rules}
        asked = [rule for rule in load() if rule.code in codes]
        return (self._labour or alone)(tasks, asked, self._wanted, told)

    def _examined(self, file: _File, *, sound: bool) -> Examined:
        with file.project.tracker.tracked() as of_places:
            anchors = anchors_of(file.project, file.found)
        file.seen.add(of_places)
        result = FileResult(
            found=tuple(file.found),
            is_python=file.outline is not None,
            unreadable=file.unreadable,
            analysed=tuple(sorted(file.analysed)),
            given_up=tuple(sorted(file.given_up)),
            failed=file.failed,
            anchors=anchors,
        )
        seen = file.seen.whole()
        return Examined(result, file.project.root, seen, sound and not file.failed)

    def _project(self, settings: Configured, path: Path) -> Project:
        root = project_root(path)
        if root not in self._projects:
            project = new_project(root, self._shown, settings.of(path))
            if self._kept is not None:
                project.contents.states = self._kept.cache.states(root)
            self._projects[root] = project
        return self._projects[root]

    def _stand_in(self, settings: Configured, paths: Iterable[Path]) -> None:
        """Let the projects of files know what is given in place of them, as far as it can be read."""
        for path in sorted(paths):
            project, data = self._project(settings, path), self._overrides[path]
            with suppress(UnreadableError):
                source = decode(data, path, self._shown(path))
                outline = Outline(source, parse_outline(source), project.name_of(path))
                project.add(path, outline, data)

    def _read(self, settings: Configured, path: Path) -> None:
        """Read a target; what cannot be parsed is a finding, what cannot be read a problem."""
        shown, given = self._shown(path), path in self._overrides
        try:
            data = self._overrides[path] if given else path.read_bytes()
        except OSError as error:
            self.unread.append(f"{shown}: cannot be read: {error.strerror}")
            return
        project = self._project(settings, path)
        file = self._files[shown] = _File(project)
        file.seen.files.add(path)
        known = None if given else project.known(path)
        if known is not None:
            file.outline = known
            return
        try:
            source = decode(data, path, shown)
            file.outline = Outline(source, parse_outline(source), project.name_of(path))
        except UnreadableError as error:
            file.unreadable = unparsable(shown, error, self._wanted)
            return
        project.add(path, file.outline, data)

    def _ask(self, rules: Sequence[RuleFacts]) -> None:
        """Put on the agenda what is to be executed so that every event in the files is seen."""
        known = {} if self._kept is None else self._kept.comers(self._files)
        for name, file in self._files.items():
            if file.outline is not None:
                asking = Asking(file.project, file.outline, self._gate(name, rules))
                file.seen.add(self.agenda.ask(name, asking, known.get(name)))

    def _gate(self, name: str, rules: Sequence[RuleFacts]) -> Gate:
        """Return the gate for what is asked in a file, so that it is the same in whatever company."""
        asked = [rule for rule in rules if self._wanted.asks(rule, name)]
        codes = frozenset(rule.code for rule in asked)
        if codes not in self._gates:
            self._gates[codes] = joined(rule.signs for rule in asked)
        return self._gates[codes]

    def _left(self, heard: Heard) -> Sequence[Task]:
        """Return what is left to execute, for files that do not know it; add what the others heard."""
        items = self.agenda.items.values()
        known = {} if self._kept is None else self._kept.heard(items)
        left: list[Task] = []
        for item in items:
            unheard = set(item.files)
            for name, (part, seen) in known.get(item.key, {}).items():
                told = part.placed(item.project)
                if told is not None:
                    heard.add(told.heard())
                    self._note({name}, Ended(seen, part.place, part.given_up))
                    unheard.remove(name)
            if unheard:
                left.append(item.task(unheard))
        return left

    def made_of(self, root: Path, path: Path) -> Pieces | None:
        """Return the pieces of a file of a project, if it can be read."""
        project = self._projects.get(root)
        outline = None if project is None else project.outline(path)
        return None if outline is None else pieces_of(outline)

    def _note(self, names: Iterable[str], end: Ended) -> None:
        """Add to each file that asked for an execution how it ended."""
        if end.problem:
            self.problems.append(end.problem)
        for file in (self._files[name] for name in names):
            file.seen.add(end.seen)
            file.failed |= bool(end.problem)
            if end.given_up:
                file.given_up.add(end.given_up)
            elif not end.problem:
                file.analysed.add(end.place)


def _executed(task: Task, end: Ended) -> list[Executed]:
    """Return what each file has heard of an execution, as it is kept."""
    return [
        Executed(task.project.root, task.key, name, part, end.seen)
        for name, part in end.parts.items()
    ]
