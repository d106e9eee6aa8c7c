"""Source text made for measuring: chains of calls, long functions, and one package many times."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_IMPORT = "import torch\n"
LITTLE = f"{_IMPORT}\n\ndef join(one, other):\n    return torch.cat([one, other])\n"
"""A file with one small function that is executed: what its check takes is the start."""
_STATEMENTS = (
    "hidden = torch.relu(hidden)",
    "kept = hidden[hidden.sum(-1) > 0]",
    "hidden = hidden + 1.0",
    "size = kept.shape[0]",
    "parts = [hidden, kept]",
)


def chain(depth: int) -> str:
    """Return functions that call each other in a row, and join; the last one a list that may be empty."""
    calls = (
        f"def f{at}(hidden, sizes):\n"
        "    hidden = torch.cat([hidden, hidden], 1)\n"
        f"    return f{at + 1}(hidden, sizes)\n"
        for at in range(depth)
    )
    last = (
        f"def f{depth}(hidden, sizes):\n"
        "    shares = [share for share in torch.split(hidden, sizes) if share.shape[0] > 0]\n"
        "    return torch.cat(shares)\n"
    )
    return "\n\n".join((_IMPORT, *calls, last))


def statements(number: int) -> str:
    """Return one function of so many statements, which narrows and joins."""
    body = (_STATEMENTS[at % len(_STATEMENTS)] for at in range(number - 1))
    lines = "".join(f"    {each}\n" for each in body)
    return f"{_IMPORT}\n\ndef f(hidden):\n{lines}    return torch.cat(parts)\n"


def copies(package: Path, number: int, target: Path) -> None:
    """Put a package so many times into one, each under another name."""
    target.mkdir(parents=True)
    (target / "__init__.py").touch()
    for at in range(number):
        shutil.copytree(package, target / f"part_{at}", ignore=shutil.ignore_patterns("*.pyc"))
