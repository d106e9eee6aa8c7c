"""What a result rests on besides source files: this program, Python, packs, and settings."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import TYPE_CHECKING

from shapeguard.lint.installed import MODELS, RULES
from shapeguard.lint.metadata import sources_of_requirements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.lint.config import Settings


def environment() -> str:
    """Return a digest of the program and the packs that are installed, and of the Python that runs.

    Packs are not imported. A file of theirs, or of shapeguard's own, that is written anew counts as
    another version.
    """
    entries = sorted({*entry_points(group=RULES), *entry_points(group=MODELS)})
    packages = sorted({entry.module.partition(".")[0] for entry in entries})
    facts = [
        sys.version,
        version("libcst"),
        *(f"{entry.group} {entry.name} {entry.value}" for entry in entries),
        *(line for package in packages for line in _files(package)),
    ]
    return _digest(facts)


def _files(package: str) -> Iterator[str]:
    """Yield what tells the present files of a package, or a module, from those of another day."""
    spec = importlib.util.find_spec(package)
    if spec is None:
        return
    places = spec.submodule_search_locations
    files = [Path(spec.origin)] if places is None and spec.origin else []
    for place in places or ():
        files += sorted(Path(place).rglob("*.py"))
    for path in files:
        status = path.stat()
        yield f"{path} {status.st_mtime_ns} {status.st_size}"


def context(settings: Settings, codes: Iterable[str], root: Path, shown_from: Path) -> str:
    """Return a digest of the settings on which the result of a file of a project rests.

    ``codes`` are those of the rules that are asked; names in results are relative to ``shown_from``.
    """
    options = {code: settings.own_options_of(code) for code in codes}
    facts = [
        str(shown_from),
        json.dumps(options, sort_keys=True, default=str),
        *sorted(settings.empty_axes),
        "src",
        *map(str, settings.src or ()),
        *(str(each) for each in root.parents if (each / "__init__.py").is_file()),
        "requirements",
        *sources_of_requirements(root),
    ]
    return _digest(facts)


def _digest(texts: Iterable[str]) -> str:
    data = "\0".join(texts).encode("utf-8", "surrogateescape")
    return hashlib.sha256(data).hexdigest()
