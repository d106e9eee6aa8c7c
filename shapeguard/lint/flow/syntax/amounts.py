"""Numbers that say how many there are: bounds of slices, sizes, lengths that are compared."""

from __future__ import annotations

import itertools

import libcst as cst

from shapeguard.lint.flow.syntax.questions import path_to
from shapeguard.lint.flow.syntax.trees import source, walk

_COUNTED = frozenset(
    {
        "range",
        "topk",
        "narrow",
        "split",
        "chunk",
        "islice",
        "zeros",
        "ones",
        "empty",
        "full",
        "new_zeros",
        "new_ones",
        "new_empty",
        "new_full",
        "randint",
        "view",
        "reshape",
        "expand",
        "repeat",
        "repeat_interleave",
        "tile",
        "sample",
        "multinomial",
    }
)
EXTENTS = ("len(", ".size(", ".shape[")
"""How lengths and extents are written."""


def counts_here(function: cst.FunctionDef, node: cst.CSTNode) -> bool:
    """Say whether an expression bounds a slice, or is given as a count."""
    path = path_to(function, node)
    return any(isinstance(each, cst.Slice) or _takes_count(each) for each in path)


def counts_by(body: cst.CSTNode, name: str) -> bool:
    """Say whether a body bounds a slice, or makes something of a size, by what has a name."""
    return any(
        source(part) == name
        for holder in walk(body)
        if isinstance(holder, cst.Slice) or _takes_count(holder) or _compares_extent(holder)
        for part in walk(holder)
    )


def target_of(function: cst.FunctionDef, node: cst.CSTNode, name: str) -> str:
    """Return what an expression is assigned to, or ``name`` where it is asked whether that is true."""
    path = path_to(function, node)
    for node_above, each in reversed([*itertools.pairwise(path)]):
        match node_above:
            case cst.Assign(targets=[cst.AssignTarget(target)], value=value) if value is each:
                return source(target)
            case cst.AnnAssign(target=target, value=value) if value is each:
                return source(target)
            case cst.If(test=cst.UnaryOperation() as test) if test is each:
                return name
            case cst.Arg() | cst.BinaryOperation() | cst.Call(func=cst.Name("int" | "max" | "min")):
                pass
            case _:
                return ""
    return ""


def _takes_count(node: cst.CSTNode) -> bool:
    match node:
        case cst.Call(func=cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name))):
            return name in _COUNTED
        case _:
            return False


def _compares_extent(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Comparison) and any(each in source(node) for each in EXTENTS)
