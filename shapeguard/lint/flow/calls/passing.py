"""What a call passes: its arguments, evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.arguments import Arguments
from shapeguard.lint.flow.domain.predicates import every
from shapeguard.lint.flow.domain.propositions import Every
from shapeguard.lint.flow.domain.tensors import Tensor
from shapeguard.lint.flow.domain.values import Dictionary, Sequence, Text
from shapeguard.lint.flow.events import Handover
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.propositions import Predicate
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run


def arguments(run: Run, node: cst.Call) -> Arguments:
    """Evaluate the arguments of a call; a starred list of known members is spread."""
    positional: list[Value] = []
    nodes: list[cst.BaseExpression] = []
    keywords: dict[str, Value] = {}
    star: Value | None = None
    before = 0
    unpacked = False
    for argument in node.args:
        value = run.evaluate(argument.value)
        if argument.star == "*":
            spread = value.items if isinstance(value, Sequence) else None
            if spread is None:
                before = before if star is not None else len(positional)
                star = value
            else:
                positional.extend(spread)
                nodes.extend(argument.value for _ in spread)
        elif argument.keyword is not None:
            keywords[argument.keyword.value] = value
        elif argument.star == "":
            positional.append(value)
            nodes.append(argument.value)
        elif isinstance(value, Dictionary) and value.exact:
            keywords.update(
                (key.text, inner) for key, inner in value.entries if isinstance(key, Text)
            )
        else:
            unpacked = True
    behind = 0 if star is None else len(positional) - before
    return Arguments(tuple(positional), keywords, tuple(nodes), star, unpacked, behind)


def handed_over(run: Run, node: cst.Call, given: Arguments) -> None:
    """Report what is handed to a call that gets a part of something, and something beside it."""
    keywords = {**_unpacked(run, node), **given.keywords} if given.unpacked else given.keywords
    values = (*given.positional, *keywords.values())
    if run.analysis.muted or len(values) < 2 or not any(map(_is_narrowed, values)):  # noqa: PLR2004
        return
    names = (*(source(each) for each in given.nodes), *keywords)
    named = tuple(zip(names, values, strict=False))
    run.emit(Handover(run.moment(node), source(node.func), named))


def _unpacked(run: Run, node: cst.Call) -> dict[str, Value]:
    """Return the known entries of dictionaries that have others beside them."""
    found: dict[str, Value] = {}
    for argument in node.args:
        if argument.star == "**" and isinstance(argument.value, cst.Name):
            value = run.evaluate(argument.value)
            entries = value.entries if isinstance(value, Dictionary) else ()
            found.update((key.text, inner) for key, inner in entries if isinstance(key, Text))
    return found


def _is_narrowed(value: Value) -> bool:
    """Say whether a value is a part of a tensor, or lists such parts, on some path."""
    for _, leaf in merge.alternatives(value):
        match leaf:
            case Tensor(cuts=cuts):
                found = bool(cuts)
            case Sequence(items=items, element=element):
                members = items or (() if element is None else (element,))
                found = any(map(_is_narrowed, members))
            case _:
                found = False
        if found:
            return True
    return False


def under(given: Arguments, facts: tuple[Predicate, ...]) -> Arguments:
    """Refine arguments to the paths on which one alternative of the callee is the one."""
    known = every(facts)
    flat = known.parts if isinstance(known, Every) else (known,)
    return Arguments(
        tuple(merge.refine(value, flat) for value in given.positional),
        {name: merge.refine(value, flat) for name, value in given.keywords.items()},
        given.nodes,
        None if given.star is None else merge.refine(given.star, flat),
        given.unpacked,
        given.behind,
    )
