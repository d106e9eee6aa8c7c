"""Text that people wrote, as HTML: code between backticks, and the Markdown of rule pages."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from shapeguard.report.html_code import listing
from shapeguard.report.quotes import code_and_prose
from shapeguard.report.sources import printable
from shapeguard.report.words import web_address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

_UNDER: Final = 1
"""How far the headings of a page move down, to stand below those around it."""
_LOWEST: Final = 6


def inline_code(text: str) -> Markup:
    """Escape ``text`` and set what stands between backticks as code."""
    code = Markup("<code>{}</code>")
    pieces = code_and_prose(text)
    return Markup().join(code.format(p) if is_code else escape(p) for p, is_code in pieces)


def markdown(text: str) -> Markup:
    """Return ``text``, a docstring in Markdown, as HTML that holds no HTML of its author.

    Links go to the web or nowhere; images stay text.
    """
    printed = "\n".join(map(printable, inspect.cleandoc(text).splitlines()))
    reader = _reader()
    tokens = reader.parse(printed)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1:]) + _UNDER, _LOWEST)}"
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("rel", "noreferrer")
    shown = reader.renderer.render(tokens, reader.options, {})
    # Once more: an entity such as &#x202e; is a character only now.
    shown = "\n".join(map(printable, shown.split("\n")))
    return Markup(shown)  # noqa: S704 - escaped by the renderer


class _Reader(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - what the parser asks
        return web_address(url) is not None


def _reader() -> MarkdownIt:
    reader = _Reader("commonmark", {"html": False}).enable("table").disable("image")
    reader.add_render_rule("fence", _fence)
    return reader


def _fence(_: Any, tokens: Sequence[Token], index: int, *__: object) -> str:  # noqa: ANN401 - the renderer
    token = tokens[index]
    inner = coloured(token.content) if token.info.strip() == "python" else escape(token.content)
    box = Markup('<pre class="block" tabindex="0" role="group" aria-label="Example">{}</pre>\n')
    return str(box.format(inner))


def coloured(text: str) -> Markup:
    """Return Python source text with its colours."""
    span = Markup('<span class="{}">{}</span>')
    return Markup("\n").join(
        Markup().join(
            span.format(piece.css, piece.text) if piece.css else escape(piece.text)
            for piece in line.pieces
        )
        for line in listing(text)
    )
