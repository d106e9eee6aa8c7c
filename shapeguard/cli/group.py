"""The ``shapeguard`` command: its subcommands, and what becomes of their errors."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any, Final

import click

from shapeguard.cli import crash
from shapeguard.cli.output import discard, note, write
from shapeguard.errors import ShapeguardError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COMMANDS: Final = {
    "check": "shapeguard.cli.check",
    "rule": "shapeguard.cli.rule",
    "run": "shapeguard.cli.run",
    "probe": "shapeguard.cli.probe",
    "doctor": "shapeguard.cli.doctor",
}
"""Subcommand -> the module that holds a click command of the same name."""

WRONG_USAGE: Final = 2
_INTERRUPTED: Final = 130


class LazyGroup(click.Group):
    """A group that imports the module of a subcommand when the subcommand is asked for."""

    def __init__(self, *args: Any, modules: Mapping[str, str] | None = None, **kwargs: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*args, **kwargs)
        self._modules = dict(modules or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all subcommands, in the order in which a user meets them."""
        return [*self._modules, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the subcommand, or ``None`` if there is none of that name."""
        if cmd_name not in self._modules:
            return super().get_command(ctx, cmd_name)
        command = getattr(importlib.import_module(self._modules[cmd_name]), cmd_name)
        assert isinstance(command, click.Command)  # noqa: S101 - an invariant of COMMANDS
        return command


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's callback
    if value and not ctx.resilient_parsing:
        write(f"shapeguard {crash.version_of('shapeguard')}\n")
        ctx.exit()


@click.group(
    cls=LazyGroup, modules=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def shapeguard() -> None:
    """Find, trap, prove and fix tensor code that breaks when a share of the batch is empty."""


def invoke(argv: Sequence[str]) -> int:
    """Run the command line and return its exit status; only SystemExit passes through."""
    try:
        result = shapeguard.main(args=list(argv), prog_name="shapeguard", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return WRONG_USAGE
    except click.Abort:
        note("interrupted")
        return _INTERRUPTED
    except ShapeguardError as error:
        note(f"error: {error}")
        return WRONG_USAGE
    except OSError as error:
        # The surroundings failed, not shapeguard: most likely the output of click, on a full disk.
        discard(sys.stdout)
        about = f"{error.filename}: " if error.filename else ""
        note(f"error: {about}{error.strerror or error}")
        return WRONG_USAGE
    except Exception as error:  # noqa: BLE001 - the one place that turns a bug into a report
        note(crash.report(error, argv))
        return WRONG_USAGE
    return result if isinstance(result, int) else 0
