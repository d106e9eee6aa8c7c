"""What is printed when shapeguard itself fails: everything that a bug report needs."""

from __future__ import annotations

import platform
import shlex
import sys
import traceback
from importlib import metadata
from typing import TYPE_CHECKING, Final

from shapeguard.report.sources import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

_PACKAGES: Final = ("shapeguard", "libcst", "click", "msgspec", "pathspec", "rich", "torch")
_RULER: Final = "-" * 72


def report(error: BaseException, argv: Sequence[str]) -> str:
    """Return a report that can be pasted: versions, command line and traceback."""
    lines = "".join(traceback.format_exception(error)).splitlines()
    return "\n".join(
        (
            "error: shapeguard itself failed; the checked code is not to blame.",
            "Please report what stands between the lines.",
            _RULER,
            f"python {platform.python_version()} on {sys.platform}",
            ", ".join(f"{name} {version_of(name)}" for name in _PACKAGES),
            f"$ shapeguard {printable(shlex.join(argv))}",
            *map(printable, lines),
            _RULER,
        )
    )


def version_of(package: str) -> str:
    """Return the installed version, read from metadata: nothing is imported."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "(not installed)"
