"""The pieces of a file: its outermost functions, its definitions by their names, and the frame around them.

What is found out about a function rests on few of the functions in the files that were looked at. By
pieces a change of one function costs what rests on it, and nothing that only stands in the same file.
"""

from __future__ import annotations

import ast
import hashlib
import re
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from shapeguard.lint.bindings import FunctionNode
from shapeguard.lint.mentions import mentions_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from shapeguard.lint.flow.program import Function
    from shapeguard.lint.outline import Outline

_ASKING: Final = "?"
_BY: Final = "\t"
_AS_TEXT: Final = "="
"""What stands before the numbers of the functions where a word stands in the text."""
Lines = tuple[int, int]
"""The first and the last line of something, 1-based and inclusive."""
Words = tuple[str, ...]
Part = tuple[bytes, Words]
Parts = Mapping[str, Part]


def asks(name: str) -> str:
    """Return the word for that a condition asks about a name; see :class:`Pieces`."""
    return name + _ASKING


def defined(name: str) -> str:
    """Return what the part is known by that tells what a module defines by a name, if it does."""
    return sys.intern(f"={name}")  # thousands of modules are asked for the same names


def faced(function: str) -> str:
    """Return what the part is known by that tells what a function shows before it is executed."""
    return f"~{function}"


def is_asking(word: str) -> bool:
    """Say whether a word is one of :func:`asks`, which no text of a file has."""
    return word.endswith(_ASKING)


@dataclass(frozen=True, slots=True)
class Pieces:
    """What a file is made of, by digests.

    ``frame`` is that of what stands around functions and classes, less comments and empty lines.
    ``outside`` are the words that stand in no body of a function. ``parts`` has of each outermost function
    its text and its words: the names before a bracket, those that it calls, and those that it asks about,
    with the numbers of the functions in it that do (see :func:`words_of`);
    of each name that the module defines (see :func:`defined`) what is told without a look at bodies:
    signatures, fields, and what each function sets; and the face of each outermost function (see
    :func:`faced`). ``lines`` are those of the functions.
    """

    frame: bytes
    outside: Words
    parts: Parts
    lines: Mapping[str, Lines]

    def packed(self) -> bytes:
        """Return it as bytes, for the cache."""
        return zlib.compress(msgspec.msgpack.encode(self), 1)


_DECODER: Final = msgspec.msgpack.Decoder(Pieces)


def unpacked(data: bytes) -> Pieces | None:
    """Return what was packed, or None where that is nothing, or broken."""
    try:
        return _DECODER.decode(zlib.decompress(data)) if data else None
    except (msgspec.MsgspecError, zlib.error):
        return None


def pieces_of(outline: Outline) -> Pieces:
    """Return the pieces of a file."""
    places = outline.places
    inside = _numbers(places.bodies)

    def text(some: Iterable[Lines]) -> str:
        kept = sorted(_numbers(some) - inside)
        return "".join(outline.source.segment(line, line) for line in kept)

    told: dict[str, list[object]] = {}
    members: dict[str, list[Function]] = {}
    for each in outline.functions:
        facts = places.ids[each], sorted(each.writes), sorted(each.sets), each.yields
        told.setdefault(each.qualname.partition(".")[0], []).append(facts)
        members.setdefault(places.pieces.get(each, ""), []).append(each)
    top = members.pop("", [])
    parts: dict[str, Part] = {
        defined(name): (_digest(repr((text(some), told.get(name)))), ())
        for name, some in places.definitions.items()
    }
    lines = {piece: places.lines_of(piece) or (0, 0) for piece in members}
    for piece, functions in members.items():
        segment = outline.source.segment(*lines[piece])
        parts[piece] = _digest(segment), _words(segment, functions)
    for piece, functions in members.items():
        parts[faced(piece)] = _digest(repr([*_face(outline, functions)])), ()
    rest = "".join(x for number, x in enumerate(outline.source.lines, 1) if number not in inside)
    frame_of = repr((text(places.frame), sorted(outline.module.constants)))
    return Pieces(_digest(frame_of), _words(rest, top), parts, lines)


