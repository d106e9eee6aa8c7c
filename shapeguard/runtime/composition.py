"""The path of composition blocks that the program is in, kept for messages.

Each contracted method that takes an ``adapter_setup`` pushes a frame; a block learns which of its
children is running when that child pushes its own. The stack is a context variable, so threads
and asynchronous tasks have their own.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator

_LONGEST = 160
_ENTRY = "compose"


@dataclass(eq=False, slots=True)
class Frame:
    """One running composition method; ``child`` is the index of the child that runs, if known."""

    method: str
    setup: Any
    receiver: object
    child: int | None = None

    @property
    def children(self) -> list[Any]:
        """The children of the block; empty for a single adapter."""
        return list(getattr(self.setup, "children", ()))


_frames: ContextVar[tuple[Frame, ...]] = ContextVar("shapeguard_composition", default=())


@contextmanager
def entered(method: str, setup: object, receiver: object) -> Generator[None]:
    """Run a composition method; what it calls with its own setup adds no frame.

    That is its override, ``pre_block``, and the method of a block that ``compose`` calls, after which
    the frame is named.
    """
    frames = _frames.get()
    if frames and frames[-1].setup is setup and frames[-1].receiver is receiver:
        before = frames[-1].method
        frames[-1].method = method if before == _ENTRY else before
        try:
            yield
        finally:
            frames[-1].method = before
        return
    if frames:
        _advance(frames[-1], setup)
    token = _frames.set((*frames, Frame(method, setup, receiver)))
    try:
        yield
    finally:
        _frames.reset(token)


def calling_method() -> str | None:
    """Name the composition method that called the one now running."""
    frames = _frames.get()
    return frames[-2].method if len(frames) > 1 else None


def path() -> tuple[str, ...]:
    """List the blocks from the outermost down to the share or adapter that runs."""
    return tuple(_element(frame) for frame in _frames.get())


def root() -> str | None:
    """Write the whole composition."""
    frames = _frames.get()
    return shorten(describe(frames[0].setup)) if frames else None


def receiver() -> object:
    """Return the layer that runs the innermost composition method."""
    frames = _frames.get()
    return frames[-1].receiver if frames else None


def adapter() -> str | None:
    """Name the adapter that runs, if the innermost frame is a single one."""
    frames = _frames.get()
    return frames[-1].setup if frames and isinstance(frames[-1].setup, str) else None


def task_ids() -> Any:  # noqa: ANN401 - a list of names or a tensor of ids
    """Read the task ids of adapters' forward context, if there is one."""
    module = sys.modules.get("adapters.context")
    context = None if module is None else module.ForwardContext.get_context()
    return getattr(context, "task_ids", None)


def describe(setup: object) -> str:
    """Write a block with its sizes: ``BatchSplit[a, b, batch_sizes=[2, 0]]``."""
    children = getattr(setup, "children", None)
    if children is None:
        return str(setup)
    parts = [describe(child) for child in children] + _sizes(setup)
    return f"{type(setup).__name__}[{', '.join(parts)}]"


def shorten(text: str) -> str:
    """Cut what would not fit on a line."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _advance(frame: Frame, setup: object) -> None:
    """Find the child that starts now: the next one that is (or names) ``setup``."""
    start = 0 if frame.child is None else frame.child + 1
    for index, child in enumerate(frame.children[start:], start):
        if child is setup or (isinstance(child, str) and child == setup):
            frame.child = index
            return


def _element(frame: Frame) -> str:
    children = frame.children
    if not children:
        return str(frame.setup)
    parts = [] if frame.child is None else [f"{frame.child + 1} of {len(children)}"]
    parts += _sizes(frame.setup)
    return type(frame.setup).__name__ + (f"[{', '.join(parts)}]" if parts else "")


def _sizes(setup: object) -> list[str]:
    """Write split sizes; anything that is not a number by its type."""
    parts: list[str] = []
    for name in ("batch_sizes", "splits"):
        sizes = getattr(setup, name, None)
        if isinstance(sizes, list):
            shown = [str(size) if isinstance(size, int) else type(size).__name__ for size in sizes]  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
            parts.append(f"{name}=[{', '.join(shown)}]")
    return parts
