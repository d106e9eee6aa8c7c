"""What an analysis found in one file: plain values, which can be kept and sent elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from shapeguard.finding import Finding  # noqa: TC001 - decoded by its annotation
from shapeguard.lint.anchors import Anchor  # noqa: TC001 - as for findings

if TYPE_CHECKING:
    from pathlib import Path


class FileResult(Struct, frozen=True, kw_only=True):
    """What was found in a file, before anything in it or in the settings leaves some of it out.

    ``found`` comes from rules; the fingerprint of each holds the text of its place. ``is_python`` is false
    for a file that cannot be decoded or parsed, which ``unreadable`` says where that is wanted. ``analysed`` names the functions that were executed for the file, by
    file and name, ``given_up`` those that were not executed to their end. ``failed`` says that a defect may
    have hidden something. ``anchors`` are the functions in which something is said.
    """

    found: tuple[Finding, ...] = ()
    is_python: bool = True
    unreadable: Finding | None = None
    analysed: tuple[str, ...] = ()
    given_up: tuple[str, ...] = ()
    failed: bool = False
    anchors: tuple[Anchor, ...] = ()


class Examined(Struct, frozen=True):
    """The result of one file of a project: ``sound`` is one that no defect has touched.

    It rests on its file, on who comes to the functions there, and on each execution of which it heard.
    """

    result: FileResult
    root: Path
    path: Path
    sound: bool


class Executed(Struct, frozen=True):
    """What a file heard of an execution in a project, and what it rests on, both as they are kept."""

    root: Path
    key: str
    name: str
    part: bytes
    rests_on: bytes
