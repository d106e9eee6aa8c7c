"""The repair of an operand that is cut on some paths only: it is cut wherever there is what cuts it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.questions import path_to
from shapeguard.lint.flow.syntax.trees import children, code_of, walk
from shapeguard.lint.flow.trace import Site
from shapeguard.lint.repairs.changes import Change, unsafe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapeguard.lint.repairs.changes import Repair

_FUNCTIONS = frozenset({"len", "any", "all", "bool"})
_MEASURES = frozenset(
    [
        "size",
        "shape",
        "numel",
        "nelement",
        "start",
        "stop",
        "step",
        "indices",
        "any",
        "all",
        "sum",
        "count_nonzero",
        "mean",
        "item",
    ]
)
"""What a condition on sizes asks of what is cut and of what cuts it."""


def narrowed_on_all_paths(cut: Site) -> Repair | None:
    """Return the repair that takes away the condition on sizes under which an operand is cut.

    ``cut`` is the slice or call that narrows. That there is something to cut by, ``index is not None``,
    is still asked. None where the condition is about anything else than what is cut and what it is cut
    by, and where it guards more than cuts.
    """
    path = path_to(cut.function.parse(), cut.node)
    for at in range(len(path) - 2, 0, -1):
        block, above, node = path[at - 1 : at + 2]
        match above:
            case cst.IfExp(body=body) if node is body:
                change = _of_choice(cut, above)
            case cst.If(body=body) if node is body:
                change = _of_branch(cut, above, block)
            case cst.If() | cst.FunctionDef() | cst.Lambda() | cst.For() | cst.While():
                return None
            case _:
                continue
        return None if change is None else unsafe("narrow both on the same paths", change)
    return None


def _of_choice(cut: Site, choice: cst.IfExp) -> Change | None:
    """Return the change of ``x[i] if start < len(x) else x`` to ``x[i]``."""
    base = _narrowed(choice.body)
    kept = _still_asked(choice.test, [choice.body])
    if (
        kept is None
        or base is None
        or "#" in code_of(choice)
        or code_of(base) != code_of(choice.orelse)
    ):
        return None
    new = choice.with_changes(test=_conjunction(kept)) if kept else choice.body
    return Change(Site.of(cut.function, choice), new)


def _of_branch(cut: Site, branch: cst.If, block: cst.CSTNode) -> Change | None:
    """Return the change of a branch that only cuts to its lines, or to one that asks for less."""
    lines = _cutting_lines(branch.body)
    kept = _still_asked(branch.test, lines)
    if not lines or kept is None or branch.orelse is not None:
        return None
    if not isinstance(block, cst.IndentedBlock):
        return None
    if kept:
        return Change(Site.of(cut.function, branch.test), _conjunction(kept))
    at = block.body.index(branch)
    first = lines[0].with_changes(leading_lines=[*_comments(branch), *lines[0].leading_lines])
    body = [*block.body[:at], first, *lines[1:], *block.body[at + 1 :]]
    return Change(Site.of(cut.function, block), block.with_changes(body=body))


def _cutting_lines(body: cst.BaseSuite) -> list[cst.SimpleStatementLine]:
    """Return the lines of a block if each gives a part of something its name: ``x = x[index]``."""
    if not isinstance(body, cst.IndentedBlock) or any(line.comment for line in body.footer):
        return []
    lines = [each for each in body.body if isinstance(each, cst.SimpleStatementLine)]
    return lines if len(lines) == len(body.body) and all(map(_cuts, lines)) else []


def _cuts(line: cst.SimpleStatementLine) -> bool:
    match line.body:
        case [cst.Assign(targets=[cst.AssignTarget(target=target)], value=value)]:
            base = _narrowed(value)
            return base is not None and code_of(base) == code_of(target)
        case _:
            return False


def _narrowed(value: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return what an expression is a part of."""
    match value:
        case cst.Subscript(value=base):
            return base
        case cst.Call(func=cst.Attribute(value=base, attr=cst.Name("narrow" | "index_select"))):
            return base
        case _:
            return None


