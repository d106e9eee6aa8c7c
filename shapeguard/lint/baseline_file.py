"""The file of a baseline: JSON with one entry a line.

Branches that change entries of different files shall merge without a conflict, so that every entry ends
alike, with a comma, after which ``null`` ends the list, and an empty line stands between files. Two
lists are four lines apart: git makes one conflict of two that are nearer.
"""

from __future__ import annotations

import json
import posixpath
import re
import reprlib
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import msgspec

from shapeguard.errors import ConfigError
from shapeguard.lint.baseline import Baseline, Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

VERSION: Final = 1
_LISTS: Final = ("accepted", "current")
_EXPECTED: Final = {
    "path": "the path of a file",
    "function": "the qualified name of a function, empty at module level",
    "rule": "the code of a rule",
    "text": "the text of the place",
    "occurrence": "a number from 1",
    "reason": "a text that says why it is accepted",
}
_MARKER: Final = re.compile(r"([<|=>])\1{6}(?=\s|$)")


class _Accepted(Entry, frozen=True, forbid_unknown_fields=True):
    """An entry as the list ``accepted`` has it."""

    reason: str


_Kind = TypeVar("_Kind", bound=Entry)


def load(path: Path, *, merging: bool = False) -> Baseline:
    """Read a baseline; with ``merging``, one with merge conflicts has the entries of both sides.

    Raises ConfigError, which names the file and the line or the key, if it cannot be read, is no
    baseline, is from a newer version, or has conflicts that are not to be merged.
    """
    lines = _read(path).split("\n")
    marked = next((row for row, line in enumerate(lines, 1) if _MARKER.match(line)), None)
    if marked is None:
        return _parse("\n".join(lines), path)
    if not merging:
        message = (
            f"{path}: line {marked}: merge conflict markers; resolve them, or run "
            "`shapeguard baseline prune`, which keeps what either side has and is not stale"
        )
        raise ConfigError(message)
    return _both(*(_parse("\n".join(_side(lines, own)), path) for own in "<="))


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        message = f"{path}: there is no such baseline; `shapeguard baseline write` makes it"
        raise ConfigError(message) from error
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise ConfigError(message) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        message = f"{path}: line {row}: no baseline of shapeguard: not UTF-8"
        raise ConfigError(message) from error


def _side(lines: Iterable[str], own: str) -> Iterator[str]:
    """Yield the lines of one side of all conflicts, known by the marker that begins it."""
    part = own
    for line in lines:
        marker = _MARKER.match(line)
        if marker:
            part = own if marker[1] == ">" else marker[1]
        elif part == own:
            yield line


def _both(ours: Baseline, theirs: Baseline) -> Baseline:
    accepted = _reasons((*ours.accepted.items(), *theirs.accepted.items()))
    current = (ours.current | theirs.current) - accepted.keys()
    return Baseline(ours.path, accepted, current)


def _reasons(pairs: Iterable[tuple[Entry, str]]) -> dict[Entry, str]:
    """Return the reason for each entry; one with several, as a merge may leave it, has them all."""
    reasons: dict[Entry, str] = {}
    for entry, reason in pairs:
        known = reasons.get(entry, reason)
        reasons[entry] = known if reason in known.split("; ") else f"{known}; {reason}"
    return reasons


def _parse(text: str, path: Path) -> Baseline:
    document = _document(text, path)
    version = document.get("version")
    if type(version) is int and version > VERSION:
        message = f"{path}: was written by a newer shapeguard: version {version}, this one reads {VERSION}"
        raise ConfigError(message)
    if version != VERSION or type(version) is not int:
        found = _shown(version) if "version" in document else "none"
        message = f"{path}: no baseline of shapeguard: version: expected {VERSION}, found {found}"
        raise ConfigError(message)
    for key in document:
        if key not in ("version", *_LISTS):
            message = f"{path}: unknown key {key!r}; valid keys: version, {', '.join(_LISTS)}"
            raise ConfigError(message)
    listed = _entries(document, "accepted", _Accepted, path)
    accepted = _reasons((_plain(each), each.reason.strip()) for each in listed)
    current = map(_plain, _entries(document, "current", Entry, path))
    return Baseline(path, accepted, frozenset(current) - accepted.keys())


