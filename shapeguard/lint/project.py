"""A project: what its files import from each other, and who calls whom.

Files are read on demand: what is *reported* never decides what is *known*.
"""

from __future__ import annotations

import gc
import re
import sys
from typing import TYPE_CHECKING, TypeVar

from shapeguard.lint.contents import Contents
from shapeguard.lint.declarations import declared_axes
from shapeguard.lint.equal import Equal
from shapeguard.lint.held import MOST_OPEN, MOST_READ
from shapeguard.lint.layout import Layout
from shapeguard.lint.mentions import Mentions
from shapeguard.lint.metadata import required
from shapeguard.lint.names import Names
from shapeguard.lint.outline import Outline
from shapeguard.lint.pieces import asks, defined
from shapeguard.lint.roots import python_files
from shapeguard.lint.snapshot import IMPORT, digest_of
from shapeguard.lint.source import UnreadableError, decode, parse_outline
from shapeguard.lint.tracking import LASTING, TWIN, Tracker

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from shapeguard.lint.config import Settings
    from shapeguard.lint.flow.events import FindsTwins
    from shapeguard.lint.flow.program import Class, Function, Module, Named

T = TypeVar("T")
MAX_MENTIONS = 40
_STAR = re.compile(rb"\bimport\b[\s\\]*\*")


