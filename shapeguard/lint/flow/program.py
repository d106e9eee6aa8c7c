"""What the analysis asks of a project: modules, classes, functions, and who is who.

``lint/project.py`` answers; the analysis neither reads files nor knows where they lie. Nothing here loads
libcst before a tree is asked for, because most of a project is only outlined.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import libcst as cst

    from shapeguard.lint.flow.events import FindsTwins

T = TypeVar("T")


class UnparsableError(Exception):
    """A function cannot be parsed although its file can: it is unknown to the analysis."""


@dataclass(eq=False)
class Module:
    """One source file: what it defines at its top level and what it imports.

    ``imports`` maps a local name to the dotted name that it stands for, ``constants`` are the names
    that are bound once, ``stars`` the modules of which it imports everything, ``deferred`` the names
    that it imports for static checkers only.
    """

    name: str
    filename: str
    imports: Mapping[str, str] = field(default_factory=dict[str, str])
    functions: Mapping[str, Function] = field(default_factory=dict[str, "Function"])
    classes: Mapping[str, Class] = field(default_factory=dict[str, "Class"])
    constants: Mapping[str, Constant] = field(default_factory=dict[str, "Constant"])
    stars: Sequence[str] = ()
    deferred: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return self.name


@dataclass(eq=False)
class Constant:
    """A name that is bound once, in a module or a class. ``text`` writes out what it is bound to."""

    name: str
    module: Module
    text: Callable[[], str]

    def expression(self) -> cst.BaseExpression | None:
        """Return what the name is bound to, or None where it cannot be parsed."""
        from shapeguard.lint.flow.syntax.trees import parse_annotation  # noqa: PLC0415 - libcst

        return parse_annotation(self.text())


@dataclass(eq=False)
class Class:
    """A class: its bases as written, its own methods, and its annotated fields in order.

    ``constants`` are its attributes that are bound in its body, the defaults of fields among them;
    ``classes`` are those defined in it. ``decorators`` are the names of what it is decorated with.
    """

    name: str
    module: Module
    bases: Sequence[str] = ()
    methods: Mapping[str, Function] = field(default_factory=dict[str, "Function"])
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    constants: Mapping[str, Constant] = field(default_factory=dict[str, Constant])
    classes: Mapping[str, Class] = field(default_factory=dict[str, "Class"])
    is_record: bool = False
    decorators: Sequence[str] = ()

    def __repr__(self) -> str:
        return f"{self.module.name}.{self.name}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the body of a function shows before it is executed.

    ``calls`` are the last names of everything that it calls: what a call graph by name needs; ``tests``
    those of everything that it asks about in a condition. ``sites`` map the names in ``calls`` to what
    they are called on, ``binds`` are the names that it binds, those of the functions in it among them.
    """

    calls: frozenset[str] = frozenset()
    tests: frozenset[str] = frozenset()
    sites: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    binds: frozenset[str] = frozenset()


def _unnoticed(_: Function) -> None:
    return None


