"""The settings of ``shapeguard check``: what configuration files say, with the options on top."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import msgspec

from shapeguard.finding import Confidence
from shapeguard.lint.config import HIDDEN, check_entries, check_pattern
from shapeguard.lint.configuring import configure, known_codes
from shapeguard.report.sources import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapeguard.cli.check import CheckOptions
    from shapeguard.lint.config import Configured, Settings

_STDIN: Final = Path("-")


def read_settings(options: CheckOptions, cwd: Path) -> tuple[Settings, Configured]:
    """Return the settings of the working directory, and what knows those of each file.

    Raises UsageError for codes that no rule has and patterns that match nothing, and ConfigError for wrong configuration files.
    """
    chosen = {"--select": options.select, "--ignore": options.ignore}
    for option, entries in {**chosen, "--extend-select": options.extend_select}.items():
        if entries:
            check_entries(entries, known_codes(), option)
    for pattern in options.extend_exclude:
        check_pattern(pattern, "--extend-exclude")

    def with_options(settings: Settings) -> Settings:
        given = {
            "select": options.select,
            "ignore": options.ignore,
            "extend_select": settings.extend_select + options.extend_select,
            "extend_exclude": settings.extend_exclude + options.extend_exclude,
            "force_exclude": options.force_exclude,
            "preview": options.preview,
            "min_confidence": options.min_confidence and Confidence(options.min_confidence),
            "baseline": options.baseline and cwd / options.baseline,
        }
        changes = {key: value for key, value in given.items() if value is not None}
        changed = msgspec.structs.replace(settings, **changes)
        return msgspec.structs.replace(changed, baseline=None) if options.no_baseline else changed

    return configure(options.config, cwd, with_options)


def missing_sources(settings: Configured, files: Iterable[Path]) -> Iterator[str]:
    """Yield which directories that ``src`` names are not there, of the settings of some files."""
    for own in {each.origin: each for each in map(settings.of, files)}.values():
        for path in own.src or ():
            if not path.is_dir():
                yield f"{own.origin}: src: there is no directory {path}"


def show_settings(options: CheckOptions, settings: Configured, cwd: Path) -> str:
    """Return the settings of each of PATHS, or of the working directory, those of one file once."""
    asked = [settings.of(each) for each in _places(options, cwd)]
    return "\n".join(_shown(each) for each in {each.origin: each for each in asked}.values())


def _places(options: CheckOptions, cwd: Path) -> Iterator[Path]:
    """Yield a file for each of PATHS: itself, standard input by its name, any in a directory."""
    for path in options.paths or (Path(),):
        named = options.stdin_filename if path == _STDIN else path
        place = Path(os.path.abspath(cwd / (named or "any.py")))  # noqa: PTH100 - as paths in the report
        yield place / "any.py" if place.is_dir() else place


def _shown(settings: Settings) -> str:
    """Return the settings as TOML that means the same in a file beside the one they come from.

    What they extend is in them already, so it is named in comments only.
    """
    lines = [f"# from {printable(str(settings.origin or 'the defaults'))}"]
    lines += [f"# and {printable(str(path))}, which it extends" for path in settings.extended]
    for field in msgspec.structs.fields(settings):
        value = getattr(settings, field.name)
        if field.name not in HIDDEN | {"extend"} and value is not None:
            lines.append(f"{field.encode_name} = {_toml(_built_in(value))}")
    return "\n".join(lines) + "\n"


def _built_in(value: object) -> object:
    built: object = msgspec.to_builtins(value, enc_hook=str)
    return built


def _toml(value: object) -> str:
    """Return a value as TOML: like JSON, but for tables, and DEL is escaped."""
    if isinstance(value, dict):
        table = cast("dict[str, object]", value)
        return "{" + ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in table.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, cast("list[object]", value))) + "]"
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")
