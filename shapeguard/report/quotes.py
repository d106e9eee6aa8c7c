"""Code that messages quote between backticks, told from the prose around it."""

from __future__ import annotations

import re
from typing import Final

_CUT: Final = "..."
"""How code ends in a message that has been cut short."""
_LEXICAL: Final = re.compile(
    r"""
      '{3} (?: \\. | [^\\]   )*? '{3}
    | "{3} (?: \\. | [^\\]   )*? "{3}
    | '    (?: \\. | [^'\\] )*  '
    | "    (?: \\. | [^"\\] )*  "
    | [()\[\]{}`'"]
    """,
    re.DOTALL | re.VERBOSE,
)
"""Strings, brackets and backticks of Python; a quotation mark alone, where a string does not end."""


def code_and_prose(text: str) -> list[tuple[str, bool]]:
    """Return the pieces of ``text``, each with whether it stood between backticks.

    Code may hold backticks itself, in its strings and comments: what ends it is the first backtick
    at which it is whole, or has been cut short. Where that cannot be told, all is prose.
    """
    pieces: list[tuple[str, bool]] = []
    start = 0
    while (opened := text.find("`", start)) >= 0:
        closed = _end_of_code(text, opened + 1)
        if closed is None:
            return [(text, False)]
        pieces += [(text[start:opened], False), (text[opened + 1 : closed], True)]
        start = closed + 1
    pieces.append((text[start:], False))
    return [piece for piece in pieces if piece[0]]


def _end_of_code(text: str, start: int) -> int | None:
    """Return the place of the backtick that ends the code which begins at ``start``."""
    end, depth = None, 0
    for token in _LEXICAL.finditer(text, start):
        found = token[0]
        if found in {"'", '"'}:
            break
        if found == "`" and depth == 0:
            end = token.start()
            break
        depth += (found in {"(", "[", "{"}) - (found in {")", "]", "}"})
    cut = text.find(f"{_CUT}`", start, end)
    return end if cut < 0 else cut + len(_CUT)
