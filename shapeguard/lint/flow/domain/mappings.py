"""Dictionaries: how they are made, and what their methods read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shapeguard.lint.flow.domain import merge
from shapeguard.lint.flow.domain.propositions import Opaque
from shapeguard.lint.flow.domain.sequences import (
    is_key,
    keys_of,
    looked_up_in,
    merged,
    pairs_of,
    values_of,
)
from shapeguard.lint.flow.domain.tensors import Kind, Trait
from shapeguard.lint.flow.domain.terms import ZERO, symbol
from shapeguard.lint.flow.domain.values import (
    Dictionary,
    Int,
    Missing,
    Sequence,
    Text,
)
from shapeguard.lint.flow.syntax.trees import source

if TYPE_CHECKING:
    import libcst as cst

    from shapeguard.lint.flow.domain.arguments import Arguments
    from shapeguard.lint.flow.domain.values import (
        Value,
    )
    from shapeguard.lint.flow.run import Run


def dictionary(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``dict(...)``."""
    made = Dictionary()
    for value in given.positional:
        pairs = value if isinstance(value, Dictionary) else _from_pairs(value)
        made = merged(made, pairs, run.identity(node))
    named = tuple((Text(name), value) for name, value in given.keywords.items())
    made = merged(made, Dictionary(named), run.identity(node))
    return merged(made, run.unknown(node), run.identity(node)) if given.unpacked else made


def _from_pairs(value: Value) -> Value:
    if not isinstance(value, Sequence) or value.items is not None:
        return value
    match value.element:
        case Sequence(items=(key, inner)):
            return Dictionary((), exact=False, element=inner, key=key)
        case _:
            return value


def default_dictionary(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``defaultdict(list)``."""
    factory = node.args[0].value if node.args else None
    name = getattr(factory, "value", None)
    made: Value = run.unknown(node, "value")
    if name in ("list", "set", "tuple"):
        made = Sequence(())
    elif name in ("int", "float"):
        made = Int(ZERO)
    elif name == "dict":
        made = Dictionary()
    begun = given.positional[1] if len(given.positional) > 1 else None
    empty = Dictionary(made=made)
    return empty if begun is None else merged(empty, begun, run.identity(node))


def counter(run: Run, node: cst.Call, given: Arguments) -> Value:
    """Evaluate ``Counter(xs)``: as many counts as there are different members, each at least 1."""
    if len(given.positional) != 1 or given.keywords:
        return Dictionary(made=Int(ZERO)) if not node.args else run.unknown(node, "counts")
    label, name = run.identity(node), source(node.args[0].value)
    told = run.station(node, "`{}` counts what occurs: its length follows the data")
    number = symbol(f"{label}.kinds", f"len(Counter({name}))")
    return Dictionary(
        exact=False,
        element=Int(symbol(f"{label}.count", "count", low=1)),
        key=run.unknown(node, "kind"),
        length=number,
        made=Int(ZERO),
        traits=(Trait(Kind.PRESENT_COUNTS, name, f"kinds of {name}", (told,)),),
    )


def read_dictionary(
    run: Run, node: cst.Call, holder: Dictionary, name: str, given: Arguments
) -> Value:
    """Call a method that reads a dictionary."""
    label = run.identity(node)
    match name:
        case "items":
            return pairs_of(holder, label)
        case "keys":
            return keys_of(holder, label)
        case "values":
            return values_of(holder, label)
        case "copy":
            return replace(holder)
        case "get" if given.positional:
            return _got(run, node, holder, given)
        case _:
            return run.unknown(node, name)


def _got(run: Run, node: cst.Call, holder: Dictionary, given: Arguments) -> Value:
    """Return the value of a key that may not be there."""
    key = given.positional[0]
    default = given.positional[1] if len(given.positional) > 1 else Missing()
    found = holder.get(key)
    if found is not None and is_key(key):
        return found
    if holder.exact and is_key(key):
        return default
    label = run.identity(node)
    there = looked_up_in(replace(holder, made=None), key, run.unknown(node, "value"), label)
    return merge.branch(Opaque(f"{label} has it"), there, default, label)
