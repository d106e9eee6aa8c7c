"""What code does with all members of a list: comprehensions over it, and lists that a loop fills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.trees import walk
from shapeguard.lint.flow.syntax.usage import dotted_name, target_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk over the members of ``listed``, each called ``member``, that gives ``made`` for each.

    ``names`` are bound to what is read of the member, ``loop`` is the loop, ``asked`` what the walk
    asks of a member.
    """

    listed: str
    member: str
    made: cst.BaseExpression
    names: frozenset[str]
    asked: tuple[cst.CSTNode, ...] = ()
    loop: cst.For | None = None

    def reads(self, key: str) -> bool:
        """Say whether what is made holds this field of the member."""
        return any(read(each) == (self.member, key) for each in walk(self.made))


def read(node: cst.CSTNode) -> tuple[str, str] | None:
    """Return the name and the field of ``x.field``, ``x["field"]`` and ``x.get("field")``."""
    found = field_of(node)
    if found is None or not isinstance(found[0], cst.Name):
        return None
    return found[0].value, found[1]


def field_of(node: cst.CSTNode) -> tuple[cst.BaseExpression, str] | None:
    """Return what a field is read of, and which: ``.field`` or ``["field"]``."""
    match node:
        case cst.Attribute(value=holder, attr=cst.Name(value=field)):
            return holder, f".{field}"
        case cst.Subscript(
            value=holder, slice=[cst.SubscriptElement(cst.Index(cst.SimpleString() as key))]
        ):
            return holder, f"[{key.evaluated_value!r}]"
        case cst.Call(
            func=cst.Attribute(value=holder, attr=cst.Name(value="get")),
            args=[cst.Arg(value=cst.SimpleString() as key), *_],
        ):
            return holder, f"[{key.evaluated_value!r}]"
        case _:
            return None


def walked(node: cst.For | cst.CompFor) -> tuple[str, str] | None:
    """Return the name that stands for each member, and the list that is walked over."""
    target: cst.BaseExpression = node.target
    iterable: cst.BaseExpression = node.iter
    match iterable, target:
        case (
            cst.Call(func=cst.Name(value="enumerate"), args=[cst.Arg(value=inner), *_]),
            cst.Tuple(elements=[_, cst.Element(value=member)]),
        ):
            target, iterable = member, inner
        case cst.Subscript(value=whole, slice=[cst.SubscriptElement(cst.Slice())]), _:
            iterable = whole
        case _:
            pass
    listed = dotted_name(iterable)
    return (target.value, listed) if isinstance(target, cst.Name) and listed is not None else None


def assigned(function: cst.FunctionDef, name: str) -> cst.BaseExpression | None:
    """Return what a name is bound to, if it is by one assignment."""
    found = [
        node.value
        for node in walk(function.body)
        if type(node) is cst.Assign
        and any(name in target_names(each.target) for each in node.targets)
    ]
    return found[0] if len(found) == 1 else None


def walks_of(function: cst.FunctionDef, listed: cst.CSTNode) -> Iterator[Walk]:
    """Yield the walks that make the members of a list, given as an expression."""
    match listed:
        case cst.ListComp(elt=made, for_in=each) | cst.GeneratorExp(elt=made, for_in=each):
            yield from _comprehended(made, each)
        case cst.Name(value=name):
            yield from _filled(function, name)
            for node in walk(function.body):
                match node:
                    case cst.Assign(
                        targets=[cst.AssignTarget(target=cst.Name(value=bound))],
                        value=cst.ListComp(elt=made, for_in=each),
                    ) if bound == name:
                        yield from _comprehended(made, each)
                    case _:
                        pass
        case _:
            return


def _comprehended(made: cst.BaseExpression, each: cst.CompFor) -> Iterator[Walk]:
    found = walked(each)
    if found is not None and each.inner_for_in is None:
        name, listed = found
        yield Walk(listed, name, made, frozenset({name}), (*each.ifs, *_tests_in(made)))


def _filled(function: cst.FunctionDef, name: str) -> Iterator[Walk]:
    """Yield the loops that append to a list, once for each member of another one."""
    for loop in walk(function.body):
        found = walked(loop) if isinstance(loop, cst.For) else None
        if not isinstance(loop, cst.For) or found is None:
            continue
        member, listed = found
        for made, tests in _appended(loop.body.body, name, ()):
            names = frozenset({member, *_bound_from(loop, member)})
            yield Walk(listed, member, made, names, (*tests, *_tests_in(made)), loop)


def _appended(
    statements: Sequence[cst.CSTNode], name: str, tests: tuple[cst.CSTNode, ...]
) -> Iterator[tuple[cst.BaseExpression, tuple[cst.CSTNode, ...]]]:
    """Yield what is appended to a list, with the tests under which it is."""
    for statement in statements:
        match statement:
            case cst.If(test=test, body=inner, orelse=orelse):
                yield from _appended(inner.body, name, (*tests, test))
                rest = orelse.body.body if isinstance(orelse, cst.Else) else (orelse,)
                yield from _appended([each for each in rest if each], name, (*tests, test))
            case cst.SimpleStatementLine(body=[small]):
                yield from _appended((small,), name, tests)
            case cst.Expr(
                value=cst.Call(
                    func=cst.Attribute(value=cst.Name(value=filled), attr=cst.Name(value="append")),
                    args=[cst.Arg(value=made)],
                )
            ) if filled == name:
                yield made, tests
            case _:
                pass


def _bound_from(loop: cst.For, member: str) -> Iterator[str]:
    """Yield the names that the body of a loop binds to something of its member."""
    for node in walk(loop.body):
        if isinstance(node, cst.Assign) and any(
            isinstance(each, cst.Name) and each.value == member for each in walk(node.value)
        ):
            for target in node.targets:
                yield from target_names(target.target)


def _tests_in(made: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    return tuple(node.test for node in walk(made) if isinstance(node, cst.IfExp))
