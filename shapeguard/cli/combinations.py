"""Options of ``shapeguard check`` that ask for changes, and which cannot be had together."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from shapeguard.cli.targets import refuse_shared
from shapeguard.errors import UsageError

if TYPE_CHECKING:
    from shapeguard.cli.check import CheckOptions

_SILENT: Final = ("--report", "--output-file")
_WRITING: Final = ("--fix", "--fix-only", "--diff", "--add-ignore", *_SILENT)
_APART: Final = {
    "--show-files": ("--show-settings", *_WRITING),
    "--show-settings": _WRITING,
    "--add-ignore": (
        "--diff",
        "--fix-only",
        "--fix",
        "--unsafe-fixes",
        "--stdin-filename",
        "--watch",
        *_SILENT,
    ),
    "--fix-only": _SILENT,
    "--diff": ("--watch", *_SILENT),
    "--watch": ("--stdin-filename",),
    "--baseline": ("--no-baseline",),
}
"""Options, and what each of them cannot be given with."""


def refuse_contradictions(options: CheckOptions) -> None:
    """Refuse options that ask for changes, or name outputs, and cannot be had together.

    ``--diff`` beside ``--fix`` is none: nothing is written. Raises UsageError.
    """
    adds = options.add_ignore is not None
    asked = {
        "--add-ignore": adds,
        "--diff": options.diff,
        "--fix-only": options.fix_only,
        "--fix": options.fix,
        "--unsafe-fixes": options.unsafe_fixes,
        "--stdin-filename": options.stdin_filename is not None,
        "--watch": options.watch,
        "--report": bool(options.report),
        "--output-file": options.output_file is not None,
        "--show-files": options.show_files,
        "--show-settings": options.show_settings,
        "--baseline": options.baseline is not None,
        "--no-baseline": options.no_baseline,
    }
    for one, others in _APART.items():
        other = next((each for each in others if asked[each]), None)
        if asked[one] and other is not None:
            message = f"{one} and {other} cannot be given together"
            raise UsageError(message)
    if adds:
        _refuse_reason(options.add_ignore or "")
    outputs = [path for _, path in options.report]
    if options.output_file is not None:
        outputs.insert(0, options.output_file)
    refuse_shared(outputs, printed=_printed(options))


def _printed(options: CheckOptions) -> str | None:
    """Return what goes to standard output without being sent there."""
    if wants_fixes(options) and options.stdin_filename is not None:
        return "the source text"
    return "what --output-format says" if options.output_file is None else None


def _refuse_reason(reason: str) -> None:
    """Refuse what is no reason, or would end it, or the comment, too early; ``#12`` does not."""
    text = reason.strip()
    odd = next((each for each in text if not each.isprintable()), "")
    if not text:
        why = "it is empty"
    elif len(text.splitlines()) > 1:
        why = f"it has {len(text.splitlines())} lines, and one is wanted"
    elif odd:
        name = unicodedata.name(odd, "a control character")
        why = f"U+{ord(odd):04X} ({name}) in it cannot be seen"
    elif re.search("#(?![0-9])", text):
        why = "# may only stand before a number in it"
    else:
        return
    message = f"--add-ignore: {reason!r} is no reason: {why}"
    raise UsageError(message)


def wants_fixes(options: CheckOptions) -> bool:
    """Say whether fixes are applied, or shown."""
    return options.fix or options.fix_only or options.diff


def reports_nothing(options: CheckOptions) -> bool:
    """Say whether fixes are all that is asked for."""
    return options.fix_only or options.diff
