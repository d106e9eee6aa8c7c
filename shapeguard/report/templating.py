"""Pages from templates: escaped, self-contained, and nothing runs in them but their own script."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def environment() -> Environment:
    """Return an environment that escapes everything and refuses names that do not exist."""
    return Environment(
        loader=PackageLoader("shapeguard.report"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def assets(styles: list[str], script: str) -> dict[str, object]:
    """Return the package's own style and script, and the hashes that a security policy allows."""
    style = "".join(_asset(name) for name in styles)
    code = _asset(script)
    return {
        "style": Markup(style),  # noqa: S704 - the package's own files
        "script": Markup(code),  # noqa: S704 - the package's own file
        "style_hash": _hash(style),
        "script_hash": _hash(code),
    }


def _asset(name: str) -> str:
    return resources.files("shapeguard.report").joinpath("templates", name).read_text("utf-8")


def _hash(text: str) -> str:
    """Return the source expression that a content security policy allows ``text`` by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
