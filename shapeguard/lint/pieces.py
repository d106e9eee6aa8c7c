"""The pieces of a file: its outermost functions, and the frame that stands around their bodies.

What is found out about a function rests on few of the functions in the files that were looked at. By
pieces a change of one function costs what rests on it, and nothing that only stands in the same file.
"""

from __future__ import annotations

import ast
import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from shapeguard.lint.bindings import FunctionNode
from shapeguard.lint.mentions import mentions_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.lint.outline import Outline

_ASKING: Final = "?"
Lines = tuple[int, int]
"""The first and the last line of something, 1-based and inclusive."""
Words = tuple[str, ...]
Bodies = Mapping[str, tuple[bytes, Words]]


def asks(name: str) -> str:
    """Return the word for that a condition asks about a name; see :class:`Pieces`."""
    return name + _ASKING


def is_asking(word: str) -> bool:
    """Say whether a word is one of :func:`asks`, which no text of a file has."""
    return word.endswith(_ASKING)


@dataclass(frozen=True, slots=True)
class Pieces:
    """What a file is made of, by digests.

    ``frame`` is that of everything but bodies of functions, comments and empty lines, with what each
    function sets, which is told of it without a look at its body; ``outside`` are the words in it.
    ``bodies`` has of each outermost function the digest of its text, and its words: the names before a
    bracket, those that it calls, and those that it asks about.
    """

    frame: bytes
    outside: Words
    bodies: Bodies

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
    inside = {line for first, last in outline.bodies for line in range(first, last + 1)}
    around = {line for first, last in outline.around for line in range(first, last + 1)} - inside
    lines = outline.source.lines
    told = [
        (outline.ids[each], sorted(each.writes), sorted(each.sets), each.yields)
        for each in outline.functions
    ]
    text = "".join(lines[line - 1] for line in sorted(around) if line <= len(lines))
    bodies: dict[str, tuple[bytes, Words]] = {}
    for function, piece in outline.pieces.items():
        if piece == outline.ids[function]:
            cut = outline.sources[function]
            segment = outline.source.segment(cut.first, cut.last)
            shown = function.shown
            bodies[piece] = _digest(segment), _words(segment, shown.calls, shown.tests)
    top = [each.shown for each in outline.functions if each not in outline.pieces]
    outside = _words(
        "".join(line for number, line in enumerate(lines, 1) if number not in inside),
        (name for shown in top for name in shown.calls),
        (name for shown in top for name in shown.tests),
    )
    frame = _digest(repr((text, told, sorted(outline.module.constants))))
    return Pieces(frame, outside, bodies)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def _words(text: str, calls: Iterable[str], tests: Iterable[str]) -> Words:
    mentioned = mentions_in(text.encode("utf-8", "surrogatepass"))
    words = {each.decode("utf-8", "replace") for each in mentioned}
    words.update(f"{name}(" for name in calls if name.isidentifier())  # others are marks
    words.update(map(asks, tests))
    return tuple(sorted(words))


def around(body: Iterable[ast.stmt]) -> Iterator[Lines]:
    """Yield the lines of a module or a class that are in no body of a function of its own.

    Where something else stands around a function, all lines of it are yielded.
    """
    for node in body:
        if isinstance(node, FunctionNode):
            yield first_line(node), body_lines(node)[0] - 1
        elif isinstance(node, ast.ClassDef):
            yield first_line(node), max(node.lineno, first_line(node.body[0]) - 1)
            yield from around(node.body)
        else:
            yield node.lineno, node.end_lineno or node.lineno


def body_lines(node: FunctionNode) -> Lines:
    """Return the lines of the body of a function that it does not share with what is before it."""
    declared = [node.args, *([node.returns] if node.returns is not None else ())]
    ends = (getattr(each, "end_lineno", None) for part in declared for each in ast.walk(part))
    signature = max([node.lineno, *(end for end in ends if end is not None)])
    first = max(signature, first_line(node.body[0]) - 1) + 1
    return first, node.end_lineno or node.lineno


def first_line(node: ast.stmt) -> int:
    """Return the first line of a statement, which is that of its first decorator."""
    decorators = node.decorator_list if isinstance(node, FunctionNode | ast.ClassDef) else ()
    return min([node.lineno, *(each.lineno for each in decorators)])
