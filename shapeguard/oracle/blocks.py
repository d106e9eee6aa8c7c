"""Composition blocks as the oracle sees them: told apart by class name, rebuilt by their own class.

Needs neither torch nor adapters, so that cases can be distributed, shrunk and printed without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Setup: TypeAlias = Any
"""An adapter's name or a composition block of ``adapters.composition``."""

MIXING = frozenset({"Average", "Fuse", "Split"})
"""Blocks in which several adapters meet in one row."""


def kind(setup: Setup) -> str:
    """Return the class name of a block; ``str`` for an adapter's name."""
    return type(setup).__name__


def rebuilt(setup: Setup, children: Sequence[Setup], sizes: Sequence[int] | None = None) -> Setup:
    """Make the same block of other children; ``sizes`` replace the ``batch_sizes`` of a ``BatchSplit``.

    ``Average`` keeps its weights for as many children, and ``Split`` its splits.
    """
    options: dict[str, Any] = {}
    if kind(setup) == "BatchSplit":
        options["batch_sizes"] = list(setup.batch_sizes if sizes is None else sizes)
    if kind(setup) == "Split" and hasattr(setup, "splits"):
        options["splits"] = list(setup.splits)
    if kind(setup) == "Fuse" and hasattr(setup, "name"):
        options["name"] = setup.name
    if kind(setup) == "Average" and hasattr(setup, "weights") and len(children) == len(setup):
        options |= {"weights": list(setup.weights), "normalize_weights": False}
    return type(setup)(*children, **options)


def adapter_names(setup: Setup) -> Iterator[str]:
    """Go through the adapters of a setup, as often as they are named."""
    if isinstance(setup, str):
        yield setup
        return
    for child in setup:
        yield from adapter_names(child)


def contains(setup: Setup, kinds: frozenset[str]) -> bool:
    """Whether a block of one of these kinds is anywhere in a setup."""
    if isinstance(setup, str):
        return False
    return kind(setup) in kinds or any(contains(child, kinds) for child in setup)


def stacked(chain: Sequence[Setup]) -> str:
    """Write a chain of adapters for people: ``a -> b``."""
    shown = " -> ".join(each if isinstance(each, str) else describe(each) for each in chain)
    return shown or "no adapter"


def describe(setup: Setup) -> str:
    """Write a composition as the call that makes it, e.g. ``BatchSplit('a', batch_sizes=[2])``."""
    if isinstance(setup, str):
        return repr(setup)
    try:
        arguments = [describe(child) for child in setup]
    except TypeError:  # it is no block, which an error message says
        return repr(setup)
    if hasattr(setup, "batch_sizes"):
        arguments.append(f"batch_sizes={setup.batch_sizes}")
    if hasattr(setup, "splits"):
        arguments.append(f"splits={setup.splits}")
    if kind(setup) == "Average" and len({*getattr(setup, "weights", ())}) > 1:
        arguments.append(f"weights={setup.weights}, normalize_weights=False")
    return f"{kind(setup)}({', '.join(arguments)})"
