"""Lists, sets and dictionaries that are written out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.domain.sequences import extended, merged, with_key
from shapeguard.lint.flow.domain.values import Dictionary, Sequence

if TYPE_CHECKING:
    from shapeguard.lint.flow.domain.values import Value
    from shapeguard.lint.flow.run import Run


def listed(run: Run, node: cst.List | cst.Tuple) -> Value:
    """Evaluate ``[a, *b]``."""
    made = Sequence(())
    for position, element in enumerate(node.elements):
        value = run.evaluate(element.value)
        label = f"{run.identity(node)}.{position}"
        starred = isinstance(element, cst.StarredElement)
        if not starred and made.items is not None:
            made = Sequence((*made.items, value))
        else:
            made = extended(made, value if starred else Sequence((value,)), label)
    return made


def set_of(run: Run, node: cst.Set) -> Value:
    """Evaluate ``{a, b}``: members that are equal are one."""
    values = [run.evaluate(element.value) for element in node.elements]
    if len(values) == 1 and not isinstance(node.elements[0], cst.StarredElement):
        return Sequence((values[0],))
    return Sequence(None, run.unknown(node, "member"))


def keyed(run: Run, node: cst.Dict) -> Value:
    """Evaluate ``{"a": b, **c}``."""
    made = Dictionary()
    for position, element in enumerate(node.elements):
        label = f"{run.identity(node)}.{position}"
        if isinstance(element, cst.DictElement):
            key = run.evaluate(element.key)
            made = with_key(made, key, run.evaluate(element.value), label)
        else:
            made = merged(made, run.evaluate(element.value), label)
    return made
