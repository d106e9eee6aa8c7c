"""What reports say of the program that wrote them."""

from __future__ import annotations

from importlib import metadata

from shapeguard.report.words import web_address


def version() -> str:
    """Return the version of the installed package."""
    return metadata.version("shapeguard")


def address() -> str | None:
    """Return where to read on, if the package says so."""
    for entry in metadata.metadata("shapeguard").get_all("Project-URL") or ():
        label, _, url = str(entry).partition(",")
        found = web_address(url.strip())
        if found and label.strip().lower() in {"homepage", "documentation", "repository"}:
            return found
    return None
