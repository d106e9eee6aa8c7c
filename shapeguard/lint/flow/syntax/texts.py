"""Expressions as text: as messages name them, no more parentheses than needed, and as identities."""

from __future__ import annotations

import functools
import hashlib

_OPENING, _CLOSING = "([{", ")]}"


def bare(text: str) -> str:
    """Return an expression without parentheses around all of it."""
    while text.startswith("(") and _closing(text) == len(text) - 1:
        text = text[1:-1]
    return text


def _closing(text: str) -> int | None:
    """Return where the parenthesis at the start is closed."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place
    return None


@functools.lru_cache(maxsize=10_000)
def is_primary(text: str) -> bool:
    """Say whether an expression needs no parentheses in front of an attribute."""
    if text.isidentifier():
        return True
    depth = 0
    for letter in text:
        if letter in _OPENING:
            depth += 1
        elif letter in _CLOSING:
            depth -= 1
        elif depth == 0 and not (letter.isalnum() or letter in "_."):
            return False
    return bool(text)


def primary(text: str) -> str:
    """Return an expression so that an attribute, a call or a subscript may follow it."""
    return text if is_primary(text) else f"({text})"


def digest(text: str, length: int = 16) -> str:
    """Return hexadecimal digits that stand for a text where the whole of it is too long."""
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:length]
