"""Changes of one expression or call: new source text for nodes of the function that a rule looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.finding import Applicability
from shapeguard.lint.flow.syntax.trees import code_of

if TYPE_CHECKING:
    from shapeguard.lint.flow.trace import Site

_SPACE = cst.SimpleWhitespace(" ")
_TIGHT = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))


@dataclass(frozen=True, slots=True)
class Change:
    """The node that takes the place of the one at ``site``."""

    site: Site
    node: cst.CSTNode


@dataclass(frozen=True, slots=True)
class Repair:
    """Changes, all in the file of the finding, after which it is gone; ``message`` says what they do.

    A safe one keeps what the program does; an unsafe one changes it where the hazard strikes.
    """

    applicability: Applicability
    message: str
    changes: tuple[Change, ...]


def with_keyword(site: Site, name: str, value: str) -> Change | None:
    """Return the change that adds ``name=value`` as the last argument of the call at ``site``.

    None where it is no call, has the keyword already, or unpacks keywords that may hold it.
    """
    call = site.node
    if not isinstance(call, cst.Call) or not call.args or _takes(call, name):
        return None
    added = cst.Arg(keyword=cst.Name(name), equal=_TIGHT, value=cst.parse_expression(value))
    return Change(site, _with_last(call, added))


def _with_last(call: cst.Call, added: cst.Arg) -> cst.Call:
    """Return a call that has arguments with one more, laid out as they are."""
    *before, last = call.args
    trailing = isinstance(last.comma, cst.Comma)
    kept = last.with_changes(
        value=_enclosed(last.value),
        comma=cst.Comma(whitespace_after=_separator(call, before, trailing=trailing)),
        whitespace_after_arg=cst.SimpleWhitespace(""),
    )
    added = added.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
    return call.with_changes(args=[*before, kept, added])


def _takes(call: cst.Call, name: str) -> bool:
    return any(
        each.star == "**" or (each.keyword is not None and each.keyword.value == name)
        for each in call.args
    )


def _enclosed(value: cst.BaseExpression) -> cst.BaseExpression:
    """Put parentheses around a generator, which may stand bare only as a sole argument."""
    if isinstance(value, cst.GeneratorExp) and not value.lpar:
        return value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return value


def _separator(
    call: cst.Call, before: list[cst.Arg], *, trailing: bool
) -> cst.BaseParenthesizableWhitespace:
    """Return what stands between two arguments of a call: a space, or a new line if each has one."""
    for each in before:
        if isinstance(each.comma, cst.Comma):
            return each.comma.whitespace_after
    spread = isinstance(call.whitespace_before_args, cst.ParenthesizedWhitespace)
    return call.whitespace_before_args if spread and trailing else _SPACE


def with_argument(site: Site, value: str) -> Change | None:
    """Return the change that adds a last argument by position to the call at ``site``, if all are."""
    call = site.node
    if not isinstance(call, cst.Call) or any(each.keyword or each.star for each in call.args):
        return None
    added = cst.Arg(cst.parse_expression(value))
    if call.args:
        return Change(site, _with_last(call, added))
    bare = cst.SimpleWhitespace("")
    return Change(site, call.with_changes(args=[added], whitespace_before_args=bare))


def with_name(site: Site, name: str) -> Change | None:
    """Return the change that calls another function, or another method, with the same arguments."""
    call = site.node
    if not isinstance(call, cst.Call):
        return None
    match call.func:
        case cst.Attribute():
            return Change(site, call.with_deep_changes(call.func, attr=cst.Name(name)))
        case _:
            return None


def written(site: Site, text: str) -> Change:
    """Return the change of an expression to what a text says; raises ParserSyntaxError for nonsense."""
    return Change(site, cst.parse_expression(text))


def counted_from_start(site: Site, axis: int) -> Change | None:
    """Return the change of ``x[:-n]`` or ``x[-n:]`` to bounds that count from the start.

    They are 0 or more, so that a part of nothing is nothing. None where the subscript is no plain one.
    """
    node = site.node
    if not isinstance(node, cst.Subscript) or not 0 <= axis < len(node.slice):
        return None
    element, holder = node.slice[axis].slice, code_of(node.value)
    if not isinstance(element, cst.Slice) or not isinstance(node.value, cst.Name | cst.Attribute):
        return None
    extent = f"{holder}.size({axis})" if axis else f"len({holder})"
    bounds = {name: _positive(bound, extent) for name, bound in _bounds(element)}
    if len(bounds) != 1 or None in bounds.values():
        return None
    parts = [*node.slice]
    parts[axis] = parts[axis].with_changes(slice=element.with_changes(**bounds))
    return Change(site, node.with_changes(slice=parts))


def _bounds(element: cst.Slice) -> list[tuple[str, cst.BaseExpression]]:
    named = (("lower", element.lower), ("upper", element.upper))
    return [(name, bound) for name, bound in named if bound is not None]


def _positive(bound: cst.BaseExpression, extent: str) -> cst.BaseExpression | None:
    """Return a bound that counts back by a number as one that counts from the start."""
    if not isinstance(bound, cst.UnaryOperation) or not isinstance(bound.operator, cst.Minus):
        return None
    return cst.parse_expression(f"max({extent} - {code_of(bound.expression)}, 0)")


def safe(message: str, *changes: Change) -> Repair:
    """Return a repair that keeps what the program does."""
    return Repair(Applicability.SAFE, message, changes)


def unsafe(message: str, *changes: Change) -> Repair:
    """Return a repair that changes what the program does, where the hazard strikes."""
    return Repair(Applicability.UNSAFE, message, changes)
