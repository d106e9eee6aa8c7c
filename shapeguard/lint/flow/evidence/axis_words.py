"""Axis strings that jaxtyping refuses, or reads as something else than what is written.

What it does with each of these was measured; ``tests/runtime/test_misread_annotations.py`` measures it
again. Its language is described at https://docs.kidger.site/jaxtyping/api/array/.
"""

from __future__ import annotations

import builtins
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapeguard.lint.flow.events.hints import KIND_AND_AXES, Enforcement, Role
from shapeguard.lint.flow.syntax.trees import parse_annotation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapeguard.lint.flow.events.hints import Hint

_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")
_BRACES = re.compile(r"\{([^{}]*)\}")
_ATTRIBUTE = re.compile(r"\bself\.(\w+)")
_OPTIONAL = re.compile(r"\bNone\b|\bOptional\[")
_PAIRS = ("()", "{}", "[]")
_OPERATORS = frozenset({"+", "-", "/", "//", "%", "=", "==", ";", ":", "|"})
_SCALARS = frozenset({"int", "float", "bool", "complex"})


@dataclass(frozen=True, slots=True)
class Misreading:
    """Why an annotation cannot be meant.

    ``refused`` says that an error is raised, where it is evaluated or at the first comparison;
    ``compared`` that it matters only to who compares.
    """

    text: str
    refused: bool = True
    compared: bool = False


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of an axis string: its marks, a size's label, and the rest."""

    text: str
    marks: str
    label: str
    body: str

    @property
    def is_expression(self) -> bool:
        return not (self.body.isidentifier() or self.body.isdecimal() or self.text in {"...", "*"})

    @property
    def bound(self) -> str:
        """The name that stands for the extent from here on."""
        return self.body if self.body.isidentifier() and not set("_*") & set(self.marks) else ""


def misreadings(hint: Hint) -> Iterator[Misreading]:
    """Yield why an annotation cannot be meant, the surest first."""
    if not hint.kind:
        return
    yield from _of_brackets(hint)
    if hint.text is None:
        return
    words = [_word(each) for each in hint.text.split()]
    broken = [*_of_words(words, hint)]
    yield from broken
    if not broken:
        yield from _of_names(words, hint)


def _word(text: str) -> _Word:
    if text == "...":
        return _Word(text, "", "", text)
    body = text.lstrip("#*_?")
    marks = text[: len(text) - len(body)]
    label, equals, size = body.partition("=")
    if equals and "=" not in size:
        return _Word(text, marks, label, size)
    return _Word(text, marks, "", body)


def _of_brackets(hint: Hint) -> Iterator[Misreading]:
    kind, given = hint.kind.rpartition(".")[2], hint.given
    if not given:
        yield Misreading(f"`{kind}` alone is nothing that an array can be: it lacks array and axes")
    elif given[0][:1] in "\"'":
        yield Misreading(f"`{kind}[...]` takes the kind of array first, and the axes second")
    elif len(given) != KIND_AND_AXES:
        yield Misreading(f"`{kind}[...]` takes a kind of array and one string with all axes")
    elif hint.text is None and (given[1].isdecimal() or given[1] == "..."):
        yield Misreading(f"`{given[1]}` is no axis string: it stands without quotes")
    elif given[0] in _SCALARS and (hint.text or "").split() not in ([], ["..."]):
        yield Misreading(f"a `{given[0]}` has no axes, such as `{hint.text}`")
    elif _OPTIONAL.search(given[0]):
        text = f"`None` in the brackets of `{kind}[...]` is an array as well: no `None` is accepted"
        yield Misreading(text, refused=False, compared=True)


def _of_words(words: Sequence[_Word], hint: Hint) -> Iterator[Misreading]:
    several = [each.text for each in words if each.text == "..." or "*" in each.marks]
    if len(several) > 1:
        both = " and ".join(f"`{each}`" for each in several)
        yield Misreading(f"{both} both stand for any number of axes: only one can")
    for word in words:
        problem = _of_word(word)
        if problem:
            yield Misreading(problem)
        elif _is_cut(word):
            text = (
                f"`{hint.text}` is cut at its spaces: `{word.text}` is read as an axis of its own"
            )
            yield Misreading(text)
            return
    if any("?" in each.marks for each in words) and "PyTree" not in hint.around:
        yield Misreading("`?` names a leaf of a PyTree, and there is none", compared=True)


