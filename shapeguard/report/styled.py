"""Styled lines of text, and their two renderings: plain, and with colour by rich.

rich is imported only where colour is wanted, so output to a file or a pipe costs nothing.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Segment: TypeAlias = tuple[str, str]
"""A piece of text and the name of its style: a rich style, empty for none."""
Line: TypeAlias = tuple[Segment, ...]


def to_text(lines: Iterable[Line], *, colour: bool) -> str:
    """Return the lines as one string, each ended by a newline."""
    if colour:
        return _with_colour(lines)
    return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in lines)


def _with_colour(lines: Iterable[Line]) -> str:
    from rich.console import Console  # noqa: PLC0415 - only where it renders
    from rich.text import Text  # noqa: PLC0415 - as above

    file = io.StringIO()
    console = Console(file=file, force_terminal=True, highlight=False, soft_wrap=True)
    for line in lines:
        console.print(Text.assemble(*line))
    return file.getvalue()
