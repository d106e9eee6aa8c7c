"""What a configuration file may say: every mistake is told with its key, what was found and what is valid."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from shapeguard.errors import ConfigError
from shapeguard.lint.config.patterns import check_pattern
from shapeguard.lint.config.settings import COMMON, EXPECTED, HIDDEN, RuleOptions, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_SEVERITIES: Final = 'one of "error", "warning", "info"'
EXPECTED_OF_RULES: Final = {
    "severity": _SEVERITIES,
    "min-confidence": EXPECTED["min-confidence"],
}


def checked(table: Mapping[str, object], prefix: str) -> Settings:
    """Convert a table to settings; ``prefix`` is put in front of keys in messages.

    Raises ConfigError for a key that does not exist and for a value of the wrong kind.
    """
    for key, value in table.items():
        place = f"{prefix}{key}"
        check_key(key, EXPECTED, place)
        _OWN.get(key, _check_list)(value, place)
        _check_type(Settings, key, value, f"{place}: expected {EXPECTED[key]}")
    return msgspec.convert(table, Settings, dec_hook=_path)


def check_key(key: str, known: Iterable[str], place: str) -> None:
    """Refuse a key that does not exist, naming the nearest. Raises ConfigError."""
    valid = list(known)
    if key in valid:
        return
    import difflib  # noqa: PLC0415 - only where a key is wrong

    near = difflib.get_close_matches(key.replace("_", "-").lower(), valid, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]!r}? Valid" if near else "valid"
    message = f"{place}: unknown key; {hint} keys: {', '.join(valid)}"
    raise ConfigError(message)


def _check_type(struct: type[msgspec.Struct], key: str, value: object, otherwise: str) -> None:
    """Convert one value alone, so that a mistake is reported with its key."""
    field = next(f for f in msgspec.structs.fields(struct) if f.encode_name == key)
    try:
        msgspec.convert(value, field.type, dec_hook=_path)
    except msgspec.ValidationError:
        message = f"{otherwise}, found {shown(value)}"
        raise ConfigError(message) from None


def _path(kind: type[Any], value: object) -> Path:
    if kind is Path and isinstance(value, str) and value:
        return Path(value)
    raise msgspec.ValidationError


def _check_list(value: object, place: str) -> None:
    """Refuse the first item of a list that is not a string."""
    for index, item in enumerate(cast("list[object]", value) if isinstance(value, list) else ()):
        if not isinstance(item, str):
            message = f"{place}[{index}]: expected a string, found {shown(item)}"
            raise ConfigError(message)


def _check_patterns(value: object, place: str) -> None:
    _check_list(value, place)
    for index, pattern in enumerate(cast("list[str]", value) if isinstance(value, list) else ()):
        check_pattern(pattern, f"{place}[{index}]")


def _check_axes(value: object, place: str) -> None:
    for index, name in enumerate(cast("list[object]", value) if isinstance(value, list) else ()):
        if not (isinstance(name, str) and name.isidentifier()):
            message = f"{place}[{index}]: expected the name of one axis, found {shown(name)}"
            raise ConfigError(message)


def _check_per_file(value: object, place: str) -> None:
    for pattern, codes in _tables(value):
        inner = f"{place}.{quoted(pattern)}"
        check_pattern(pattern.removeprefix("!"), inner)
        if pattern.startswith("!!"):
            message = f"{inner}: expected a gitignore pattern with one ! at most in front"
            raise ConfigError(message)
        if not isinstance(codes, list):
            message = f"{inner}: expected {EXPECTED['select']}, found {shown(codes)}"
            raise ConfigError(message)
        _check_list(cast("list[object]", codes), inner)


def _check_rules(value: object, place: str) -> None:
    """Check what every rule has; the options that a rule declares are known when it is loaded."""
    for code, options in _tables(value):
        inner = f"{place}.{quoted(code)}"
        if not isinstance(options, dict):
            message = f"{inner}: expected a table of options, found {shown(options)}"
            raise ConfigError(message)
        for key, given in cast("dict[str, object]", options).items():
            if key in COMMON:
                said = f"{inner}.{key}: expected {EXPECTED_OF_RULES[key]}"
                _check_type(RuleOptions, key, given, said)


def _tables(value: object) -> Iterable[tuple[str, object]]:
    return cast("dict[str, object]", value).items() if isinstance(value, dict) else ()


_OWN: Final[dict[str, Callable[[object, str], None]]] = {
    "empty-axes": _check_axes,
    "exclude": _check_patterns,
    "extend-exclude": _check_patterns,
    "per-file-ignores": _check_per_file,
    "rules": _check_rules,
}

assert set(EXPECTED) == {  # noqa: S101 - the two stand in one module each
    field.encode_name for field in msgspec.structs.fields(Settings) if field.name not in HIDDEN
}


def quoted(key: str) -> str:
    """Return a key as TOML writes it in a dotted name."""
    bare = key and all(c.isascii() and (c.isalnum() or c in "-_") for c in key)
    return key if bare else msgspec.json.encode(key).decode()


def shown(value: object) -> str:
    """Return a value and its type, for messages."""
    return f"{value!r} ({type(value).__name__})"
