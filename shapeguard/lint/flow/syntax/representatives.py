"""Where one member of a list speaks for all: its field is asked for, or taken, beside a join of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.questions import asked, conditions, path_to
from shapeguard.lint.flow.syntax.records import REPLACING
from shapeguard.lint.flow.syntax.trees import remembered, walk
from shapeguard.lint.flow.syntax.usage import called, dotted_name, target_names
from shapeguard.lint.flow.syntax.walks import assigned, field_of, read, walked, walks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.syntax.walks import Walk

_LEAVING = (cst.Raise, cst.Return, cst.Assert)


@dataclass(frozen=True, slots=True)
class Representative:
    """``member`` is the field of one member of ``listed``, as the source reads it.

    It ``decides`` whether all members are joined, all are made of its kind if it ``converts``, or else
    it is taken beside the join. ``believed`` is where the function asks each member for the field: they
    differ in it. ``gathered`` says that the function made the list itself.
    """

    member: cst.BaseExpression
    listed: str
    decides: bool
    believed: cst.CSTNode | None
    gathered: bool
    converts: bool = False


@remembered(1024)
def representatives(function: cst.FunctionDef, join: cst.Call) -> tuple[Representative, ...]:
    """Return the members that speak for all those that a call joins."""
    return tuple(_representatives(function, join)) if join.args else ()


def _representatives(function: cst.FunctionDef, join: cst.Call) -> Iterator[Representative]:
    for made in walks_of(function, join.args[0].value):
        path = path_to(function, join)
        for test in conditions(function, path):
            yield from _deciding(function, made, test, path)
        yield from _taken(function, made, join)
        yield from _converting(function, made)


def _converting(function: cst.FunctionDef, made: Walk) -> Iterator[Representative]:
    """Yield the dtype of one member that all get before they are joined."""
    for node in walk(made.made):
        kind = assigned(function, node.value) if isinstance(node, cst.Name) else node
        match kind:
            case cst.Attribute(value=holder, attr=cst.Name("dtype")):
                if _is_one_of(function, holder, made, behind=False):
                    yield from _found(function, made, (kind, ".dtype"), converts=True)
                    return
            case _:
                pass


def _deciding(
    function: cst.FunctionDef, made: Walk, test: cst.CSTNode, path: tuple[cst.CSTNode, ...]
) -> Iterator[Representative]:
    for node, holder, key in asked(test):
        behind = made.loop is not None and made.loop not in path
        if key:
            one = _is_one_of(function, holder, made, behind=behind)
            same = made.reads(key) and (one or _is_last_of(function, holder, made.listed, path))
        else:
            name = holder.value if isinstance(holder, cst.Name) else ""
            same = behind and name in made.names - {made.member} and _holds(made.made, name)
        if same:
            yield from _found(function, made, (node, key), decides=True)
            return


def _taken(function: cst.FunctionDef, made: Walk, join: cst.Call) -> Iterator[Representative]:
    """Yield the fields of one member that become those of a state beside the join of all."""
    for call in walk(function.body):
        if not isinstance(call, cst.Call) or not _makes_state(call) or call is join:
            continue
        if not any(_is_made_of(function, each.value, join) for each in call.args):
            continue
        for argument in call.args:
            field = field_of(argument.value)
            if field is None or not _is_one_of(function, field[0], made, behind=False):
                continue
            if argument.keyword is None or f".{argument.keyword.value}" == field[1]:
                yield from _found(function, made, (argument.value, field[1]))


def _found(
    function: cst.FunctionDef,
    made: Walk,
    member: tuple[cst.BaseExpression, str],
    *,
    decides: bool = False,
    converts: bool = False,
) -> Iterator[Representative]:
    """Yield a member that speaks for all, unless the function looks at all of them."""
    node, key = member
    if any(_names(made, key, each) for each in made.asked):
        return
    believed = None
    for asking, refuses in _asking_each(function, made, key):
        if refuses:
            return
        believed = asking
    gathered = "." not in made.listed and _is_made_here(function, made.listed)
    yield Representative(node, made.listed, decides, believed, gathered, converts)


def _asking_each(
    function: cst.FunctionDef, made: Walk, key: str
) -> Iterator[tuple[cst.CSTNode, bool]]:
    """Yield the tests of the field of each member, and whether all members are looked at by them."""
    for node in walk(function.body):
        match node:
            case cst.ListComp() | cst.GeneratorExp() | cst.SetComp():
                found = walked(node.for_in)
                if found is not None and found[1] == made.listed:
                    tested = [node.elt] if field_of(node.elt) is None else []
                    for test in (*tested, *(each.test for each in node.for_in.ifs)):
                        at = _test_of(test, found[0], key)
                        yield from () if at is None else ((at, True),)
            case cst.Expr(value=cst.Call(args=[cst.Arg(value=given)]) as helper) if dotted_name(
                given
            ) == made.listed and not _is_method_of(helper, made.listed):
                yield helper, True  # nothing is kept of what it gives: it refuses what does not fit
            case cst.For():
                found = walked(node)
                if found is not None and found[1] == made.listed:
                    yield from _asking_in(node.body, made, found[0], key)
            case _:
                pass


def _is_method_of(call: cst.Call, listed: str) -> bool:
    return isinstance(call.func, cst.Attribute) and dotted_name(call.func.value) == listed


def _asking_in(
    body: cst.CSTNode, made: Walk, member: str, key: str
) -> Iterator[tuple[cst.CSTNode, bool]]:
    for node in walk(body):
        if not isinstance(node, cst.If | cst.IfExp | cst.Assert):
            continue
        names = (member,) if key else sorted(made.names - {made.member})
        if any(_test_of(node.test, name, key) for name in names):
            refuses = any(isinstance(each, _LEAVING) for each in walk(node))
            yield node.test, refuses


def _test_of(test: cst.BaseExpression, name: str, key: str) -> cst.CSTNode | None:
    """Return the part of a test that asks for a field of what has this name, if one does."""
    for part in (test, *(each for each in walk(test) if isinstance(each, cst.Comparison))):
        for _, holder, field in asked(part):
            if isinstance(holder, cst.Name) and (holder.value, field) == (name, key):
                return part
    return None


def _names(made: Walk, key: str, test: cst.CSTNode) -> bool:
    """Say whether a test speaks of the field of the member, or of what is made of it."""
    return any(
        read(each) == (made.member, key)
        or (isinstance(each, cst.Name) and each.value in made.names - {made.member})
        for each in walk(test)
    )


def _is_one_of(
    function: cst.FunctionDef, holder: cst.BaseExpression, made: Walk, *, behind: bool
) -> bool:
    """Say whether an expression is the first or the last member of what is walked over."""
    match holder:
        case cst.Subscript(
            value=listed,
            slice=[cst.SubscriptElement(cst.Index(cst.Integer(value="0") | cst.UnaryOperation()))],
        ):
            return dotted_name(listed) == made.listed
        case cst.Name(value=name):
            if behind and name == made.member:
                return True
            value = assigned(function, name)
            return isinstance(value, cst.Subscript) and _is_one_of(
                function, value, made, behind=False
            )
        case _:
            return False


def _is_last_of(
    function: cst.FunctionDef,
    holder: cst.BaseExpression,
    listed: str,
    path: tuple[cst.CSTNode, ...],
) -> bool:
    """Say whether an expression is the member at which a loop over a list has ended, behind the loop."""
    loops = (each for each in walk(function.body) if isinstance(each, cst.For))
    return isinstance(holder, cst.Name) and any(
        walked(each) == (holder.value, listed) and each not in path for each in loops
    )


def _holds(root: cst.CSTNode, name: str) -> bool:
    return any(isinstance(each, cst.Name) and each.value == name for each in walk(root))


def _makes_state(call: cst.Call) -> bool:
    """Say whether a call makes an object, or another one of it, as its name tells."""
    name = called(call)
    return name[:1].isupper() or name in REPLACING


def _is_made_of(function: cst.FunctionDef, value: cst.BaseExpression, join: cst.Call) -> bool:
    """Say whether a value is what a call joins, or a name for something made of it."""
    made = [value]
    if isinstance(value, cst.Name):
        made = [
            node.value
            for node in walk(function.body)
            if isinstance(node, cst.Assign)
            and any(value.value in target_names(each.target) for each in node.targets)
        ]
    return any(part is join for each in made for part in walk(each))


def _is_made_here(function: cst.FunctionDef, name: str) -> bool:
    return any(
        isinstance(node, cst.AssignTarget) and name in target_names(node.target)
        for node in walk(function.body)
    )
