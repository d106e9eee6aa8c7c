"""Where settings come from: the nearest configuration file of each source file, and what it extends."""

from __future__ import annotations

import codecs
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from shapeguard.errors import ConfigError
from shapeguard.lint.config.patterns import rebased
from shapeguard.lint.config.settings import EXPECTED, Settings
from shapeguard.lint.config.validation import checked, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONFIG_NAMES: Final = ("shapeguard.toml", "pyproject.toml")


class Hierarchy:
    """The settings of each file: those of the nearest configuration file at or above its directory.

    Where there is none, the settings of the directory ``start`` hold, which may be the defaults.
    ``change`` is what the command line puts on top of the settings of every configuration file, and
    what refuses them.
    """

    def __init__(
        self, start: Path, change: Callable[[Settings], Settings] = lambda settings: settings
    ) -> None:
        self._change = change
        self._by_origin: dict[Path, Settings] = {}
        self._by_directory: dict[Path, Settings | None] = {}
        self.main = self.at(start) or change(Settings())

    def of(self, path: Path, /) -> Settings:
        """Return the settings of a file. Raises ConfigError as :func:`load_settings` does."""
        return self.at(path.parent) or self.main

    def at(self, directory: Path) -> Settings | None:
        """Return the settings of the nearest configuration file at or above a directory."""
        if directory not in self._by_directory:
            origin = nearest(directory.absolute())
            self._by_directory[directory] = None if origin is None else self._from(origin)
        return self._by_directory[directory]

    def _from(self, origin: Path) -> Settings:
        if origin not in self._by_origin:
            self._by_origin[origin] = self._change(load_settings(origin, origin.parent))
        return self._by_origin[origin]


def load_settings(config: Path | None, start: Path) -> Settings:
    """Read ``config``, or the nearest configuration file at or above the directory ``start``.

    Raises ConfigError if it, or a file that it extends, cannot be read, is not TOML, or holds a wrong
    key or value.
    """
    path = nearest(start.absolute()) if config is None else config.absolute()
    if path is None:
        return Settings()
    return _load(path, config or path, ())


def nearest(directory: Path) -> Path | None:
    """Return the nearest configuration file at or above a directory."""
    for each in (directory, *directory.parents):
        found = _in(each)
        if found is not None:
            return found
    return None


def _in(directory: Path) -> Path | None:
    for name in CONFIG_NAMES:
        path = directory / name
        if is_file(path) and _read_table(path) is not None:
            return path
    return None


def is_file(path: Path) -> bool:
    """Say whether a path is a regular file; one that may not be looked at is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def has_settings(directory: Path) -> bool:
    """Whether ``directory`` itself holds shapeguard configuration, and so is a project's root."""
    return _in(directory) is not None


def _load(path: Path, named: Path, extending: tuple[Path, ...]) -> Settings:
    """Return the settings of a file on top of what it extends; ``extending`` are the files before it."""
    table = _read_table(path)
    if table is None:
        message = f"{named}: there is no [tool.shapeguard] table"
        raise ConfigError(message)
    section = "tool.shapeguard" if path.name == "pyproject.toml" else ""
    if not isinstance(table, dict):
        message = f"{named}: {section}: expected a table, found {shown(table)}"
        raise ConfigError(message)
    own = cast("dict[str, object]", table)
    prefix = f"{named}: {section}." if section else f"{named}: "
    if not section and "tool" in own:
        where = "at the top level of this file; [tool.shapeguard] is for pyproject.toml"
        message = f"{prefix}tool: unknown key; keys stand {where}"
        raise ConfigError(message)
    settings = _placed(checked(own, prefix), path)
    if settings.extend is None:
        return settings
    return _extended(settings, set(own), (*extending, path), f"{prefix}extend")


def _placed(settings: Settings, path: Path) -> Settings:
    """Make the paths in a configuration file absolute: they are relative to its directory."""
    here = path.parent
    src = None if settings.src is None else tuple(here / each for each in settings.src)
    baseline = None if settings.baseline is None else here / settings.baseline
    return msgspec.structs.replace(settings, src=src, baseline=baseline, origin=path)


def _extended(settings: Settings, given: set[str], chain: tuple[Path, ...], place: str) -> Settings:
    """Put settings on top of those of the file that they extend.

    A key that is given replaces; ``extend-select`` and ``extend-exclude`` add, and so do the options
    of rules.
    """
    target = chain[-1].parent / (settings.extend or Path()).expanduser()
    target = target.resolve()
    if target in {each.resolve() for each in chain}:
        message = f"{place}: {target} extends itself"
        raise ConfigError(message)
    try:
        base = _load(target, target, chain)
    except ConfigError as error:
        message = f"{place}: {error}"
        raise ConfigError(message) from None
    moved = _moved(base, target.parent, chain[-1].parent)
    kept = {key: value for key, value in _fields(settings, given) if key != "rules"}
    merged = msgspec.structs.replace(moved, **kept)
    return msgspec.structs.replace(
        merged,
        extend_select=(*base.extend_select, *settings.extend_select),
        extend_exclude=(*moved.extend_exclude, *settings.extend_exclude),
        rules=_rules(base, settings),
        origin=settings.origin,
        extended=(target, *base.extended),
    )


def _moved(settings: Settings, old: Path, new: Path) -> Settings:
    """Make the patterns of a file in one directory relative to another one."""
    per_file: dict[str, tuple[str, ...]] = {}
    for pattern, codes in settings.per_file_ignores.items():
        there = rebased(pattern, old, new)
        per_file[there] = (*per_file.get(there, ()), *codes)
    return msgspec.structs.replace(
        settings,
        exclude=tuple(rebased(pattern, old, new) for pattern in settings.exclude),
        extend_exclude=tuple(rebased(pattern, old, new) for pattern in settings.extend_exclude),
        per_file_ignores=per_file,
    )


def _fields(settings: Settings, given: set[str]) -> Iterator[tuple[str, Any]]:
    for key in given & EXPECTED.keys():
        name = key.replace("-", "_")
        yield name, getattr(settings, name)


def _rules(base: Settings, settings: Settings) -> dict[str, dict[str, Any]]:
    codes = base.rules | settings.rules
    return {code: base.rules.get(code, {}) | settings.rules.get(code, {}) for code in codes}


@cache
def _document(path: Path, _version: tuple[int, int]) -> dict[str, Any]:
    """Return what a file says; nothing, unparsed, if it is everybody's and does not name shapeguard."""
    data = path.read_bytes()
    if path.name == "pyproject.toml" and b"shapeguard" not in data:
        return {}
    import tomllib  # noqa: PLC0415 - slow, and most projects say nothing

    return tomllib.loads(data.removeprefix(codecs.BOM_UTF8).decode())


def _read_table(path: Path) -> object:
    """Return shapeguard's own part of the file; ``None`` if the file is about other things."""
    try:
        status = path.stat()
        document = _document(path, (status.st_mtime_ns, status.st_size))
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise ConfigError(message) from error
    except ValueError as error:  # of the decoder, or of tomllib
        message = f"{path}: not valid TOML: {error}"
        raise ConfigError(message) from error
    if path.name != "pyproject.toml":
        return document
    tool = document.get("tool")
    return cast("dict[str, object]", tool).get("shapeguard") if isinstance(tool, dict) else None
