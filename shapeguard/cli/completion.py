"""What a shell offers: codes of rules, and formats of reports. Click does the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.report import FORMATS

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem


def complete_codes(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Offer the codes that go on from what is typed, after the last comma of it."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - only where a shell asks

    from shapeguard.cli.catalogue import rule_pages  # noqa: PLC0415 - loads the rules

    before, comma, typed = incomplete.rpartition(",")
    return [
        CompletionItem(f"{before}{comma}{page.code}", help=page.name)
        for page in rule_pages()
        if page.code.startswith(typed.upper())
    ]


def complete_reports(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Offer ``NAME=`` for the formats; the file is the user's."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - as above

    return [CompletionItem(f"{name}=") for name in FORMATS if name.startswith(incomplete)]
