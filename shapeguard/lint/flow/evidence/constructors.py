"""Constructors in sight: whether one of them sets an attribute, and refuses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.program import Class, UnparsableError
from shapeguard.lint.flow.syntax.trees import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.flow.program import Function
    from shapeguard.lint.flow.run import Run

_MAKING = ("__init__", "__post_init__", "__new__")


def sets_unchecked(run: Run, attribute: str) -> bool:
    """Say whether constructors set an attribute, and none of these classes refuses an argument.

    In sight are the class of the function, and those that its module defines or imports. Where no
    constructor is seen to set it, nothing is known.
    """
    owners = [each for each in _in_sight(run) if attribute in _set_by(run, each)]
    return bool(owners) and not any(
        _refuses(function) for owner in owners for function in _making(run, owner)
    )


def _in_sight(run: Run) -> Iterator[Class]:
    module, program = run.function.module, run.analysis.program
    if run.function.owner is not None:
        yield run.function.owner
    yield from module.classes.values()
    for name in module.imports:
        found = program.find(module, name)
        if isinstance(found, Class):
            yield found


def _making(run: Run, owner: Class) -> Iterator[Function]:
    for base in run.analysis.program.bases(owner):
        yield from (base.methods[name] for name in _MAKING if name in base.methods)


def _set_by(run: Run, owner: Class) -> frozenset[str]:
    return frozenset(name for each in _making(run, owner) for name in each.sets)


def _refuses(function: Function) -> bool:
    try:
        return any(isinstance(node, cst.Raise | cst.Assert) for node in walk(function.parse()))
    except UnparsableError:
        return True
