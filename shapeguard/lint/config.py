"""Configuration: ``[tool.shapeguard]`` in ``pyproject.toml``, or ``shapeguard.toml``.

The nearest file wins and files are not merged, so one file says everything that holds for a
project. Every mistake is a :class:`~shapeguard.errors.ConfigError` that names the file, the key,
what was found and what would be valid.
"""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path  # noqa: TC003 - msgspec reads the annotation at run time
from typing import TYPE_CHECKING, Final, cast

import msgspec

from shapeguard.errors import ConfigError, UsageError
from shapeguard.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

CONFIG_NAMES: Final = ("shapeguard.toml", "pyproject.toml")
ALL: Final = "ALL"
DEFAULT_EXCLUDE: Final = (".*/", "__pycache__/", "node_modules/", "site-packages/", "venv/")

EXPECTED: Final = {
    "select": "a list of rule codes or prefixes",
    "extend-select": "a list of rule codes or prefixes",
    "ignore": "a list of rule codes or prefixes",
    "exclude": "a list of gitignore patterns",
    "extend-exclude": "a list of gitignore patterns",
    "force-exclude": "true or false",
    "min-confidence": 'one of "low", "medium", "high"',
    "preview": "true or false",
    "empty-axes": "a list of axis names",
}


class Settings(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """What a check reads and reports; the keys of a configuration file, with their defaults.

    ``empty_axes`` are names of axes in shape annotations that may have the extent 0.
    ``exclude`` and ``extend_exclude`` are gitignore patterns, relative to ``root``. ``origin`` is
    the file that the settings come from; it is not a key.
    """

    select: tuple[str, ...] = (ALL,)
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    min_confidence: Confidence = Confidence.MEDIUM
    preview: bool = False
    empty_axes: tuple[str, ...] = ()
    origin: Path | None = None

    @property
    def root(self) -> Path | None:
        """The directory of the configuration file, which excludes are relative to."""
        return self.origin.parent if self.origin else None

    def selects(self, code: str) -> bool:
        """Whether findings of the rule ``code`` are wanted: the most specific entry decides.

        An equally specific ``ignore`` beats ``select``, so ``select = ["SG1"]`` with
        ``ignore = ["SG101"]`` keeps the rest of the family. Preview rules are not looked at here.
        """
        wanted = _specificity(code, (*self.select, *self.extend_select))
        return wanted > _specificity(code, self.ignore)


def _specificity(code: str, entries: Iterable[str]) -> int:
    """Length of the longest entry that covers ``code``: 0 for ALL, -1 for none."""
    return max(
        (0 if entry == ALL else len(entry) for entry in entries if covers(entry, code)), default=-1
    )


def covers(entry: str, code: str) -> bool:
    """Whether ``entry`` (a code, a prefix of one, or ``ALL``) means the rule ``code``."""
    return entry == ALL or (bool(entry) and code.startswith(entry))


def check_codes(settings: Settings, known: Collection[str]) -> None:
    """Refuse entries of the rule keys that mean no known rule.

    Raises ConfigError, which names the file and the key.
    """
    for key in ("select", "extend-select", "ignore"):
        where = f"{settings.origin or 'settings'}: {key}"
        try:
            check_entries(getattr(settings, key.replace("-", "_")), known, where)
        except UsageError as error:
            raise ConfigError(str(error)) from None


def check_entries(entries: Iterable[str], known: Collection[str], where: str) -> None:
    """Refuse entries that mean no known rule; ``where`` says who asked for them.

    Raises UsageError, which names the nearest codes.
    """
    for entry in entries:
        if any(covers(entry, code) for code in known):
            continue
        near = difflib.get_close_matches(entry.upper(), sorted(known), n=3, cutoff=0.5)
        hint = f"nearest: {', '.join(near)}" if near else f"known: {', '.join(sorted(known))}"
        message = f"{where}: unknown rule code {entry!r}; {hint}"
        raise UsageError(message)


def load_settings(config: Path | None, start: Path) -> Settings:
    """Read ``config``, or the nearest configuration file at or above the directory ``start``.

    Raises ConfigError if it cannot be read, is not TOML, or holds a wrong key or value.
    """
    if config is not None:
        table = _read_table(config)
        if table is None:
            message = f"{config}: there is no [tool.shapeguard] table"
            raise ConfigError(message)
        return _convert(table, config.absolute())
    for directory in (start.absolute(), *start.absolute().parents):
        for name in CONFIG_NAMES:
            path = directory / name
            table = _read_table(path) if path.is_file() else None
            if table is not None:
                return _convert(table, path)
    return Settings()


def has_settings(directory: Path) -> bool:
    """Whether ``directory`` itself holds shapeguard configuration, and so is a project's root."""
    paths = (directory / name for name in CONFIG_NAMES)
    return any(path.is_file() and _read_table(path) is not None for path in paths)


def _read_table(path: Path) -> object:
    """Return shapeguard's own part of the file; ``None`` if the file is about other things."""
    try:
        with path.open("rb") as file:
            document: dict[str, object] = tomllib.load(file)
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise ConfigError(message) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path}: not valid TOML: {error}"
        raise ConfigError(message) from error
    if path.name != "pyproject.toml":
        return document
    tool = document.get("tool")
    return cast("dict[str, object]", tool).get("shapeguard") if isinstance(tool, dict) else None


def _convert(table: object, path: Path) -> Settings:
    section = "tool.shapeguard" if path.name == "pyproject.toml" else ""
    if not isinstance(table, dict):
        message = f"{path}: {section}: expected a table, found {_show(table)}"
        raise ConfigError(message)
    entries = cast("dict[str, object]", table)
    for key, value in entries.items():
        place = f"{path}: {section}.{key}" if section else f"{path}: {key}"
        _check_key(key, place)
        _check_value(key, value, place)
    settings = msgspec.convert(entries, Settings)
    return msgspec.structs.replace(settings, origin=path)


def _check_key(key: str, place: str) -> None:
    if key in EXPECTED:
        return
    near = difflib.get_close_matches(key.replace("_", "-").lower(), EXPECTED, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]!r}? " if near else ""
    message = f"{place}: unknown key; {hint}Valid keys: {', '.join(EXPECTED)}"
    raise ConfigError(message)


def _check_value(key: str, value: object, place: str) -> None:
    """Convert one value alone, so that a mistake is reported with its key and its element."""
    field = next(f for f in msgspec.structs.fields(Settings) if f.encode_name == key)
    wrong = _first_wrong_item(value)
    if wrong is not None:
        message = f"{place}[{wrong[0]}]: expected a string, found {_show(wrong[1])}"
        raise ConfigError(message)
    if key == "empty-axes":
        _check_axes(value, place)
    try:
        msgspec.convert(value, field.type)
    except msgspec.ValidationError:
        message = f"{place}: expected {EXPECTED[key]}, found {_show(value)}"
        raise ConfigError(message) from None


def _check_axes(value: object, place: str) -> None:
    names = cast("list[object]", value) if isinstance(value, list) else []
    for index, name in enumerate(names):
        if not (isinstance(name, str) and name.isidentifier()):
            message = f"{place}[{index}]: expected the name of one axis, found {_show(name)}"
            raise ConfigError(message)


def _first_wrong_item(value: object) -> tuple[int, object] | None:
    """Return the first item of a list that is not a string, with its index."""
    if not isinstance(value, list):
        return None
    items = enumerate(cast("list[object]", value))
    return next(((i, item) for i, item in items if not isinstance(item, str)), None)


def _show(value: object) -> str:
    return f"{value!r} ({type(value).__name__})"
