"""How a function uses a name as an index: what it asks of it tells what it is.

``idx.start`` makes it a slice, ``keep.any()`` and ``~keep`` a mask, ``len(rows)`` or ``rows.dtype`` a
list of positions, or a tensor of them. The answer decides which symbol stands for the number of
positions that the index keeps, so that a test of the index and the extent that it cuts speak about the
same thing.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.trees import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

CHANGING = frozenset(
    {
        "append",
        "appendleft",
        "add",
        "extend",
        "pop",
        "popleft",
        "clear",
        "insert",
        "remove",
        "reverse",
        "sort",
    }
)
_USING = frozenset({cst.Attribute, cst.Call, cst.UnaryOperation})
_CHANGING = frozenset({cst.Call, cst.AssignTarget, cst.Del, cst.AugAssign})
"""The nodes that are looked at; a ``match`` would ask an abstract class of every node."""
CHANGING_DICTIONARIES = frozenset({"setdefault", "pop", "clear", "update", "popitem"})
_ATTRIBUTES = {
    "start": "slice",
    "stop": "slice",
    **dict.fromkeys(("shape", "dtype", "device", "ndim", "is_cuda"), "list"),
}
_METHODS = {
    **dict.fromkeys(("any", "all", "sum", "count_nonzero"), "mask"),
    "numel": "list",
}
_OF_TENSORS = {
    **dict.fromkeys(("bool", "float", "logical_not", "nonzero"), "mask"),
    **dict.fromkeys(
        [
            "clone",
            "cpu",
            "cuda",
            "detach",
            "dim",
            "flatten",
            "int",
            "long",
            "reshape",
            "size",
            "squeeze",
            "to",
            "tolist",
            "type",
            "unique",
            "unsqueeze",
            "view",
        ],
        "list",
    ),
}
"""Methods that only tensors have, by what the tensor then is as an index."""


def index_uses(function: cst.FunctionDef) -> dict[str, str]:
    """Map dotted names to ``slice``, ``mask`` or ``list``, where the function shows which it is."""
    uses: dict[str, str] = {}
    for node in walk(function.body):
        name, use = _use(node) or ("", "")
        if use and uses.get(name, "list") == "list":
            uses[name] = use  # masks and slices are measured as well, so that it says the least
    return uses


def _use(node: cst.CSTNode) -> tuple[str, str] | None:
    if type(node) not in _USING:
        return None
    match node:
        case cst.Attribute(value=owner, attr=cst.Name(value=name)) if name in _ATTRIBUTES:
            use = _ATTRIBUTES[name]
        case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value=name)), args=()) if (
            name in _METHODS
        ):
            use = _METHODS[name]
        case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value=name))) if (
            name in _OF_TENSORS
        ):
            use = _OF_TENSORS[name]
        case cst.UnaryOperation(operator=cst.BitInvert(), expression=owner):
            use = "mask"
        case cst.Call(func=cst.Name(value="len"), args=(cst.Arg(value=owner),)):
            use = "list"
        case cst.Call(
            func=cst.Attribute(value=cst.Name(value="torch"), attr=cst.Name(value=name)),
            args=(cst.Arg(value=owner),),
        ) if name in _METHODS:
            use = _METHODS[name]
        case _:
            return None
    dotted = dotted_name(owner)
    return None if dotted is None else (dotted, use)


def named_parameters(declared: cst.Parameters) -> list[cst.Param]:
    """Return the parameters that have names of their own, less ``*args`` and ``**kwargs``."""
    return [*declared.posonly_params, *declared.params, *declared.kwonly_params]


def called(call: cst.Call) -> str:
    """Return the name of a function or a method that is called, or nothing."""
    match call.func:
        case cst.Attribute(attr=cst.Name(name)) | cst.Name(name):
            return name
        case _:
            return ""


def last_name(node: cst.CSTNode) -> str:
    """Return ``c`` for the chain of attributes ``a.b.c``, or nothing."""
    return (dotted_name(node) or "").rpartition(".")[2]


def floats(function: cst.FunctionDef) -> frozenset[str]:
    """Return the dotted names of numbers with a point: declared so, or compared with such a literal."""
    found = {
        each.name.value
        for each in named_parameters(function.params)
        if isinstance(each.default, cst.Float) or _is_float(each.annotation)
    }
    for node in walk(function.body):
        if type(node) is cst.Comparison:
            sides = (node.left, *(each.comparator for each in node.comparisons))
            for one, other in itertools.pairwise(sides):
                found |= {_beside_float(one, other), _beside_float(other, one)}
    return frozenset(found - {""})


def _is_float(annotation: cst.Annotation | None) -> bool:
    return annotation is not None and any(
        isinstance(each, cst.Name) and each.value == "float" for each in walk(annotation)
    )


def _beside_float(one: cst.BaseExpression, other: cst.BaseExpression) -> str:
    return (dotted_name(one) or "") if isinstance(other, cst.Float) else ""


def summed_lists(function: cst.FunctionDef) -> frozenset[str]:
    """Return the dotted names of lists of which a part is summed: their members are sizes."""
    owners = (_summed(node) for node in walk(function.body) if type(node) is cst.Call)
    names = (dotted_name(owner) for owner in owners if owner is not None)
    return frozenset(name for name in names if name is not None)


def _summed(node: cst.CSTNode) -> cst.BaseExpression | None:
    """Return the list of which ``sum(sizes[:i])`` sums a part."""
    match node:
        case cst.Call(
            func=cst.Name(value="sum"),
            args=(
                cst.Arg(
                    value=cst.Subscript(
                        value=owner, slice=(cst.SubscriptElement(slice=cst.Slice()),)
                    )
                ),
            ),
        ):
            return owner
        case _:
            return None


def changed_names(function: cst.FunctionDef) -> frozenset[str]:
    """Return the names of lists that a function changes in place."""
    found: set[str] = set()
    for node in (each for each in walk(function.body) if type(each) in _CHANGING):
        match node:
            case cst.Call(func=cst.Attribute(value=cst.Name(value=name), attr=attr)) if (
                attr.value in CHANGING
            ):
                found.add(name)
            case cst.AssignTarget(target=cst.Subscript(value=cst.Name(value=name))):
                found.add(name)
            case cst.Del(target=cst.Subscript(value=cst.Name(value=name))):
                found.add(name)
            case cst.AugAssign(target=cst.Name(value=name)):
                found.add(name)
            case _:
                pass
    return frozenset(found)


def names_of_others(
    function: cst.FunctionDef | cst.ClassDef, *declarations: type[cst.Nonlocal | cst.Global]
) -> frozenset[str]:
    """Return the names that a function declares to be those of a scope around it."""
    return frozenset(
        item.name.value
        for node in walk(function.body)
        if type(node) in declarations and isinstance(node, cst.Nonlocal | cst.Global)
        for item in node.names
    )


def target_names(target: cst.CSTNode) -> Iterator[str]:
    """Yield the names that a target binds."""
    if isinstance(target, cst.Name):
        yield target.value
    elif isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            yield from target_names(element.value)


def only_index(value: cst.CSTNode | None) -> cst.BaseExpression | None:
    """Return the only index of a part, such as the mask in ``x[mask]``."""
    match value:
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=index))]):
            return index
        case _:
            return None


def dotted_name(node: cst.CSTNode) -> str | None:
    """Return ``a.b.c`` for a chain of attributes, or None."""
    parts: list[str] = []
    while type(node) is cst.Attribute:
        parts.append(node.attr.value)
        node = node.value
    if type(node) is not cst.Name:
        return None
    return ".".join((node.value, *reversed(parts)))
