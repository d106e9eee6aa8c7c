"""The codes and options in settings, held against the rules that are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from shapeguard.errors import ConfigError, UsageError
from shapeguard.lint.config.settings import ALL, COMMON, covers
from shapeguard.lint.config.validation import check_key, quoted, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from shapeguard.lint.config.settings import Settings

_ALIKE: Final = str.maketrans("OIL", "011")
"""Letters, each with the digit that it is taken for."""


def names_codes(settings: Settings) -> bool:
    """Say whether settings hold anything in their rule keys that may mean no rule."""
    return any(entry != ALL for _, entries in _entries(settings) for entry in entries)


def check_codes(settings: Settings, known: Collection[str]) -> None:
    """Refuse entries of the rule keys that mean no known rule.

    Raises ConfigError, which names the file and the key.
    """
    for key, entries in _entries(settings):
        try:
            check_entries(entries, known, f"{settings.origin or 'settings'}: {key}")
        except UsageError as error:
            raise ConfigError(str(error)) from None


def _entries(settings: Settings) -> Iterator[tuple[str, Iterable[str]]]:
    yield "select", settings.select
    yield "extend-select", settings.extend_select
    yield "ignore", settings.ignore
    for pattern, codes in settings.per_file_ignores.items():
        yield f"per-file-ignores.{quoted(pattern)}", codes


def check_entries(entries: Iterable[str], known: Collection[str], where: str) -> None:
    """Refuse entries that mean no known rule; ``where`` says who asked for them.

    Raises UsageError, which names the nearest codes.
    """
    for entry in entries:
        if not any(covers(entry, code) for code in known):
            message = f"{where}: unknown rule code {entry!r}; {_nearest(entry, known)}"
            raise UsageError(message)


def _nearest(entry: str, known: Collection[str], *, whole: bool = False) -> str:
    """Return what may have been meant: something that only looks different, or the nearest codes.

    A ``whole`` code is wanted, or else a prefix or ``ALL`` will do.
    """
    codes = sorted(known)
    meant = entry.strip().upper()
    choices = codes if whole else [ALL, *(code[: len(meant)] for code in codes)]
    alike = (each for each in choices if each.translate(_ALIKE) == meant.translate(_ALIKE))
    same = next(alike, "") if meant else ""
    if same:
        return f"did you mean {same!r}?"
    import difflib  # noqa: PLC0415 - only where an entry is wrong

    near = difflib.get_close_matches(meant, codes, n=3, cutoff=0.5)
    return f"nearest: {', '.join(near)}" if near else f"known: {', '.join(codes)}"


def check_options(settings: Settings, declared: Mapping[str, type[msgspec.Struct]]) -> None:
    """Refuse options of rules that do not exist, and those that a rule does not declare.

    ``declared`` maps the code of every rule to the type of its options. Raises ConfigError, which
    names the file and the key.
    """
    for code, given in settings.rules.items():
        place = f"{settings.origin or 'settings'}: rules.{quoted(code)}"
        if code not in declared:
            message = f"{place}: no rule has the code {code!r}; {_whole(code, declared)}"
            raise ConfigError(message)
        _check_own(settings, code, declared[code], place, given)


def _whole(code: str, known: Collection[str]) -> str:
    meant = [each for each in sorted(known) if covers(code, each)]
    if meant:
        return f"options are of one rule, and a whole code is wanted: {', '.join(meant)}"
    return _nearest(code, known, whole=True)


def _check_own(
    settings: Settings,
    code: str,
    kind: type[msgspec.Struct],
    place: str,
    given: Mapping[str, Any],
) -> None:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for key in given:
        check_key(key, (*sorted(COMMON), *fields), f"{place}.{key}")
    own = settings.own_options_of(code)
    for key, value in own.items():
        try:
            msgspec.convert({key: value}, kind)
        except msgspec.ValidationError as error:
            why = str(error).removesuffix(f" - at `$.{key}`")
            message = f"{place}.{key}: {why}, found {shown(value)}"
            raise ConfigError(message) from None
