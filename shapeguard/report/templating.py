"""Pages from templates: escaped, self-contained, and nothing runs in them but their own script."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from shapeguard.report.html_prose import inline_code

if TYPE_CHECKING:
    from collections.abc import Sequence

STYLES: Final = ("base.css", "overview.css", "card.css", "picture.css", "narrow.css")
"""What every page looks like, in the order of the cascade."""
SCRIPTS: Final = ("state.js", "filters.js", "steps.js", "keys.js")
"""What every page can do. A script of a page's own comes before the last, which starts it all."""


def environment() -> Environment:
    """Return an environment that escapes everything and refuses names that do not exist."""
    made = Environment(
        loader=PackageLoader("shapeguard.report"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["inline"] = inline_code
    return made


def assets(styles: Sequence[str], scripts: Sequence[str]) -> dict[str, object]:
    """Return the package's own style and script, and the hashes that a security policy allows."""
    style = "".join(map(_asset, styles))
    code = '"use strict";\n' + "".join(map(_asset, scripts))
    return {
        "style": Markup(style),  # noqa: S704 - the package's own files
        "script": Markup(code),  # noqa: S704 - the package's own files
        "style_hash": _hash(style),
        "script_hash": _hash(code),
    }


def _asset(name: str) -> str:
    return resources.files("shapeguard.report").joinpath("templates", name).read_text("utf-8")


def _hash(text: str) -> str:
    """Return the source expression that a content security policy allows ``text`` by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
