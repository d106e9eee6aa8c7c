"""Enforce shape contracts while a program runs.

``debug``, ``enable`` and ``disable`` switch the contracts of third-party classes
(:mod:`shapeguard.contracts`); off means unpatched. ``contract``, ``require`` and ``ensure`` give
one's own functions a contract, checked from the moment it is applied. The mode holds for both.

Importing this package imports neither torch nor jaxtyping; using it without them raises
:class:`~shapeguard.errors.MissingExtraError`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from shapeguard.runtime import control, environment, switch
from shapeguard.runtime.control import ShapeContractWarning
from shapeguard.runtime.extras import require_runtime

if TYPE_CHECKING:
    from collections.abc import Generator

    from shapeguard.finding import Finding

__all__ = [
    "ShapeContractWarning",
    "contract",
    "debug",
    "disable",
    "enable",
    "ensure",
    "require",
    "violations",
]

_F = TypeVar("_F", bound=Callable[..., Any])


@contextmanager
def debug(mode: str = "error", level: str = "shapes") -> Generator[None]:
    """Enforce the contracts of installed libraries inside the block; blocks nest.

    Args:
        mode: ``error`` raises at the first broken contract, ``warn`` warns once for each site,
            ``collect`` only keeps it for :func:`violations`.
        level: ``shapes`` never fires on a run that comes out right and never waits for a device;
            ``strict`` also refuses metadata that is wrong but happens to divide; ``values`` also
            reads ids.

    Raises:
        UsageError: for an unknown mode or level.
        MissingExtraError: if torch, jaxtyping, beartype or adapters is not installed.

    """
    activation = control.checked(mode, level)
    switch.begin(activation)
    try:
        yield
    finally:
        switch.end(activation)


def enable(mode: str = "error", level: str = "shapes") -> None:
    """Enforce the contracts of installed libraries until :func:`disable`; again changes the mode.

    Raises:
        UsageError: for an unknown mode or level.
        MissingExtraError: if torch, jaxtyping, beartype or adapters is not installed.

    """
    switch.keep(control.checked(mode, level))


def disable() -> None:
    """Undo :func:`enable`; blocks of :func:`debug` stay active until they end."""
    switch.release()


def violations() -> tuple[Finding, ...]:
    """Return what modes ``warn`` and ``collect`` found since contracts were last switched on."""
    return control.violations()


def contract(function: _F) -> _F:
    """Check a function's jaxtyping annotations around every call, states and lists included.

    With ``SHAPEGUARD=off`` when it is applied, it returns the very function it was given and needs
    nothing installed; so do :func:`require` and :func:`ensure`.

    Raises:
        ContractDefinitionError: if the annotations are malformed.
        MissingExtraError: if torch, jaxtyping or beartype is not installed.

    """
    if environment.is_off():
        return function
    require_runtime("shapeguard.contract")
    from shapeguard.runtime.decorators import contracted  # noqa: PLC0415 - brings torch

    return contracted(function, None)


def require(expression: str) -> Callable[[_F], _F]:
    """State what callers guarantee, over axis names and arguments: ``@require("share > 0")``.

    Implies :func:`contract`. Raises as :func:`contract` does.
    """
    return _stated("shapeguard.require", expression, on_result=False)


def ensure(expression: str) -> Callable[[_F], _F]:
    """State what the function guarantees about its result: ``@ensure("longer >= keys")``.

    Implies :func:`contract`. Raises as :func:`contract` does.
    """
    return _stated("shapeguard.ensure", expression, on_result=True)


def _stated(feature: str, expression: str, *, on_result: bool) -> Callable[[_F], _F]:
    if environment.is_off():
        return _unchanged
    require_runtime(feature)
    from shapeguard.runtime.decorators import condition, contracted  # noqa: PLC0415 - brings torch

    added = condition(expression, on_result=on_result)

    def decorate(function: _F) -> _F:
        return contracted(function, added)

    return decorate


def _unchanged(function: _F) -> _F:
    return function
