"""Conditions that ask something else of a tensor than its size, in front of what needs an element."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.tensors import Kind, Tensor
from shapeguard.lint.flow.events import Identity
from shapeguard.lint.flow.evidence.afterthoughts import asks_for_size
from shapeguard.lint.flow.syntax.questions import path_to
from shapeguard.lint.flow.syntax.trees import source, walk
from shapeguard.lint.flow.trace import Site, Station

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.events import Reduce
    from shapeguard.lint.flow.trace import Trail

_FLAT = re.compile(r"\.(flatten|ravel|view|reshape|detach|cpu)\((-1)?\)$")
_OTHER_AXES = re.compile(r"\[(:|\.\.\.), .*\]$")
_LARGEST = frozenset({"max", "min", "amax", "amin"})
_OF_TWO = frozenset({"max", "min", "maximum", "minimum"})
_DIVISIONS = cst.Divide | cst.FloorDivide | cst.DivideAssign
_FROM_ZERO = (Kind.MASK, Kind.COUNT, Kind.INDEX)
_ENDS = cst.Return | cst.Continue | cst.Break | cst.Raise


@dataclass(frozen=True, slots=True)
class StandIn:
    """A condition, at ``site``, that asks for the ``values`` of a tensor, or else for one exact shape.

    ``trail`` shows what needs an element, ``breaks`` a tensor for which the condition is of no use.
    ``sure`` says that zeros matter: they are as good as any value where they are left out.
    """

    site: Site
    trail: Trail
    breaks: str
    values: bool
    sure: bool


def stand_in(event: Reduce) -> StandIn | None:
    """Return the condition that asks for something else than the size of what is reduced."""
    leaves = merge.leaves(event.operand)
    if event.identity is not Identity.NONE or not any(isinstance(each, Tensor) for each in leaves):
        return None
    function, node = event.site.function, event.site.node
    whole = _OTHER_AXES.sub("", event.name)
    told = [*_told(path_to(function.parse(), node))]
    if any(_asks_for_its_size(test, whole) for test, _ in told):
        return None
    for test, holds in told:
        site = Site.of(function, test)
        if _is_changed(event, site):
            continue
        if holds and _largest_of_all(event) and _has_values(test, event.name):
            if not any(map(_counts_from_zero, leaves)) and not _divides(function.parse(), test):
                breaks = f"{event.name} = [0, 0]"
                return StandIn(site, _trail(event), breaks, values=True, sure=_matters(event, test))
        elif not holds and event.axis in {None, 0} and _is_one_shape(test, whole):
            return StandIn(site, _trail(event), f"{whole} [0, 5]", values=False, sure=False)
    return None


def _trail(event: Reduce) -> Trail:
    node = event.site.node
    return (Station(0, event.site, "`{}` needs at least one entry", node),)


def _counts_from_zero(value: Value) -> bool:
    """Say whether the smallest that a tensor holds is 0, so that zeros tell nothing new."""
    return isinstance(value, Tensor) and bool(value.traits_of(*_FROM_ZERO))


def _told(path: Sequence[cst.CSTNode]) -> Iterator[tuple[cst.BaseExpression, bool]]:
    """Yield the conditions that decide whether a node is reached, the part that is taken with each."""
    for above, node in pairwise(path):
        match above:
            case cst.If(test=test, body=body) | cst.IfExp(test=test, body=body) if node is not test:
                yield from _parts(test, holds=node is body)
            case cst.IndentedBlock(body=statements):
                for each in statements:
                    if each is node:
                        break
                    if isinstance(each, cst.If) and each.orelse is None and _leaves(each.body):
                        yield from _parts(each.test, holds=False)
            case _:
                pass


def _parts(test: cst.BaseExpression, *, holds: bool) -> Iterator[tuple[cst.BaseExpression, bool]]:
    match test:
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            yield from _parts(inner, holds=not holds)
        case cst.BooleanOperation(left=left, operator=joint, right=right):
            if isinstance(joint, cst.And) is holds:
                yield from _parts(left, holds=holds)
                yield from _parts(right, holds=holds)
        case cst.Comparison(comparisons=[cst.ComparisonTarget(operator=cst.NotEqual())]):
            yield test, not holds
        case _:
            yield test, holds


def _leaves(body: cst.BaseSuite) -> bool:
    match body:
        case cst.IndentedBlock(body=[*_, cst.SimpleStatementLine(body=[*_, last])]):
            return isinstance(last, _ENDS)
        case _:
            return False


def _asks_for_its_size(test: cst.BaseExpression, name: str) -> bool:
    return any(asks_for_size(part, name) for part in walk(test)) and not _is_one_shape(test, name)


def _is_changed(event: Reduce, test: Site) -> bool:
    """Say whether a name stands for something else than what was asked for."""
    function = event.site.function
    for each in walk(function.parse().body):
        if isinstance(each, cst.AssignTarget | cst.AnnAssign) and source(each.target) == event.name:
            site = Site.of(function, each)
            if site.is_behind(test) and event.site.is_behind(site):
                return True
    return False


def _has_values(test: cst.BaseExpression, name: str) -> bool:
    """Say whether a condition is that some entry of a tensor is not 0."""
    match test:
        case cst.Call(func=cst.Name("any") | cst.Attribute(cst.Name("torch"), cst.Name("any"))):
            subject = test.args[0].value if len(test.args) == 1 else None
        case cst.Call(func=cst.Attribute(subject, cst.Name("any" | "sum")), args=[]):
            pass
        case _:
            subject = None
    return subject is not None and _FLAT.sub("", source(subject)) == name


def _is_one_shape(test: cst.BaseExpression, name: str) -> bool:
    """Say whether a condition is that a tensor has one shape, whose first axis is empty."""
    match test:
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(comparator=shape)]):
            text = source(shape).removeprefix("torch.Size").strip("()[], ")
            sizes = [each.strip() for each in text.split(",")]
            exact = all(each.isdigit() for each in sizes) and sizes[0] == "0"
            return exact and source(left) in {f"{name}.shape", f"{name}.size()"}
        case _:
            return False


def _largest_of_all(event: Reduce) -> bool:
    return event.axis is None and event.operation.rpartition(".")[2] in _LARGEST


def _divides(function: cst.FunctionDef, test: cst.BaseExpression) -> bool:
    """Say whether what a condition decides divides: then it asks whether there is something but 0."""
    owner = path_to(function, test)
    branch = next(e for e in reversed(owner) if isinstance(e, cst.If | cst.IfExp | cst.FunctionDef))
    around = owner[owner.index(branch) - 1] if isinstance(branch, cst.If) else branch
    return any(
        isinstance(each, cst.BinaryOperation | cst.AugAssign)
        and isinstance(each.operator, _DIVISIONS)
        for each in walk(around)
    )


def _matters(event: Reduce, test: cst.BaseExpression) -> bool:
    """Say whether zeros tell something: what is reduced was selected, or meets what was there before.

    The largest of labels is 0 where none is true: who calls ``x.any()`` may have thought of that.
    """
    entries = isinstance(test, cst.Call) and isinstance(test.func, cst.Name)
    leaves = merge.leaves(event.operand)
    selected = any(isinstance(each, Tensor) and each.cuts for each in leaves)
    return (entries or "min" in event.operation) and (selected or _joins_state(event))


def _joins_state(event: Reduce) -> bool:
    """Say whether the result is compared with what was there before: ``torch.max(best, x.max())``."""
    above = path_to(event.site.function.parse(), event.site.node)
    for each in above[:-1]:
        match each:
            case cst.Call(func=cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name))):
                if name in _OF_TWO:
                    return True
            case _:
                pass
    return False
