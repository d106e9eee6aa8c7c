"""``html``: one self-contained page for code review; no network, readable without JavaScript.

Needs the extra ``report`` (jinja2, pygments). Everything that comes from findings or source text
is escaped by jinja2, and a content security policy that names the page's own style and script by
hash keeps anything else from running.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.errors import MissingExtraError

try:
    from shapeguard.report.html_model import page
    from shapeguard.report.templating import SCRIPTS, STYLES, assets, environment
except ImportError as error:
    _feature = "the html report"
    raise MissingExtraError(_feature, "report", error.name or "jinja2") from error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapeguard.finding import Finding
    from shapeguard.report import View


def render(findings: Sequence[Finding], view: View) -> str:
    """Return the page. The same findings give the same page: it holds no date and no host name."""
    template = environment().get_template("report.html.jinja")
    return template.render(page=page(findings, view), **assets(STYLES, SCRIPTS))
