"""``shapeguard run``: a program under contracts, as ``python`` itself would run it."""

from __future__ import annotations

import atexit
import contextlib
import os
import runpy
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shapeguard.cli.inheritance import inherited
from shapeguard.contracts.relations import LEVELS
from shapeguard.runtime import control, switch, violations
from shapeguard.runtime.places import without_runner

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapeguard.cli.handing_in import HandIn
    from shapeguard.finding import Finding

INTERRUPTED = 130

# Both are what multiprocessing calls at the end of its processes; here and there a second call does nothing.
_wait_for_threads: Callable[[], None] = getattr(threading, "_shutdown")  # noqa: B009 - private
_call_what_waits_for_the_exit: Callable[[], None] = getattr(atexit, "_run_exitfuncs")  # noqa: B009 - private


@click.command(
    short_help="Run a program under shape contracts.",
    context_settings={"allow_interspersed_args": False},
    options_metavar="[OPTIONS]",
)
@click.option(
    "--mode",
    type=click.Choice(control.MODES),
    default="error",
    show_default=True,
    help="Raise at the first broken contract, warn once for each site, or only collect.",
)
@click.option(
    "--level",
    type=click.Choice(LEVELS),
    default="shapes",
    show_default=True,
    help="strict: also metadata that is wrong but happens to divide; values: also read ids.",
)
@click.option(
    "--report",
    "reports",
    metavar="NAME=FILE",
    multiple=True,
    help="Also write what was found to FILE, in the output format NAME; may be given again.",
)
@click.option("-m", "is_module", is_flag=True, help="TARGET is a module, as in python -m.")
@click.argument("target", metavar="(SCRIPT | -m MODULE)")
@click.argument("arguments", metavar="[ARGS]...", nargs=-1, type=click.UNPROCESSED)
def run(
    mode: str,
    level: str,
    reports: tuple[str, ...],
    target: str,
    arguments: tuple[str, ...],
    *,
    is_module: bool,
) -> int:
    """Run a Python program with the contracts of installed libraries enforced.

    They hold in the Python processes that it starts as well. The exit status is the program's own; if
    that is 0 and violations were found, it is 1.
    """
    from shapeguard.cli.reports import (  # noqa: PLC0415 - as below
        wanted_reports,
        write_reports,
    )

    files = wanted_reports(reports)
    if not is_module and not Path(target).exists():
        message = f"cannot find the script {target!r}"
        raise click.UsageError(message)
    switch.require_library("shapeguard run")
    runner = os.getpid()
    with inherited(mode, level) as hand_in:
        ended: list[Finding] = []
        status = _status_of(_program(target, arguments, is_module=is_module), hand_in, ended)
        if os.getpid() != runner:
            return status
        status = _end(status)
        found = _all_found(hand_in)
    if found:
        from shapeguard.report import render  # noqa: PLC0415 - only where there is something

        click.echo(render(found, "concise"), err=True, nl=False)
    write_reports(_each_once(*ended, *found), files)
    return status or int(bool(found))


def _all_found(hand_in: HandIn) -> tuple[Finding, ...]:
    """Return what this process and its children have found, each site once."""
    return _each_once(*violations(), *hand_in.left("found"))


def _each_once(*found: Finding) -> tuple[Finding, ...]:
    return tuple({each.fingerprint: each for each in found}.values())


def _end(status: int) -> int:
    """Do what Python does at its end: threads and children are waited for, and may find something."""
    try:
        _wait_for_threads()
        _call_what_waits_for_the_exit()
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def _program(target: str, arguments: tuple[str, ...], *, is_module: bool) -> Callable[[], object]:
    """Prepare ``sys.argv`` and ``sys.path`` and return what runs the program."""
    sys.argv[:] = [target, *arguments]
    if is_module:
        with contextlib.suppress(OSError):  # python -m puts nothing there if it has been deleted
            sys.path.insert(0, os.getcwd())  # noqa: PTH109 - the text that python -m puts there
        return lambda: runpy.run_module(target, run_name="__main__", alter_sys=True)
    sys.path.insert(0, str(Path(target).resolve().parent))
    return lambda: runpy.run_path(target, run_name="__main__")


def _status_of(program: Callable[[], object], hand_in: HandIn, ended: list[Finding]) -> int:
    """Run the program; what it does not catch becomes its exit status, as under ``python``.

    A broken contract that ends it is added to ``ended``; one that ends a forked child is handed in.
    """
    runner = os.getpid()
    try:
        program()
    except SystemExit as leaving:
        return _status_of_exit(leaving.code)
    except BaseException as error:  # noqa: BLE001 - reported by the hook that python would call
        if os.getpid() == runner:
            ended.extend(hand_in.in_error(error))
        else:
            hand_in.ended_by(error)
        shown = error.with_traceback(without_runner(error.__traceback__, __file__))
        sys.excepthook(type(shown), shown, shown.__traceback__)
        return INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _status_of_exit(code: object) -> int:
    """Read the argument of ``sys.exit``: nothing is 0, text is printed and is 1."""
    if code is None or isinstance(code, int):
        return (code or 0) & 0xFF
    click.echo(str(code), err=True)
    return 1