def _document(text: str, path: Path) -> dict[str, object]:
    try:
        document: object = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        message = f"{path}: line {error.lineno}: no baseline of shapeguard: not JSON: {error.msg}"
        raise ConfigError(message) from error
    except (ValueError, RecursionError) as error:
        message = f"{path}: no baseline of shapeguard: {error}"
        raise ConfigError(message) from error
    if not isinstance(document, dict):
        message = f"{path}: no baseline of shapeguard: expected an object, found {_shown(document)}"
        raise ConfigError(message)
    return cast("dict[str, object]", document)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Make an object; of two members with one name, one would be lost."""
    made: dict[str, object] = {}
    for name, value in pairs:
        if name in made:
            message = f"the key {name!r} stands more than once in an object"
            raise ValueError(message)
        made[name] = value
    return made


def _entries(
    document: dict[str, object], key: str, kind: type[_Kind], path: Path
) -> Iterator[_Kind]:
    listed = document.get(key, [])
    if not isinstance(listed, list):
        message = f"{path}: {key}: expected a list of entries, found {_shown(listed)}"
        raise ConfigError(message)
    for index, item in enumerate(cast("list[object]", listed)):
        if item is not None:
            yield _entry(item, kind, f"{path}: {key}[{index}]")


def _entry(item: object, kind: type[_Kind], place: str) -> _Kind:
    if not isinstance(item, dict):
        message = f"{place}: expected an entry, found {_shown(item)}"
        raise ConfigError(message)
    given = cast("dict[str, object]", item)
    fields = msgspec.structs.fields(kind)
    names = [each.name for each in fields]
    for name in given:
        if name not in names:
            hint = "; entries with a reason belong into `accepted`" if name == "reason" else ""
            message = f"{place}: unknown key {name!r}{hint}; valid keys: {', '.join(names)}"
            raise ConfigError(message)
    for each in fields:
        _check(given, each.name, each.type, place)
    return msgspec.convert(given, kind)


def _check(given: dict[str, object], name: str, kind: Any, place: str) -> None:  # noqa: ANN401 - what a field is declared with
    found = _shown(given[name]) if name in given else "none"
    try:
        if name in given:
            value: object = msgspec.convert(given[name], kind)
            if name != "reason" or str(value).strip():
                return
    except msgspec.ValidationError:
        pass
    message = f"{place}.{name}: expected {_EXPECTED[name]}, found {found}"
    raise ConfigError(message)


def _plain(entry: Entry) -> Entry:
    """Return the entry without a reason, by which it is looked up."""
    path = posixpath.normpath(entry.path)
    return Entry(path, entry.function, entry.rule, entry.text, entry.occurrence)


def _shown(value: object) -> str:
    return f"{reprlib.repr(value)} ({type(value).__name__})"


def text_of(baseline: Baseline) -> str:
    """Return the text of a baseline; equal ones have equal texts."""
    accepted = {entry: {"reason": reason} for entry, reason in baseline.accepted.items()}
    current: dict[Entry, dict[str, str]] = {entry: {} for entry in baseline.current}
    lines = ["{", f'  "version": {VERSION},', '  "accepted": [', *_lines(accepted)]
    lines += ["    null", "  ],", "", '  "current": [', *_lines(current)]
    return "\n".join([*lines, "    null", "  ]", "}", ""])


def _lines(entries: dict[Entry, dict[str, str]]) -> Iterator[str]:
    last = ""
    for entry, more in sorted(entries.items(), key=lambda each: each[0]):
        if last not in ("", entry.path):
            yield ""
        last = entry.path
        values: dict[str, object] = {**msgspec.structs.asdict(entry), **more}
        line = json.dumps(values, ensure_ascii=False)
        # Escapes for what an editor or a terminal may not show, and for bytes that are no UTF-8.
        yield f"    {line if line.isprintable() else json.dumps(values)},"
