"""``%load_ext shapeguard``: contracts in a notebook, switched by ``%shapeguard [MODE [LEVEL]]``."""

from __future__ import annotations

from typing import Any

from shapeguard.errors import ShapeguardError


def load_ipython_extension(shell: Any) -> None:  # noqa: ANN401 - of IPython, which is not installed everywhere
    """Put contracts in force in mode ``error``, and add the magic command."""
    shell.register_magic_function(_magic, "line", "shapeguard")
    _magic("error")


def unload_ipython_extension(shell: Any) -> None:  # noqa: ANN401 - of IPython, which is not installed everywhere
    """Take the contracts back, and the magic command away."""
    shell.magics_manager.magics["line"].pop("shapeguard", None)
    _magic("off")


def _magic(line: str) -> None:
    """Switch shape contracts: ``%shapeguard error|warn|collect|off [shapes|strict|values]``.

    Without a mode it prints what modes ``warn`` and ``collect`` have found.
    """
    from shapeguard.runtime import disable, enable, violations  # noqa: PLC0415 - bring torch

    mode, _, level = line.strip().partition(" ")
    try:
        if mode == "off":
            disable()
        elif mode:
            enable(mode, level.strip() or "shapes")
        else:
            from shapeguard.report import render  # noqa: PLC0415 - only where it is asked for

            print(render(violations(), "concise"), end="")  # noqa: T201 - the answer of the command
    except ShapeguardError as error:
        print(f"shapeguard: {error}")  # noqa: T201 - as above; a traceback says no more
