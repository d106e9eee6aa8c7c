"""Other tools, each in an environment of its own, since two of them want another libcst."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from accuracy.releases import CACHE, UnavailableError, installed

from bench.check.processes import Absent, Subject

if TYPE_CHECKING:
    from bench.check.trees import Tree

RULE = "fixit.rules:NoRedundantFString"


@dataclass(frozen=True)
class Peer:
    """A tool by its package; PATHS follow the arguments."""

    package: str
    version: str
    arguments: tuple[str, ...]
    uses_libcst: bool = False


PEERS = {
    "TorchFix, all rules": Peer("torchfix", "0.7.0", ("--select=ALL",), uses_libcst=True),
    "Fixit, one rule": Peer(
        "fixit", "2.2.1", ("--quiet", "--rules", RULE, "lint"), uses_libcst=True
    ),
    "pyrefly": Peer("pyrefly", "1.5.0", ("check", "--python-interpreter-path", sys.executable)),
}
RUFF = "ruff, default rules"


def subjects(tree: Tree, cache: Path = CACHE) -> dict[str, Subject | Absent]:
    """Return every tool on a tree, installing those that are not there; or why one is absent."""
    found = {name: _subject(peer, tree, cache) for name, peer in PEERS.items()}
    return {**found, RUFF: _ruff(tree)}


def _subject(peer: Peer, tree: Tree, cache: Path) -> Subject | Absent:
    home = _home(peer, cache)
    if isinstance(home, Absent):
        return home
    command = (str(home / "bin" / peer.package), *peer.arguments, *tree.paths)
    return Subject(command, tree.directory)


def _home(peer: Peer, cache: Path) -> Path | Absent:
    requirement = f"{peer.package}=={peer.version}"
    try:
        return installed(f"{peer.package}-{peer.version}", (requirement,), cache)
    except (UnavailableError, OSError, subprocess.CalledProcessError) as error:
        return Absent(f"cannot be installed: {error}")


def _ruff(tree: Tree) -> Subject | Absent:
    ruff = Path(sys.executable).with_name("ruff")
    if not ruff.is_file():
        return Absent("not installed beside shapeguard")
    return Subject((str(ruff), "check", "--isolated", "--no-cache", *tree.paths), tree.directory)


def versions(cache: Path = CACHE) -> list[str]:
    """Return the releases of what is compared, those that are absent as well."""
    own = [f"{name} {_version(name)}" for name in ("shapeguard", "libcst", "click", "ruff")]
    return [*own, *(_named(peer, cache) for peer in PEERS.values())]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(absent)"


def _named(peer: Peer, cache: Path) -> str:
    home = _home(peer, cache)
    if isinstance(home, Absent):
        return f"{peer.package} {peer.version} (absent)"
    if not peer.uses_libcst:
        return f"{peer.package} {peer.version}"
    code = "import importlib.metadata as m; print(m.version('libcst'))"
    done = subprocess.run(
        (str(home / "bin" / "python"), "-c", code), capture_output=True, text=True, check=True
    )
    return f"{peer.package} {peer.version} (libcst {done.stdout.strip()})"
