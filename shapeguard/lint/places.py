"""What the parts of a file are known by, and where they stand; who looks at one of them is noted."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shapeguard.lint.pieces import around, body_lines, defined, faced, frame

if TYPE_CHECKING:
    import ast
    from collections.abc import Generator, Iterable
    from pathlib import Path

    from shapeguard.lint.bindings import FunctionNode
    from shapeguard.lint.flow.program import Class, Function
    from shapeguard.lint.pieces import Lines
    from shapeguard.lint.tracking import Piece, Tracker


class Places:
    """The functions and classes of one file by what they are known by, wherever they stand.

    ``ids`` tell every function apart, ``pieces`` is for each the outermost one around it. ``frame`` are
    the lines of what stands around definitions, ``definitions`` those of functions and classes of the
    module less the ``bodies`` of functions. ``imports`` are those in functions as they are written, which do not depend on
    what the module is called. ``tracker`` is told what is looked at.
    """

    def __init__(self, path: Path, body: Iterable[ast.stmt]) -> None:
        self.tracker: Tracker | None = None
        self.ids: dict[Function, str] = {}
        self.pieces: dict[Function, str] = {}
        self.bodies: list[Lines] = []
        self.imports: dict[Function, tuple[str, ...]] = {}
        self.frame: list[Lines] = [lines for node in body for lines in frame(node)]
        self.definitions: dict[str, list[Lines]] = {}
        self._path = path
        self._lines: dict[str, Lines] = {}
        self._piece: str | None = None
        self._homes: dict[Class, tuple[str, str | None]] = {}
        self._counts = Counter[str]()
        self._parts: dict[str, Piece] = {}

    def define(self, node: FunctionNode | ast.ClassDef) -> None:
        """Add what the module defines by a name."""
        self.definitions.setdefault(node.name, []).extend(around(node))

    def add(self, function: Function) -> None:
        """Add a function; those of one name are told apart by their order."""
        before = self._counts[function.qualname]
        self._counts[function.qualname] += 1
        self.ids[function] = f"{function.qualname}#{before}" if before else function.qualname

    def add_class(self, owner: Class, qualname: str) -> None:
        """Add a class, which may stand in a function."""
        self._homes[owner] = qualname, self._piece

    @contextmanager
    def within(self, function: Function, node: FunctionNode, lines: Lines) -> Generator[None]:
        """Let what is added in a block stand in a function."""
        outer = self._piece
        if outer is None:
            self._piece = self.ids[function]
            self.bodies.append(body_lines(node))
            self._lines[self._piece] = lines
        self.pieces[function] = self._piece or ""
        yield
        self._piece = outer

    def function(self, known_as: str) -> Function | None:
        """Return a function by what tells it apart from all others."""
        return next((each for each, name in self.ids.items() if name == known_as), None)

    def lines_of(self, piece: str) -> Lines | None:
        """Return the lines of an outermost function by what it is known by."""
        return self._lines.get(piece)

    def piece_at(self, row: int) -> str | None:
        """Return the outermost function that has a line, if one has it for itself."""
        found = [name for name, (first, last) in self._lines.items() if first <= row <= last]
        return found[0] if len(found) == 1 else None

    def look_up(self, name: str | None) -> None:
        """Note that a function or class of the module is asked for by its name, be there one or not."""
        self._note(None if name is None else defined(name))

    def see(self, within: str) -> None:
        """Note that what is told of a function or a class without a look at bodies was read."""
        if within:
            self.look_up(within.partition(".")[0])

    def see_class(self, owner: Class) -> None:
        """Note that what is told of a class was read; of one in a function the function tells it."""
        qualname, piece = self._homes[owner]
        self.see(qualname)
        if piece is not None:
            self._note(piece)

    def face(self, function: Function) -> None:
        """Note that what a function shows before it is executed was read."""
        piece = self.pieces.get(function)
        self._note(None if piece is None else faced(piece))

    def notice(self, function: Function) -> None:
        """Note that something is made of the body of a function; that of a module is the file."""
        self._note(self.pieces.get(function))

    def _note(self, part: str | None) -> None:
        if self.tracker is None:
            return
        if part is None:
            self.tracker.file(self._path)
            return
        piece = self._parts.get(part)
        if piece is None:  # one object for all that rest on it
            piece = self._parts[part] = self._path, part
        self.tracker.piece(piece)
