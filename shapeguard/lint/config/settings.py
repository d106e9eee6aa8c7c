"""The settings: the keys of a configuration file, with their defaults and what they mean."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - msgspec reads annotations when the program runs
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from shapeguard.finding import (
    Confidence,
    Severity,  # noqa: TC001 - as above
)

if TYPE_CHECKING:
    from collections.abc import Iterable

ALL: Final = "ALL"
DEFAULT_EXCLUDE: Final = (".*/", "__pycache__/", "node_modules/", "site-packages/", "venv/")

EXPECTED: Final = {
    "select": "a list of rule codes or prefixes",
    "extend-select": "a list of rule codes or prefixes",
    "ignore": "a list of rule codes or prefixes",
    "per-file-ignores": "a table of gitignore patterns, each with a list of rule codes or prefixes",
    "exclude": "a list of gitignore patterns",
    "extend-exclude": "a list of gitignore patterns",
    "force-exclude": "true or false",
    "min-confidence": 'one of "low", "medium", "high"',
    "preview": "true or false",
    "empty-axes": "a list of axis names",
    "baseline": "the path of a baseline",
    "src": "a list of directories",
    "rules": "a table of rule codes, each with a table of options",
    "extend": "the path of another configuration file",
}
"""Every key, and what is expected of its value."""

HIDDEN: Final = frozenset({"origin", "extended"})
"""Fields of :class:`Settings` that are no keys."""


class Configured(Protocol):
    """What knows the settings of each file."""

    def of(self, path: Path, /) -> Settings:
        """Return the settings that hold for a file."""
        ...


class RuleOptions(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """What may be set for every rule; None leaves it as it is."""

    severity: Severity | None = None
    min_confidence: Confidence | None = None


class Settings(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """What a check reads and reports.

    ``empty_axes`` are names of axes in shape annotations that may have the extent 0. Patterns are
    those of gitignore, relative to the directory of ``origin`` or, with ``../`` in front, to one above
    it; ``baseline`` and ``src`` are absolute. ``src`` are the directories that modules are imported from. ``rules`` maps codes to
    :class:`RuleOptions` and to the options that a rule declares.

    No keys are ``origin``, the file that the settings come from, and ``extended``, those that it
    extends and whose settings are in these already.
    """

    select: tuple[str, ...] = (ALL,)
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: dict[str, tuple[str, ...]] = msgspec.field(
        default_factory=dict[str, tuple[str, ...]]
    )
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    min_confidence: Confidence = Confidence.MEDIUM
    preview: bool = False
    empty_axes: tuple[str, ...] = ()
    baseline: Path | None = None
    src: tuple[Path, ...] | None = None
    rules: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict[str, dict[str, Any]])
    extend: Path | None = None
    origin: Path | None = None
    extended: tuple[Path, ...] = ()

    def of(self, _path: Path, /) -> Settings:
        """Return these settings: they hold for every file."""
        return self

    @property
    def root(self) -> Path | None:
        """The directory of the configuration file."""
        return self.origin.parent if self.origin else None

    def selects(self, code: str) -> bool:
        """Whether findings of the rule ``code`` are wanted: the most specific entry decides.

        An equally specific ``ignore`` beats ``select``, so ``select = ["SG1"]`` with
        ``ignore = ["SG101"]`` keeps the rest of the family. Preview rules are not looked at here.
        """
        wanted = _specificity(code, (*self.select, *self.extend_select))
        return wanted > _specificity(code, self.ignore)

    def options_of(self, code: str) -> RuleOptions:
        """Return what is set for a rule of what may be set for every rule."""
        own = self.rules.get(code, {})
        return msgspec.convert({key: own[key] for key in own if key in COMMON}, RuleOptions)

    def own_options_of(self, code: str) -> dict[str, Any]:
        """Return what is set for a rule of the options that it declares itself."""
        return {k: v for k, v in self.rules.get(code, {}).items() if k not in COMMON}


COMMON: Final = frozenset(field.encode_name for field in msgspec.structs.fields(RuleOptions))
"""The options that every rule has."""


def _specificity(code: str, entries: Iterable[str]) -> int:
    """Length of the longest entry that covers ``code``: 0 for ALL, -1 for none."""
    return max(
        (0 if entry == ALL else len(entry) for entry in entries if covers(entry, code)), default=-1
    )


def covers(entry: str, code: str) -> bool:
    """Whether ``entry`` (a code, a prefix of one, or ``ALL``) means the rule ``code``."""
    return entry == ALL or (bool(entry) and code.startswith(entry))
