"""The examination of files: every function that shows something of them is executed, once.

A file hears only of the executions that it asks for, so that it has the findings that it would have
alone, whatever other files are examined with it.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shapeguard.lint.agenda import Agenda, Asking
from shapeguard.lint.anchors import anchors_of
from shapeguard.lint.gate import joined
from shapeguard.lint.heard import Heard
from shapeguard.lint.memory import seldom_collected
from shapeguard.lint.pieces import pieces_of
from shapeguard.lint.project import forget_where_much, new_project
from shapeguard.lint.results import Examined, Executed, FileResult
from shapeguard.lint.roots import project_root
from shapeguard.lint.source import UnreadableError
from shapeguard.lint.tasks import Ended
from shapeguard.lint.unexamined import unparsable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from shapeguard.finding import Finding
    from shapeguard.lint.agenda import Known
    from shapeguard.lint.config import Configured
    from shapeguard.lint.facts import RuleFacts
    from shapeguard.lint.gate import Gate
    from shapeguard.lint.keeping import Keeping
    from shapeguard.lint.labour import Labour
    from shapeguard.lint.pieces import Pieces
    from shapeguard.lint.project import Project
    from shapeguard.lint.tasks import Task
    from shapeguard.lint.wanted import Wanted


@dataclass
class _File:
    """A file while it is examined."""

    project: Project
    path: Path
    is_python: bool = True
    unreadable: Finding | None = None
    found: list[Finding] = field(default_factory=list["Finding"])
    analysed: set[str] = field(default_factory=set[str])
    given_up: set[str] = field(default_factory=set[str])
    failed: bool = False
    unkept: bool = False


class Examination:
    """Examines files under one set of settings.

    ``shown`` names files as reports do. ``overrides`` gives the bytes of files that are not read from
    disk. ``projects`` are those that are known already, by their roots; others are added. ``labour``
    executes the functions; what ``kept`` knows of executions is not executed again, and what comes of the
    others is kept there.
    """

    def __init__(
        self,
        wanted: Wanted,
        shown: Callable[[Path], str],
        overrides: Mapping[Path, bytes],
        projects: dict[Path, Project],
        labour: Labour,
        kept: Keeping | None = None,
    ) -> None:
        self._labour = labour
        self._kept = kept
        if kept is not None:
            kept.made_of = self._made_of
        self._wanted = wanted
        self._shown = shown
        self._overrides = overrides
        self._projects = projects
        self._files: dict[str, _File] = {}
        self._gates: dict[frozenset[str], Gate] = {}
        self.unread: list[str] = []
        self.problems: list[str] = []
        self.failed: AbstractSet[str] = frozenset()
        self._agenda = Agenda()

    @seldom_collected()
    def examine(
        self,
        settings: Configured,
        targets: Sequence[Path],
        rules: Sequence[RuleFacts],
        told: Callable[[int, int], None] | None = None,
    ) -> dict[str, Examined]:
        """Return the result of each target that can be read, by its shown name.

        ``unread`` then says which targets cannot be read, ``problems`` what failed, and ``failed`` which
        rules did. ``told`` is called with the number of functions that are done and of all.
        """
        self._stand_in(settings, {*targets})
        names = [self._shown(path) for path in targets]
        comers = {} if self._kept is None else self._kept.comers(names)
        for name, path in zip(names, targets, strict=True):
            new = self._ask(settings, path, rules, comers.pop(name, None))
            if self._kept is not None:
                project = self._project(settings, path)  # the only one of which something was read
                self._kept.saw({project.root: project.taken()})
                if new is not None:
                    self._kept.keep_comers(name, new)
            forget_where_much(self._projects.values())
        known = Heard()
        tasks = self._left(known)
        heard = self._execute(tasks, [rule.code for rule in rules], told)
        heard.add(known)
        for finding in sorted(heard.findings(), key=lambda each: each.sort_key):
            self._files[finding.span.filename].found.append(finding)
        self.problems += heard.problems
        self.failed = heard.failed
        sound = not heard.problems
        return {name: self._examined(each, sound=sound) for name, each in self._files.items()}

    def _execute(
        self,
        tasks: Sequence[Task],
        codes: Sequence[str],
        told: Callable[[int, int], None] | None,
    ) -> Heard:
        """Execute what is to be executed, if anything is, and keep what came of it.

        What comes after something has failed is not kept: a rule that fails is asked no more.
        """
        heard = Heard()
        if not tasks:
            return heard
        forget_where_much(self._projects.values(), 1 / 4)  # few files are needed to execute
        left = iter(tasks)
        with closing(self._labour(tasks, codes, self._wanted, told)) as work:
            for done in work:
                if self._kept is not None:
                    self._kept.saw(done.read)
                heard.add(done.heard)
                for end in done.ended:
                    self._end(next(left), end, sound=not heard.problems)
        return heard

    def _end(self, task: Task, end: Ended, *, sound: bool) -> None:
        self._note(task.files, end)
        for name in {*task.files} - end.parts.keys():
            self._files[name].unkept = True
        if self._kept is not None and sound and not end.problem:
            self._kept.keep(_executed(task, end))

    def _examined(self, file: _File, *, sound: bool) -> Examined:
        result = FileResult(
            found=tuple(file.found),
            is_python=file.is_python,
            unreadable=file.unreadable,
            analysed=tuple(sorted(file.analysed)),
            given_up=tuple(sorted(file.given_up)),
            failed=file.failed,
            anchors=anchors_of(file.project, file.found),
        )
        sound = sound and not (file.failed or file.unkept)
        return Examined(result, file.project.root, file.path, sound)

    def _project(self, settings: Configured, path: Path) -> Project:
        root = project_root(path)
        if root not in self._projects:
            project = new_project(root, self._shown, settings.of(path))
            if self._kept is not None:
                project.contents.states = self._kept.cache.states(root)
            self._projects[root] = project
        return self._projects[root]

    def _stand_in(self, settings: Configured, targets: AbstractSet[Path]) -> None:
        """Let the projects of files know what is given in place of them; of others if it can be read."""
        for path in sorted(self._overrides):
            project = self._project(settings, path)
            project.give(path, self._overrides[path])
            if path not in targets and project.outline(path) is None:
                project.take_back(path)

    def _ask(
        self, settings: Configured, path: Path, rules: Sequence[RuleFacts], known: Known | None
    ) -> Known | None:
        """Put on the agenda what is to be executed so that every event in a file is seen.

        What cannot be parsed is a finding, what cannot be read a problem. Return who comes to the
        functions of the file where some of that was not known.
        """
        name, project = self._shown(path), self._project(settings, path)
        try:
            outline = project.read(path)
        except OSError as error:
            self.unread.append(f"{name}: cannot be read: {error.strerror}")
        except UnreadableError as error:
            unreadable = unparsable(name, error, self._wanted)
            self._files[name] = _File(project, path, is_python=False, unreadable=unreadable)
        else:
            self._files[name] = _File(project, path)
            return self._agenda.ask(name, Asking(project, outline, self._gate(name, rules)), known)
        return None

    def _gate(self, name: str, rules: Sequence[RuleFacts]) -> Gate:
        """Return the gate for what is asked in a file, so that it is the same in whatever company."""
        asked = [rule for rule in rules if self._wanted.asks(rule, name)]
        codes = frozenset(rule.code for rule in asked)
        if codes not in self._gates:
            self._gates[codes] = joined(rule.signs for rule in asked)
        return self._gates[codes]

    def _left(self, heard: Heard) -> Sequence[Task]:
        """Return what is left to execute, for files that do not know it; add what the others heard."""
        tasks = [*self._agenda.tasks.values()]
        known = {} if self._kept is None else self._kept.heard(tasks)
        for task in tasks:
            done = set[str]()
            for name, part in known.get(task.start.key, {}).items():
                told = part.placed(task.project)
                if told is not None:
                    heard.add(told.heard())
                    self._note({name}, Ended(part.place, part.given_up))
                    done.add(name)
            if done:
                task.files = tuple(name for name in task.files if name not in done)
        return [task for task in tasks if task.files]

    def _made_of(self, root: Path, path: Path) -> Pieces | None:
        """Return the pieces of a file of a project, if it can be read."""
        project = self._projects.get(root)
        outline = None if project is None else project.outline(path)
        return None if outline is None else pieces_of(outline)

    def _note(self, names: Iterable[str], end: Ended) -> None:
        """Add to each file that asked for an execution how it ended."""
        if end.problem:
            self.problems.append(end.problem)
        for file in (self._files[name] for name in names):
            file.failed |= bool(end.problem)
            if end.given_up:
                file.given_up.add(end.given_up)
            elif not end.problem:
                file.analysed.add(end.place)


def _executed(task: Task, end: Ended) -> list[Executed]:
    """Return what each file has heard of an execution, as it is kept."""
    return [
        Executed(task.project.root, task.start.key, name, part, end.rests_on)
        for name, part in end.parts.items()
    ]