@dataclass(eq=False)
class Function:
    """A function or method. ``tree`` gives its tree, or raises :class:`UnparsableError`.

    ``shown`` is what its body shows; ``notice`` is called with the function whenever something is made
    of its body, so that what rests on it is known. ``imports`` are the imports in
    its body, ``inner`` the functions defined in it, ``writes`` the attributes of its first parameter
    that it sets or changes in place, ``sets`` those that it sets. ``yields`` says that it is a
    generator. ``classes`` gives the trees of the classes that it defines, where it is the body of a module.
    """

    name: str
    qualname: str
    module: Module
    tree: Callable[[], cst.FunctionDef]
    owner: Class | None = None
    decorators: Sequence[str] = ()
    shown: Shown = Shown()
    imports: Mapping[str, str] = field(default_factory=dict[str, str])
    inner: Mapping[str, Function] = field(default_factory=dict[str, "Function"])
    writes: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    yields: bool = False
    classes: Callable[[], Sequence[cst.ClassDef]] = tuple["cst.ClassDef", ...]
    notice: Callable[[Function], None] = _unnoticed
    numbers: dict[int, int] = field(default_factory=dict[int, int])
    uses: dict[str, str] | None = None
    changes: frozenset[str] | None = None
    sums: frozenset[str] | None = None
    reals: frozenset[str] | None = None

    def __repr__(self) -> str:
        return f"{self.module.name}.{self.qualname}"

    def parse(self) -> cst.FunctionDef:
        """Return the tree of the function; raises :class:`UnparsableError`."""
        self.notice(self)
        return self.tree()

    @property
    def calls(self) -> frozenset[str]:
        """The last names of everything that it calls."""
        self.notice(self)
        return self.shown.calls

    def number(self, node: cst.CSTNode) -> int:
        """Return the place of a node in its function: the same in every run of the tool."""
        if not self.numbers:
            self._count(self.parse())
        return self.numbers.get(id(node), -1)

    def numbers_in(self, node: cst.CSTNode) -> range:
        """Return the places of a node and of everything in it, which follow each other."""
        from shapeguard.lint.flow.syntax.trees import children  # noqa: PLC0415 - libcst

        first, size, pending = self.number(node), 0, [node]
        while pending:
            pending.extend(children(pending.pop()))
            size += 1
        return range(first, first + size)

    def use_of(self, name: str) -> str | None:
        """Say how the function uses an index: as a ``slice``, a ``mask`` or a ``list``, if it tells."""
        self.notice(self)
        if self.uses is None:
            from shapeguard.lint.flow.syntax.usage import index_uses  # noqa: PLC0415 - libcst

            self.uses = index_uses(self.parse())
        return self.uses.get(name)

    def changes_list(self, name: str) -> bool:
        """Say whether the function changes the list of this name in place."""
        self.notice(self)
        if self.changes is None:
            from shapeguard.lint.flow.syntax.usage import changed_names  # noqa: PLC0415 - libcst

            self.changes = changed_names(self.parse())
        return name in self.changes

    def sums_part(self, name: str) -> bool:
        """Say whether the function sums a part of the list of this name: its members are sizes.

        What a constructor takes is also what a method sums under the same name.
        """
        self.notice(self)
        if self.sums is None:
            from shapeguard.lint.flow.syntax.usage import summed_lists  # noqa: PLC0415 - libcst

            self.sums = summed_lists(self.parse())
        if name in self.sums or self.owner is None or self.name != "__init__":
            return name in self.sums
        methods = (each for each in self.owner.methods.values() if each is not self)
        return any(each.sums_part(f"self.{name}") for each in methods)

    def is_float(self, name: str) -> bool:
        """Say whether the function shows that the number of this name need not be an integer."""
        self.notice(self)
        if self.reals is None:
            from shapeguard.lint.flow.syntax.usage import floats  # noqa: PLC0415 - libcst

            self.reals = floats(self.parse())
        return name in self.reals

    def _count(self, root: cst.CSTNode) -> None:
        from shapeguard.lint.flow.syntax.trees import children  # noqa: PLC0415 - libcst

        pending = [root]
        while pending:
            current = pending.pop()
            self.numbers[id(current)] = len(self.numbers)
            pending.extend(children(current))


Named = Module | Class | Function | Constant


class Program(Protocol):
    """A project as the analysis sees it. ``twins`` looks for guarded siblings of an operation."""

    twins: FindsTwins | None

    def find(self, module: Module, dotted: str) -> Named | str:
        """Resolve a dotted name as written in a module; a string is the name of something outside."""
        ...

    def absolute(self, dotted: str) -> Named | str:
        """Resolve the full dotted name of something; a string is the name of something outside."""
        ...

    def bases(self, owner: Class) -> Sequence[Class]:
        """Return the class and its bases inside the project, in method resolution order."""
        ...

    def method(self, owner: Class, name: str) -> Function | None:
        """Find a method on a class or its bases."""
        ...

    def record(self, owner: Class) -> Mapping[str, str] | None:
        """Return the fields of a NamedTuple or dataclass with their annotations, or None."""
        ...

    def callers(self, name: str) -> Sequence[Function]:
        """Return the functions of the project that call something of this name."""
        ...

    def axes(self, owner: Class) -> Mapping[str, tuple[str, ...]]:
        """Return the axis names that a contract declares for the fields of a class."""
        ...

    def required(self, distribution: str) -> str:
        """Return the versions of a dependency that the project admits, or nothing."""
        ...

    def lasting(self, key: tuple[object, ...], compute: Callable[[], T], meanwhile: T) -> T:
        """Return what was found out once for all; it is something else while it is found out."""
        ...

    @property
    def empty_axes(self) -> frozenset[str]:
        """The names of axes of which the configuration says that their extent may be 0."""
        ...
