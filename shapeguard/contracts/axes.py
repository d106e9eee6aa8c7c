"""Axis strings: ``"batch #heads keys+1 ..."`` as values.

The language is jaxtyping's (https://docs.kidger.site/jaxtyping/api/array/): a name binds an
extent, a number fixes it, ``_`` accepts any, ``#name`` also accepts 1, ``...`` and ``*name`` stand
for any number of axes, anything else is an expression over names (``{name}`` is an argument).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from shapeguard.errors import ContractDefinitionError

if TYPE_CHECKING:
    from collections.abc import Mapping


class AxisKind(Enum):
    """What an axis demands of an extent."""

    NAMED = "named"
    FIXED = "fixed"
    ANONYMOUS = "anonymous"
    EXPRESSION = "expression"


@dataclass(frozen=True, slots=True)
class Axis:
    """One word of an axis string.

    ``name`` holds the axis name or the expression text, ``size`` the extent of a fixed axis;
    ``broadcast`` accepts an extent of 1 too, ``variadic`` stands for any number of axes.
    """

    kind: AxisKind
    name: str = ""
    size: int = 0
    broadcast: bool = False
    variadic: bool = False

    def __str__(self) -> str:
        body = {AxisKind.FIXED: str(self.size), AxisKind.ANONYMOUS: "_"}.get(self.kind, self.name)
        if self.variadic:
            body = "..." if self.kind is AxisKind.ANONYMOUS else f"*{self.name}"
        return f"#{body}" if self.broadcast else body


def parse_axes(text: str) -> tuple[Axis, ...]:
    """Read an axis string.

    Raises:
        ContractDefinitionError: for a word that the language does not have, or two variadic ones.

    """
    axes = tuple(_parse_axis(word, text) for word in text.split())
    if sum(axis.variadic for axis in axes) > 1:
        message = f"axis string {text!r}: only one of its words can stand for several axes"
        raise ContractDefinitionError(message)
    return axes


def axis_names(axes: tuple[Axis, ...]) -> frozenset[str]:
    """Collect the names that a tensor with these axes binds."""
    return frozenset(axis.name for axis in axes if axis.kind is AxisKind.NAMED)


def substitute(axes: tuple[Axis, ...], words: Mapping[str, str]) -> tuple[Axis, ...]:
    """Replace named axes by other words, as in ``Where[State, "batch=rows keys=keys+1"]``."""
    return tuple(_substituted(axis, words) for axis in axes)


def parse_words(text: str) -> dict[str, str]:
    """Read the replacements of ``Where``: ``"batch=rows keys=keys+1"``.

    Raises:
        ContractDefinitionError: if a word is not of the form ``name=axis``.

    """
    words: dict[str, str] = {}
    for word in text.split():
        name, equals, replacement = word.partition("=")
        if not (name.isidentifier() and equals and replacement):
            message = f"replacement {word!r} in {text!r} is not of the form name=axis"
            raise ContractDefinitionError(message)
        words[name] = replacement
    return words


def _substituted(axis: Axis, words: Mapping[str, str]) -> Axis:
    if axis.kind is not AxisKind.NAMED or axis.name not in words:
        return axis
    marks = ("*" if axis.variadic else "") + ("#" if axis.broadcast else "")
    return _parse_axis(marks + words[axis.name], words[axis.name])


def _parse_axis(word: str, text: str) -> Axis:
    if word == "...":
        return Axis(AxisKind.ANONYMOUS, variadic=True)
    body = word.lstrip("#*_?")
    marks = word[: len(word) - len(body)]
    if "?" in marks or any(marks.count(mark) > 1 for mark in "#*_"):
        message = f"axis string {text!r}: {word!r} has a prefix that contracts do not know"
        raise ContractDefinitionError(message)
    label, equals, value = body.partition("=")
    if equals and label.isidentifier() and not value.startswith("="):
        body = value
    return _with_marks(word, text, body, marks)


def _with_marks(word: str, text: str, body: str, marks: str) -> Axis:
    broadcast, variadic = "#" in marks, "*" in marks
    if "_" in marks:
        if broadcast or not (body == "" or body.isidentifier()):
            message = f"axis string {text!r}: an anonymous axis such as {word!r} demands nothing"
            raise ContractDefinitionError(message)
        return Axis(AxisKind.ANONYMOUS, variadic=variadic)
    if body.isidentifier():
        return Axis(AxisKind.NAMED, name=body, broadcast=broadcast, variadic=variadic)
    if variadic or body in {"", ","} or ("," in body and "(" not in body):
        message = f"axis string {text!r}: cannot read {word!r} (axes are separated by spaces)"
        raise ContractDefinitionError(message)
    if body.isdecimal():
        return Axis(AxisKind.FIXED, size=int(body), broadcast=broadcast)
    return Axis(AxisKind.EXPRESSION, name=body, broadcast=broadcast)
