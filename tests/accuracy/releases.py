"""Released packages on disk: downloaded once with pip, unpacked, and only ever read as text."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "shapeguard-accuracy"

CLIENT = ("pip==24.0", "setuptools<70", "wheel<0.44")
"""The last pip that accepts the requirements of old releases such as ``torch (>=1.8.*)``.

The other two let it read the metadata of releases that have no wheel.
"""

_OLD_PYTHONS = ("3.13", "3.12", "3.10", "3.9", "3.8", "3.7", "3.6")
_PLATFORMS = ("1", "2010", "2014", "_2_17", "_2_28")
_WHEEL = ("--only-binary=:all:",)
_SOURCE = ("--no-binary=:all:", "--no-build-isolation")
_TIME_LIMIT = 300


class UnavailableError(Exception):
    """Something that the package index does not give; the text ends with the last words of pip."""

    def __init__(self, wanted: str, said: str) -> None:
        lines = said.strip().splitlines() or ["no answer"]
        super().__init__(f"{wanted}: {lines[-1]}")


@dataclass(frozen=True, order=True)
class Release:
    """One version of one package."""

    package: str
    version: str

    def __str__(self) -> str:
        return f"{self.package} {self.version}"

    def home(self, cache: Path) -> Path:
        """Return where the files of the release stand once it is unpacked."""
        return cache / "unpacked" / f"{self.package}-{self.version}"


def fetched(releases: Iterable[Release], cache: Path) -> dict[Release, Path | UnavailableError]:
    """Return where each release stands, or why it cannot be had."""
    return {release: _fetched(release, cache) for release in releases}


def _fetched(release: Release, cache: Path) -> Path | UnavailableError:
    try:
        return unpacked(release, cache)
    except UnavailableError as error:
        return error


def unpacked(release: Release, cache: Path) -> Path:
    """Return the directory of a release, downloading it if it is not in the cache."""
    home = release.home(cache)
    if not home.is_dir():
        part = cache / f"{home.name}.{os.getpid()}"
        try:
            archive = _downloaded(release, cache, part / "archive")
            _unpack(archive, part / "files")
            home.parent.mkdir(parents=True, exist_ok=True)
            (part / "files").rename(home)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return home


def _downloaded(release: Release, cache: Path, directory: Path) -> Path:
    """Download the wheel of a release for any Python that has one, else its source distribution."""
    said = ""
    client = installed("pip", CLIENT, cache)
    for options in _attempts():
        wanted = f"{release.package}=={release.version}"
        said = _pip(client, "download", "--no-deps", f"--dest={directory}", *options, wanted)
        archives = [*directory.glob("*.whl"), *directory.glob("*.tar.gz"), *directory.glob("*.zip")]
        if archives:
            return archives[0]
    raise UnavailableError(str(release), said)


def _attempts() -> Iterator[tuple[str, ...]]:
    yield _WHEEL
    platforms = tuple(f"--platform=manylinux{each}_x86_64" for each in _PLATFORMS)
    for python in _OLD_PYTHONS:
        yield (*_WHEEL, "--implementation=cp", f"--python-version={python}", *platforms)
    yield _SOURCE


def installed(name: str, requirements: tuple[str, ...], cache: Path) -> Path:
    """Return an environment of its own with these requirements, making it if there is none."""
    home = cache / "tools" / name
    ready = home / "ready"
    if not ready.is_file():
        venv.create(home, with_pip=True, clear=True)
        if said := _pip(home, "install", *requirements):
            raise UnavailableError(name, said)
        ready.touch()
    return home


def _pip(environment: Path, *arguments: str) -> str:
    """Run pip; return what it complained about, or nothing if it succeeded."""
    python = str(environment / "bin" / "python")
    command = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_TIME_LIMIT
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {_TIME_LIMIT} seconds"
    return (done.stderr or f"exit status {done.returncode}") if done.returncode else ""


def _unpack(archive: Path, directory: Path) -> None:
    """Unpack the Python files; the leading directory of a source distribution is dropped."""
    if archive.suffix in {".whl", ".zip"}:
        with zipfile.ZipFile(archive) as wheel:
            for name in wheel.namelist():
                if name.endswith(".py"):
                    wheel.extract(name, directory)
        return
    with tarfile.open(archive) as source:
        for member in source.getmembers():
            _, _, member.name = member.name.partition("/")
            if member.isfile() and member.name.endswith(".py"):
                source.extract(member, directory, filter="data")
