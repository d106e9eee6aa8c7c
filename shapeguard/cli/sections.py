"""A command whose help has its options under headings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping


class SectionedCommand(click.Command):
    """A command; ``sections`` maps headings to names of parameters. What is left comes last."""

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - click's own
        sections: Mapping[str, tuple[str, ...]] | None = None,
        **kwargs: Any,  # noqa: ANN401 - as above
    ) -> None:
        super().__init__(*args, **kwargs)
        self._sections = dict(sections or {})

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, section by section."""
        options = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        rows = {each.name: each.get_help_record(ctx) for each in options}
        for title, names in self._sections.items():
            self._write(formatter, title, [rows.pop(name, None) for name in names])
        self._write(formatter, "Other", list(rows.values()))

    def _write(
        self, formatter: click.HelpFormatter, title: str, rows: list[tuple[str, str] | None]
    ) -> None:
        shown = [row for row in rows if row is not None]
        if shown:
            with formatter.section(title):
                formatter.write_dl(shown)
