"""Text that nobody vouches for, as GitHub-flavoured Markdown in which it stays text.

Character references carry no structure in Markdown and mean the same in HTML, so text that is
escaped here can stand in a paragraph, in a table and in an HTML element.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from shapeguard.report.quotes import code_and_prose
from shapeguard.report.sources import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

# Where an invisible break keeps GitHub from making a mention, a reference or a link of plain text.
_BREAK: Final = "\u200b"
_LINKED: Final = re.compile(
    r"(?<=@)|(?<=#)(?=\w)|(?<=GH-)(?=\d)|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE
)
# A bracket alone is text; what follows it could make it a link.
_SPECIAL: Final = re.compile(rf"[&<>`*_|~$\\#{_BREAK}]|\](?=[(\[:])")


def escaped(text: str) -> str:
    """Return ``text`` so that it is shown as it is and links to nothing."""
    return _SPECIAL.sub(_reference, _LINKED.sub(_BREAK, printable(text)))


def code(text: str) -> str:
    """Return ``text`` as inline code: between backticks where these hold, as an element elsewhere."""
    shown = printable(text)
    # A table splits at pipes before it looks for backticks.
    if not shown.strip() or "|" in shown:
        return element(shown)
    ticks = "`" * (_longest_run(shown) + 1)
    space = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{ticks}{space}{shown}{space}{ticks}"


def element(text: str) -> str:
    """Return ``text`` as inline code that holds inside HTML, too."""
    return f"<code>{escaped(text)}</code>"


def prose(text: str) -> str:
    """Return a message on one line: what stands between backticks is code, the rest is text."""
    pieces = code_and_prose(" ".join(text.split()))
    return "".join(code(piece) if is_code else escaped(piece) for piece, is_code in pieces)


def block(lines: Iterable[str], language: str) -> list[str]:
    """Return printable lines as a fenced block of code that none of them can close."""
    inside = list(lines)
    fence = "`" * max(3, _longest_run("\n".join(inside)) + 1)
    return [f"{fence}{language}", *inside, fence]


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _reference(match: re.Match[str]) -> str:
    return f"&#{ord(match.group())};"
