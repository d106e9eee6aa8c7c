"""``shapeguard rule``: what a rule finds, why it is bad and what to write instead."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from shapeguard.cli.completion import complete_codes
from shapeguard.cli.output import wants_colour, write

if TYPE_CHECKING:
    from shapeguard.report.pages import RulePage


@click.command(short_help="Explain a rule, or list all.")
@click.argument("code", required=False, shell_complete=complete_codes)
@click.option("--all", "everything", is_flag=True, help="Print the pages of all rules.")
def rule(code: str | None, *, everything: bool) -> int:
    """Explain the rule CODE (or a rule's name); without CODE, list the rules."""
    from shapeguard.cli.catalogue import find_page, rule_pages  # noqa: PLC0415 - loads the rules
    from shapeguard.report.pages import markdown  # noqa: PLC0415 - as above

    pages = rule_pages()
    if code is not None and everything:
        message = "give a rule code or --all, not both"
        raise click.UsageError(message)
    if code is not None:
        text = markdown(find_page(code, pages))
    elif everything:
        text = "\n\n".join(markdown(page) for page in pages)
    else:
        write(_table(pages))
        return 0
    write(_rendered(text) if wants_colour(sys.stdout) else text)
    return 0


def _table(pages: tuple[RulePage, ...]) -> str:
    """Return one line a rule: code, name, summary."""
    width = max((len(page.name) for page in pages), default=0)
    return "".join(f"{page.code}  {page.name:{width}}  {page.summary}\n" for page in pages)


def _rendered(text: str) -> str:
    """Return Markdown laid out for the terminal."""
    from rich.console import Console  # noqa: PLC0415 - only where it renders
    from rich.markdown import Markdown  # noqa: PLC0415 - as above

    console = Console(force_terminal=True)
    with console.capture() as capture:
        console.print(Markdown(text))
    return capture.get()
