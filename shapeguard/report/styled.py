"""Styled lines of text, and their two renderings: plain, and with colour or links by rich.

rich is imported only where these are wanted, so output to a file or a pipe costs nothing.

Text of others stands in these lines, and a log of GitHub Actions takes a line that begins with
``::`` for a command, and one that holds ``##[`` anywhere. So neither is ever written.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Segment: TypeAlias = tuple[str, str]
"""A piece of text and the name of its style: a rich style, empty for none."""
Line: TypeAlias = tuple[Segment, ...]

_COMMAND: Final = re.compile(r"\A(\s*):(?=:)")
_OLD_COMMAND: Final = "##["


def to_text(lines: Iterable[Line], *, colour: bool, links: bool = False) -> str:
    """Return the lines as one string, each ended by a newline.

    Without ``colour``, of the styles only ``links`` are kept, if they are wanted.
    """
    if colour:
        return _with_styles(lines)
    if links:
        return _with_styles(tuple((text, _link(style)) for text, style in line) for line in lines)
    return "".join(inert("".join(text for text, _ in line)).rstrip() + "\n" for line in lines)


def _link(style: str) -> str:
    _, link, address = style.rpartition("link ")
    return link + address if link else ""


def inert(line: str) -> str:
    """Return a line of text that is no command of a log of GitHub Actions."""
    return _COMMAND.sub(r"\1\\x3a", line).replace(_OLD_COMMAND, "##\\x5b")


def _inert(line: Line) -> Line:
    """Return a line that is no command: as it is, or, where it must change, without its styles."""
    text = "".join(text for text, _ in line)
    return line if inert(text) == text else ((inert(text), ""),)


def _with_styles(lines: Iterable[Line]) -> str:
    from rich.console import Console  # noqa: PLC0415 - only where it renders
    from rich.text import Text  # noqa: PLC0415 - as above

    file = io.StringIO()
    console = Console(file=file, force_terminal=True, highlight=False, soft_wrap=True)
    for line in lines:
        console.print(Text.assemble(*_inert(line)))
    return file.getvalue()