def _still_asked(
    test: cst.BaseExpression, cuts: Sequence[cst.CSTNode]
) -> list[cst.BaseExpression] | None:
    """Return the parts of a condition that say that there is something to cut by.

    None if another part is about anything else than the sizes of what is cut and what cuts, or is commented.
    """
    kept: list[cst.BaseExpression] = []
    if "#" in code_of(test):
        return None
    for part in _conjuncts(test):
        if _is_presence(part, cuts):
            kept.append(part)
        elif not _is_of_sizes(part, cuts):
            return None
    return kept


def _conjuncts(test: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    match test:
        case cst.BooleanOperation(left=left, operator=cst.And(), right=right):
            yield from _conjuncts(left)
            yield from _conjuncts(right)
        case _:
            yield test


def _conjunction(parts: Sequence[cst.BaseExpression]) -> cst.BaseExpression:
    whole = functools.reduce(lambda one, other: cst.BooleanOperation(one, cst.And(), other), parts)
    if "\n" in code_of(whole) and not whole.lpar:
        return whole.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return whole


def _is_presence(part: cst.BaseExpression, cuts: Sequence[cst.CSTNode]) -> bool:
    """Say whether a condition asks whether something that occurs in cuts is there, and what it is."""
    match part:
        case cst.Comparison(
            left=asked,
            comparisons=[cst.ComparisonTarget(operator=cst.IsNot(), comparator=cst.Name("None"))],
        ):
            pass
        case cst.Call(func=cst.Name("isinstance" | "hasattr"), args=[cst.Arg(value=asked), _]):
            pass
        case _:
            return False
    return _vocabulary([asked])[0] <= _vocabulary(cuts)[0]


def _is_of_sizes(part: cst.BaseExpression, cuts: Sequence[cst.CSTNode]) -> bool:
    """Say whether a condition asks for nothing but sizes of what occurs in cuts.

    Not for a rank; nor whether two extents are equal or one is 1, which says that an operand was cut before,
    or is one for all.
    """
    names, fields = _vocabulary([part])
    known, known_fields = _vocabulary(cuts)
    if not names <= known | _FUNCTIONS or not fields <= known_fields | _MEASURES:
        return False
    return not any(_tells_more(each) for each in walk(part))


def _tells_more(node: cst.CSTNode) -> bool:
    match node:
        case cst.NamedExpr() | cst.Equal() | cst.NotEqual():
            return True
        case (
            cst.Comparison(left=cst.Integer(value=number))
            | cst.ComparisonTarget(comparator=cst.Integer(value=number))
        ):
            return number != "0"
        case cst.Call(
            func=cst.Name("len"), args=[cst.Arg(value=cst.Attribute(attr=cst.Name("shape")))]
        ):
            return True
        case cst.Call(
            func=cst.Name("len"),
            args=[cst.Arg(value=cst.Call(func=cst.Attribute(attr=cst.Name("size"))))],
        ):
            return True
        case _:
            return False


def _vocabulary(nodes: Sequence[cst.CSTNode]) -> tuple[set[str], set[str]]:
    """Return the names in some code, and the names of the attributes that it reads."""
    names: set[str] = set()
    fields: set[str] = set()
    pending = [*nodes]
    while pending:
        node = pending.pop()
        match node:
            case cst.Name(value=name):
                names.add(name)
            case cst.Attribute(value=holder, attr=cst.Name(value=field)):
                fields.add(field)
                pending.append(holder)
            case cst.Arg(value=value):
                pending.append(value)
            case _:
                pending.extend(children(node))
    return names, fields


def _comments(branch: cst.If) -> Iterator[cst.EmptyLine]:
    """Yield the lines in front of a branch, and the comment behind its condition as one of them."""
    yield from branch.leading_lines
    header = branch.body.header if isinstance(branch.body, cst.IndentedBlock) else None
    if header is not None and header.comment is not None:
        yield cst.EmptyLine(comment=header.comment)
