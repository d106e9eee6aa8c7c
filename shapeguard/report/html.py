"""``html``: one self-contained page for code review; no network, readable without JavaScript.

Needs the extra ``report`` (jinja2, pygments). Everything that comes from findings or source text
is escaped by jinja2, and a content security policy that names the page's own style and script by
hash keeps anything else from running.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.errors import MissingExtraError
from shapeguard.report.words import code_and_prose

try:
    from markupsafe import Markup, escape

    from shapeguard.report.html_model import page
    from shapeguard.report.templating import assets, environment
except ImportError as error:
    _feature = "the html report"
    raise MissingExtraError(_feature, "report", error.name or "jinja2") from error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapeguard.finding import Finding
    from shapeguard.report import View


def render(findings: Sequence[Finding], view: View) -> str:
    """Return the page. The same findings give the same page: it holds no date and no host name."""
    pages = environment()
    pages.filters["inline"] = _inline_code
    own = assets(["report.css"], "report.js")
    return pages.get_template("report.html.jinja").render(page=page(findings, view), **own)


def _inline_code(text: str) -> Markup:
    """Escape ``text`` and set what stands between backticks as code."""
    code = Markup("<code>{}</code>")
    pieces = code_and_prose(text)
    return Markup().join(code.format(p) if is_code else escape(p) for p, is_code in pieces)
