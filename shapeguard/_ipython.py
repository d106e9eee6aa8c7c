"""``%load_ext shapeguard``: contracts in a notebook, switched by ``%shapeguard [MODE [LEVEL]]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shapeguard.errors import ShapeguardError

if TYPE_CHECKING:
    from shapeguard.runtime.control import Activation

_held: list[Activation] = []
"""What the command has put in force: apart from ``enable()``, so that a cell may use that as well."""


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
    from shapeguard.runtime import disable, violations  # noqa: PLC0415 - only where it is used

    mode, _, level = line.strip().partition(" ")
    try:
        if mode == "off":
            _hold(None)
            disable()
        elif mode:
            _hold((mode, level.strip() or "shapes"))
        else:
            from shapeguard.report import render  # noqa: PLC0415 - only where it is asked for

            print(render(violations(), "concise"), end="")  # noqa: T201 - the answer of the command
    except ShapeguardError as error:
        print(f"shapeguard: {error}")  # noqa: T201 - as above; a traceback says no more


def _hold(wanted: tuple[str, str] | None) -> None:
    """Put a mode and a level in force, or nothing, instead of what the command put there before."""
    from shapeguard.runtime import control, switch  # noqa: PLC0415 - as above

    earlier = tuple(_held)
    if wanted is not None:
        activation = control.checked(*wanted)
        switch.begin(activation)
        _held.append(activation)
    for each in earlier:
        _held.remove(each)
        switch.end(each)