class Project:
    """The modules, classes and functions under one root; a :class:`flow.program.Program`.

    ``characters`` tells how much text is held as outlines.
    """

    def __init__(
        self,
        root: Path,
        shown: Callable[[Path], str],
        empty_axes: frozenset[str] = frozenset(),
        *,
        src: tuple[Path, ...] | None = None,
    ) -> None:
        self.root = root
        self._layout = Layout(root, src)
        self.empty_axes = empty_axes
        self.twins: FindsTwins | None = None
        self.characters = 0
        self._shown = shown
        self._outlines: dict[Path, Outline | None] = {}
        self._digests: dict[Path, bytes] = {}
        self._equal = Equal()
        self.contents = Contents(root)
        self._modules: dict[str, Module | None] = {}
        self._owners: dict[Module, Outline] = {}
        self._by_shown: dict[str, Path] = {}
        self.tracker = Tracker()
        self._names = Names(self._module, self._mentions, self.see, self.tracker)
        self._mentioned: Mentions | None = None
        self._starred: dict[Path, bool] = {}
        self._required: dict[str, str] = {}

    def outline(self, path: Path) -> Outline | None:
        """Return the outline of a file of the project, or None if it cannot be read."""
        if path not in self._outlines:
            try:
                self._outlines[path] = self.read(path)
            except (OSError, UnreadableError):
                self._outlines[path] = None
        return self._outlines[path]

    def give(self, path: Path, data: bytes) -> None:
        """Take bytes in place of what a file holds on disk, such as those of standard input."""
        self.contents.given[path] = data
        self._outlines.pop(path, None)

    def take_back(self, path: Path) -> None:
        """Let a file hold what is on disk again."""
        del self.contents.given[path]
        self._outlines.pop(path, None)

    def read(self, path: Path) -> Outline:
        """Return the outline of a file; raises OSError and :class:`UnreadableError`."""
        known = self._outlines.get(path)
        if known is not None:
            return known
        shown, data = self._shown(path), self.contents.given.get(path)
        if data is None:
            data = path.read_bytes()
            self._digests[path] = digest_of(data)
        source = decode(data, path, shown)
        outline = Outline(source, parse_outline(source), self._layout.name_of(path))
        outline.places.tracker = self.tracker
        self._equal.share(outline.functions)
        self._outlines[path] = self._owners[outline.module] = outline
        self._by_shown[shown] = path
        self.characters += len(source.text)
        if self.characters > MOST_OPEN:
            source.fold()
        return outline

    def taken(self) -> Mapping[Path, bytes]:
        """Return the digests of files as they were read, and begin anew."""
        digests, self._digests = self._digests, {}
        return digests

    def forget(self) -> None:
        """Forget what was read of files; modules, classes and functions are others from here on."""
        self._outlines.clear()
        self._owners.clear()
        self._modules.clear()
        self._equal = Equal()
        self.tracker.forget()
        self.characters = 0

    def shown_as(self, name: str) -> Outline | None:
        """Return the outline of a file by its name in reports, if it can be read."""
        path = self._by_shown.get(name)
        if path is None:  # only another process has read it
            path = next((p for p in python_files(self.root) if self._shown(p) == name), None)
        return None if path is None else self.outline(path)

    def owner(self, function: Function) -> Outline:
        """Return the outline of the file that a function stands in."""
        found = self._owners[function.module]
        self.tracker.frame(found.source.path)
        found.places.see(function.qualname)
        return found

    def see(self, owner: Class) -> None:
        """Note that a class was looked at, where it is handed in and not looked for."""
        found = self._owners[owner.module]
        self.tracker.frame(found.source.path)
        found.places.see_class(owner)

    def face(self, function: Function) -> None:
        """Note what a function shows before it is executed, and what its file tells of it."""
        self.owner(function).places.face(function)

    def drop_trees(self) -> None:
        """Forget all trees, and what holds their nodes: they are made again where they are needed."""
        for outline in self._outlines.values():
            if outline is not None:
                outline.drop_trees()
        for kind in (TWIN, LASTING):
            self.tracker.forget_all(kind)

    def lasting(self, key: tuple[object, ...], compute: Callable[[], T], meanwhile: T) -> T:
        """Return what was found out once for all; it is something else while it is found out."""
        whole = (LASTING, *key)

        def found() -> T:
            self.tracker.put(whole, meanwhile)
            return compute()

        return self.tracker.remembered(whole, found)

    def _module(self, dotted: str) -> Module | None:
        if dotted not in self._modules:
            outline = self._locate(dotted)
            self._modules[dotted] = None if outline is None else outline.module
        self.tracker.text(sys.intern(f"{IMPORT}{dotted}"))
        path = self._layout.path_of(dotted)
        if path is not None:
            self.tracker.frame(path)
        return self._modules[dotted]

    def _locate(self, dotted: str) -> Outline | None:
        path = self._layout.path_of(dotted)
        return None if path is None else self.outline(path)

    def _mentions(self, dotted: str, name: str) -> bool:
        """Say whether a module may bind a name: its text has it, or imports everything of another."""
        self.tracker.text(sys.intern(f"{IMPORT}{dotted}"))
        path = self._layout.path_of(dotted)
        data = None if path is None else self.contents.of(path)
        if path is None or data is None or not name.isascii():
            return True
        self.tracker.frame(path)
        self.tracker.piece((path, defined(name)))
        if path not in self._starred:
            self._starred[path] = _STAR.search(data) is not None
        return self._starred[path] or name.encode() in data

    def find(self, module: Module, dotted: str) -> Named | str:
        """Resolve a dotted name as written in a module; a string is the name of something outside."""
        return self._names.find(module, dotted)

    def absolute(self, dotted: str) -> Named | str:
        """Resolve the full dotted name of something; a string is the name of something outside."""
        return self._names.absolute(dotted)

    def bases(self, owner: Class) -> Sequence[Class]:
        """Return the class and its bases inside the project, in method resolution order."""
        return self._names.bases(owner)

    def method(self, owner: Class, name: str) -> Function | None:
        """Find a method on a class or its bases."""
        return self._names.method(owner, name)

    def record(self, owner: Class) -> Mapping[str, str] | None:
        """Return the fields of a NamedTuple or dataclass with their annotations, or None."""
        bases = self.bases(owner)
        if not any(base.is_record for base in bases):
            return None
        fields: dict[str, str] = {}
        for base in reversed(bases):
            fields.update(base.fields)
        return fields

    def axes(self, owner: Class) -> Mapping[str, tuple[str, ...]]:
        """Return the axis names that a contract declares for the fields of a class."""
        return declared_axes().get(f"{owner.module.name}.{owner.name}", {})

    def required(self, distribution: str) -> str:
        """Return the versions of a dependency that the project admits, or nothing."""
        if distribution not in self._required:
            self._required[distribution] = required(self.root, distribution)
        return self._required[distribution]

    def callers(self, name: str) -> tuple[Function, ...]:
        """Return every function of the project that calls something of this name.

        A name that very many files mention, such as ``forward``, tells nothing about who calls.
        """

        def calling() -> tuple[Function, ...]:
            functions = self._where_mentioned(f"{name}(")
            return tuple(each for each in functions if name in each.shown.calls)

        return self.tracker.remembered(("callers", name), calling)

    def named(self, name: str) -> tuple[Function, ...]:
        """Return every function of the project that has this name, unless very many have it."""

        def named() -> tuple[Function, ...]:
            functions = self._where_mentioned(f"def {name}(")
            return tuple(each for each in functions if each.name == name)

        return self.tracker.remembered(("named", name), named)

    def subscripting(self, name: str) -> Iterator[Function]:
        """Yield every function of the project that takes a part of something of this name."""
        for function in self._where_mentioned(f"{name}["):
            source = self._owners[function.module].sources[function]
            if f"{name}[" in source.source.segment(source.first, source.last):
                yield function

    def testing(self, name: str, functions: Iterable[Function]) -> Iterator[Function]:
        """Yield those of some functions that ask about something of this name in a condition."""
        self.tracker.text(asks(name))
        for function in functions:
            if name in function.shown.tests:
                function.notice(function)
                self.owner(function)
                yield function

    def _where_mentioned(self, text: str) -> Iterator[Function]:
        """Yield the functions of the files in which a text stands, unless these are very many."""
        self.tracker.text(text)
        if self._mentioned is None:
            self._mentioned = Mentions(self.contents.words())
        files = self._mentioned.of(text)
        for path in files if len(files) <= MAX_MENTIONS else ():
            self.tracker.frame(path)
            if (outline := self.outline(path)) is not None:
                yield from outline.functions


def forget_where_much(projects: Collection[Project], share: float = 1.0) -> None:
    """Forget what was read of projects where all of it is more than a share of the most.

    Nobody may hold a module, a class or a function of them.
    """
    if sum(each.characters for each in projects) > MOST_READ * share:
        for each in projects:
            each.forget()
        gc.collect()  # a module and its functions hold each other


def new_project(root: Path, names: Callable[[Path], str], settings: Settings) -> Project:
    """Return a project of which nothing is read yet, under the settings of its files."""
    return Project(root, names, frozenset(settings.empty_axes), src=settings.src)
