"""Objects that are made: records from their arguments, other objects by their constructor."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.calls.parameters import Annotations, instance
from shapeguard.lint.flow.calls.summaries import perform
from shapeguard.lint.flow.domain.arguments import Arguments
from shapeguard.lint.flow.domain.callables import Callee
from shapeguard.lint.flow.domain.values import Record, Sequence, Text, Unknown
from shapeguard.lint.flow.expressions.constants import constant
from shapeguard.lint.flow.syntax.usage import dotted_name

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.program import Class, Constant
    from shapeguard.lint.flow.run import Run

REGISTERING = {
    "add_state": "default",
    "register_buffer": "tensor",
    "register_parameter": "param",
    "add_module": "module",
    "register_module": "module",
}
"""Methods that give an object an attribute by name, and the parameter that has its value."""
_FACTORIES = {"list": Sequence(()), "tuple": Sequence(())}


def construct(run: Run, node: cst.Call, owner: Class, given: Arguments) -> Value:
    """Make an object of a class of the project."""
    program = run.analysis.program
    made = program.method(owner, "__init__")
    if program.record(owner) is not None and made is None:
        return _record(run, node, owner, given)
    known = instance(program, owner, run.identity(node), owner.name)
    if not isinstance(known, Record):
        return run.unknown(node, owner.name)
    plain = replace(known, fields=())
    return plain if made is None else _initialised(run, node, plain, Callee(made, plain), given)


def _initialised(
    run: Run, node: cst.Call, plain: Record, constructor: Callee, given: Arguments
) -> Value:
    _, became = perform(run, node, constructor, given)
    return plain if became is None else became


def _record(run: Run, node: cst.Call, owner: Class, given: Arguments) -> Value:
    """Make a record of its arguments and of the defaults of its fields."""
    program = run.analysis.program
    identity = run.identity(node)
    if given.star is not None:
        return run.unknown(node, owner.name)
    annotations = Annotations.within(program, owner.module, f"{identity}.")
    made: list[tuple[str, Value]] = []
    for position, (name, annotation) in enumerate((program.record(owner) or {}).items()):
        default = _default(run, owner, name)
        if position < len(given.positional):
            value = given.positional[position]
        elif name in given.keywords:
            value = given.keywords[name]
        elif default is not None and not given.unpacked:
            value = default
        else:
            value = annotations.declared(annotation, f"{identity}[{position}]", name)
        made.append((name, value))
    record = Record(owner, identity, owner.name, tuple(made))
    after = program.method(owner, "__post_init__")
    if after is None:
        return record
    return _initialised(run, node, record, Callee(after, record), Arguments((), {}))


def _default(run: Run, owner: Class, name: str) -> Value | None:
    for base in run.analysis.program.bases(owner):
        if name in base.constants:
            return _default_of(run, base.constants[name])
    return None


def _default_of(run: Run, default: Constant) -> Value:
    """Return the default of a field: a value, ``field(default=...)``, or what a factory makes."""
    program = run.analysis.program
    match default.expression():
        case cst.Call(func=func, args=args) if (dotted_name(func) or "").endswith("field"):
            for each in args:
                key = each.keyword.value if each.keyword is not None else ""
                name = dotted_name(each.value) or ""
                if key == "default_factory" and name in _FACTORIES:
                    return replace(_FACTORIES[name])
        case cst.List(elements=()):
            return Sequence(())
        case _:
            return constant(program, default)
    return Unknown(f"{default.module.name}.{default.name}", default.name)


def registered(holder: Record, method: str, given: Arguments) -> Record | None:
    """Return an object with the attribute that a call registers by name: ``add_state("rows", [])``."""
    if method not in REGISTERING:
        return None
    name = given.positional[0] if given.positional else given.keywords.get("name")
    value = given.keywords.get(REGISTERING[method])
    if value is None and len(given.positional) > 1:
        value = given.positional[1]
    if not isinstance(name, Text) or value is None:
        return None
    return holder.having(name.text, value)


def replaced(holder: Record, given: Arguments) -> Record:
    """Return ``record._replace(...)``, or ``dataclasses.replace(record, ...)``."""
    changed = holder
    for name, value in given.keywords.items():
        changed = changed.having(name, value)
    return changed
