"""``html``: one self-contained page for code review; no network, readable without JavaScript.

Needs the extra ``report`` (jinja2, pygments). Everything that comes from findings or source text
is escaped by jinja2, and a content security policy that names the page's own style and script by
hash keeps anything else from running.
"""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING

from shapeguard.errors import MissingExtraError
from shapeguard.report.words import code_and_prose

try:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup, escape

    from shapeguard.report.html_model import page
except ImportError as error:
    _feature = "the html report"
    raise MissingExtraError(_feature, "report", error.name or "jinja2") from error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapeguard.finding import Finding
    from shapeguard.report import View


def render(findings: Sequence[Finding], view: View) -> str:
    """Return the page. The same findings give the same page: it holds no date and no host name."""
    environment = Environment(
        loader=PackageLoader("shapeguard.report"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["inline"] = _inline_code
    style, script = _asset("report.css"), _asset("report.js")
    return environment.get_template("report.html.jinja").render(
        page=page(findings, view),
        style=Markup(style),  # noqa: S704 - the package's own file
        script=Markup(script),  # noqa: S704 - the package's own file
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def _inline_code(text: str) -> Markup:
    """Escape ``text`` and set what stands between backticks as code."""
    code = Markup("<code>{}</code>")
    pieces = code_and_prose(text)
    return Markup().join(code.format(p) if is_code else escape(p) for p, is_code in pieces)


def _asset(name: str) -> str:
    return resources.files("shapeguard.report").joinpath("templates", name).read_text("utf-8")


def _hash(text: str) -> str:
    """Return the source expression that a content security policy allows ``text`` by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