def _face(outline: Outline, functions: Iterable[Function]) -> Iterator[object]:
    """Yield what an outermost function, and those in it, show before they are executed.

    Of the names that one binds only those are told that something is called on, or that are called: whoever
    looks for the others passes them over.
    """
    for function in functions:
        cut, shown = outline.sources[function], function.shown
        segment = outline.source.segment(cut.first, cut.last)
        sites = sorted((name, sorted(holders)) for name, holders in shown.sites.items())
        called = {h.partition(".")[0] or name for name, holders in sites for h in holders}
        yield outline.places.ids[function], sorted(shown.calls), sites
        yield sorted(shown.binds & called), outline.places.imports.get(function, ())
        yield sorted(free_names(segment, shown.binds))


def _numbers(lines: Iterable[Lines]) -> set[int]:
    return {line for first, last in lines for line in range(first, last + 1)}


_NAMES: Final = re.compile(r"\b[^\W\d]\w*+(?:\.[^\W\d]\w*+)*+")


def names_in(text: str) -> set[str]:
    """Return every word of a text that may be a name, with the names behind its dots."""
    return {*_NAMES.findall(text)}


def free_names(text: str, binds: Collection[str]) -> set[str]:
    """Return the words of the text of a function that may be names which it does not bind."""
    return {name for name in names_in(text) if name.partition(".")[0] not in binds}


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def _words(text: str, functions: Iterable[Function]) -> Words:
    """Return the words of some code, each with the numbers of the functions that call it or ask about it.

    Files are searched for a word as it stands in the text, functions for what they call: ``f (x)`` calls
    ``f(`` and does not have it.
    """
    mentioned = mentions_in(text.encode("utf-8", "surrogatepass"))
    words = {each.decode("utf-8", "replace"): [_AS_TEXT] for each in mentioned}
    for number, function in enumerate(functions):
        calls = filter(str.isidentifier, function.shown.calls)  # others are marks
        for word in (*(f"{name}(" for name in calls), *map(asks, function.shown.tests)):
            words.setdefault(word, []).append(str(number))
    return tuple(sorted(_BY.join((word, *numbers)) for word, numbers in words.items()))


def words_of(made_of: Pieces) -> Mapping[str, Sequence[str]]:
    """Return in which parts each word stands, in their order: whoever looks for it comes to them so."""
    found: dict[str, list[str]] = {}
    for name, words in (
        ("", made_of.outside),
        *((n, part[1]) for n, part in made_of.parts.items()),
    ):
        for each in words:
            word, _, numbers = each.partition(_BY)
            found.setdefault(word, []).append(f"{name}{_BY}{numbers}")
    return found


def frame(node: ast.stmt) -> Iterator[Lines]:
    """Yield the lines of a statement of a module that defines neither a function nor a class.

    Where something else stands around a definition, all lines of it are yielded.
    """
    if not isinstance(node, FunctionNode | ast.ClassDef):
        yield node.lineno, node.end_lineno or node.lineno


def around(node: ast.stmt) -> Iterator[Lines]:
    """Yield the lines of a definition, less those of the bodies of functions, and of comments between."""
    if isinstance(node, FunctionNode):
        yield first_line(node), body_lines(node)[0] - 1
    elif isinstance(node, ast.ClassDef):
        yield first_line(node), max(node.lineno, first_line(node.body[0]) - 1)
        for each in node.body:
            yield from around(each)
    else:
        yield node.lineno, node.end_lineno or node.lineno


def body_lines(node: FunctionNode) -> Lines:
    """Return the lines of the body of a function that it does not share with what is before it."""
    given = node.args
    parts = [
        *given.posonlyargs,
        *given.args,
        *given.kwonlyargs,
        *given.defaults,
        *given.kw_defaults,
    ]
    parts += [given.vararg, given.kwarg, node.returns]
    signature = max([node.lineno, *(part.end_lineno or 0 for part in parts if part is not None)])
    first = max(signature, first_line(node.body[0]) - 1) + 1
    return first, node.end_lineno or node.lineno


def first_line(node: ast.stmt) -> int:
    """Return the first line of a statement, which is that of its first decorator."""
    decorators = node.decorator_list if isinstance(node, FunctionNode | ast.ClassDef) else ()
    return min([node.lineno, *(each.lineno for each in decorators)])