def _of_word(word: _Word) -> str:
    """Return why a word is refused, or nothing."""
    if "," in word.text and "(" not in word.text:
        return f"axes are separated by spaces, not by commas as in `{word.text}`"
    if "..." in word.text and word.text != "...":
        return f"`...` stands alone, not as in `{word.text}`"
    if any(word.marks.count(each) > 1 for each in "#*_?"):
        return f"`{word.text}` has one mark twice"
    if "_" in word.marks and "#" in word.marks:
        return f"`{word.text}` is no axis: what has no name cannot be compared"
    if set("_*?") & set(word.marks) and word.body and not word.body.isidentifier():
        return f"`{word.text}` is no axis: only a name takes such a mark"
    if "." in word.body and word.body.replace(".", "").isidentifier():
        return f"`{word.text}` is no axis: an attribute stands in braces"
    if word.text == "#":
        return "`#` is no axis: the mark stands in front of a name"
    return ""


def _is_cut(word: _Word) -> bool:
    """Say whether a word is only a piece of what was meant, or nothing that can be computed."""
    if word.text in _OPERATORS or any(
        word.text.count(pair[0]) != word.text.count(pair[1]) for pair in _PAIRS
    ):
        return True
    if not word.is_expression or not word.body:
        return False
    return parse_annotation(_BRACES.sub("1", word.body)) is None


def _of_names(words: Sequence[_Word], hint: Hint) -> Iterator[Misreading]:
    yield from _of_attributes(words, hint)
    if hint.role is Role.FIELD or hint.signature.checking.how is Enforcement.WALKED:
        return
    loose = hint.signature.checking.how is Enforcement.LOOSE
    earlier = [_word(w) for text in hint.signature.strings[: hint.before] for w in text.split()]
    known = {each.bound for each in earlier}
    for word in words:
        used = _used(word) if word.is_expression else ()
        unknown = [each for each in used if each not in known]
        inner = [name for part in _BRACES.findall(word.body) for name in _names(part)]
        outside = [each for each in inner if each not in hint.signature.arguments]
        if loose and (used or inner):
            by = hint.signature.checking.by.rpartition(".")[2]
            text = f"`{word.text}` cannot be computed: without `jaxtyped`, `{by}` knows no axis"
            yield Misreading(text, compared=True)
        elif unknown:
            yield Misreading(_unbound(word, unknown[0], hint), compared=True)
        elif outside:
            text = f"`{outside[0]}` in `{word.text}` is no argument, and nothing else is looked up"
            yield Misreading(text, compared=True)
        known.add(word.bound)
    yield from _of_two_meanings(words, earlier)


def _of_attributes(words: Sequence[_Word], hint: Hint) -> Iterator[Misreading]:
    known = hint.signature.attributes
    for word in words if known is not None else ():
        missing = [
            name
            for part in _BRACES.findall(word.body)
            for name in _ATTRIBUTE.findall(part)
            if known is not None and name not in known
        ]
        if missing:
            yield Misreading(f"nothing sets `self.{missing[0]}` of `{word.text}`")


def _used(word: _Word) -> list[str]:
    """Return the axis names that an expression is computed from."""
    return _names(_BRACES.sub("1", word.body))


def _names(text: str) -> list[str]:
    return [each for each in _NAME.findall(text) if not hasattr(builtins, each)]


def _unbound(word: _Word, name: str, hint: Hint) -> str:
    if name in hint.signature.arguments:
        return (
            f"`{name}` in `{word.text}` is an argument, not an axis: that is written `{{{name}}}`"
        )
    later = [w for text in hint.signature.strings[hint.before :] for w in text.split()]
    when = "until later" if any(_word(each).bound == name for each in later) else "anywhere"
    return f"`{name}` in `{word.text}` is the extent of no axis {when}"


def _of_two_meanings(words: Sequence[_Word], earlier: Sequence[_Word]) -> Iterator[Misreading]:
    """Yield names that stand for a number here and for another extent there."""
    sizes = {each.label: each.body for each in earlier if each.label and each.body.isdecimal()}
    plain = {each.bound for each in earlier if not each.label}
    for word in words:
        if word.label and word.body.isdecimal():
            known = sizes.setdefault(word.label, word.body)
            if known != word.body:
                text = f"`{word.label}` is {known} and {word.body} in one signature"
                yield Misreading(text, refused=False)
            elif word.label in plain:
                yield _only_a_label(word.label, word.body)
        elif word.bound:
            plain.add(word.bound)
            if word.bound in sizes:
                yield _only_a_label(word.bound, sizes[word.bound])


def _only_a_label(name: str, size: str) -> Misreading:
    text = f"`{name}={size}` gives no name: `{name}` beside it is another extent, of any size"
    return Misreading(text, refused=False, compared=True)
