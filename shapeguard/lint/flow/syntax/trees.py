"""Walking libcst trees, without visitors: what a pass over a function costs is paid often."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

P = ParamSpec("P")
T = TypeVar("T")
SHOWN = 80
_LAYOUT = ("whitespace", "lpar", "rpar", "leading_lines", "lines_after", "header", "footer")

_forgets: list[Callable[[], None]] = []


def remembered(most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Let a function of nodes know its results for ``most`` of them, until trees are dropped.

    What is known of a node holds its tree: of a thousand functions that are hundreds of MiB.
    """

    def wrapped(function: Callable[P, T]) -> Callable[P, T]:
        cached = functools.lru_cache(maxsize=most)(function)
        _forgets.append(cached.cache_clear)
        return cast("Callable[P, T]", cached)

    return wrapped


def forget_trees() -> None:
    """Forget what is known of all nodes."""
    for forget in _forgets:
        forget()


@functools.cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """Return the fields of a node that can hold code, and not only how it is laid out."""
    names = getattr(kind, "__dataclass_fields__", {})
    return tuple(name for name in names if not name.startswith(_LAYOUT))


_KINDS: dict[type, bool] = {}


def _is_node(kind: type) -> bool:
    """Say whether a type is one of nodes: ``isinstance`` asks an abstract class, which takes long."""
    known = _KINDS.get(kind)
    if known is None:
        known = _KINDS[kind] = issubclass(kind, cst.CSTNode)
    return known


@remembered(2**15)  # one function is walked for many questions, with all in it
def children(node: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """Return the nodes directly below a node, in the order of the source."""
    found: list[cst.CSTNode] = []
    for name in _fields(type(node)):
        value: object = getattr(node, name)
        kind: type[object] = type(value)
        if _is_node(kind):
            found.append(cast("cst.CSTNode", value))
        elif kind is tuple or kind is list:
            found.extend(
                each for each in cast("Sequence[cst.CSTNode]", value) if _is_node(type(each))
            )
    return tuple(found)


def ending(body: cst.BaseSuite) -> Sequence[cst.BaseSmallStatement]:
    """Return the statements in the last line of a block, none where that has a block of its own."""
    last = body.body[-1] if isinstance(body, cst.IndentedBlock) and body.body else body
    if isinstance(last, cst.SimpleStatementLine | cst.SimpleStatementSuite):
        return last.body
    return ()


def walk(root: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield a node and all below it, in no particular order."""
    if type(root) is cst.IndentedBlock:  # the body of a function is walked for many questions
        yield from _below(root)
        return
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(children(node))


@remembered(64)
def _below(root: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    pending, found = [root], list[cst.CSTNode]()
    while pending:
        node = pending.pop()
        found.append(node)
        pending.extend(children(node))
    return tuple(found)


@remembered(4096)
def parse_annotation(text: str) -> cst.BaseExpression | None:
    """Parse an annotation given as text, or return None if it is none."""
    try:
        return cst.parse_expression(text)
    except (cst.ParserSyntaxError, RecursionError):
        return None


def code_of(node: cst.CSTNode) -> str:
    """Return the source text of a node as it is laid out, comments included."""
    return cst.Module([]).code_for_node(node)


@remembered(4096)
def source(node: cst.CSTNode) -> str:
    """Return the text of a node, for messages: short, on one line."""
    text = " ".join(code_of(node).split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."
