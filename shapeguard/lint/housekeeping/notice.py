"""What all of housekeeping has in common with rules: a code, a name, and a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from shapeguard.finding import Confidence, Consequence, Finding
from shapeguard.lint.options import Options

if TYPE_CHECKING:
    from shapeguard.finding import Fix, Severity, Span
    from shapeguard.lint.config import Settings


class Notice:
    """One kind of finding about files; the attributes are those of a rule.

    One that is not ``by_default`` is reported where its code is selected by name.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    since: ClassVar[str]
    preview: ClassVar[bool] = False
    by_default: ClassVar[bool] = True
    declares: ClassVar[type[Options]] = Options

    @classmethod
    def wanted(cls, settings: Settings) -> bool:
        """Say whether the settings ask for this kind of finding."""
        named = cls.code in (*settings.select, *settings.extend_select)
        return settings.selects(cls.code) and (cls.by_default or named)

    @classmethod
    def finding(cls, span: Span, message: str, text: str = "", fix: Fix | None = None) -> Finding:
        """Return a finding; ``text`` is what it is about, by which it is known again."""
        return Finding(
            cls.code,
            cls.name,
            message,
            cls.severity,
            Confidence.HIGH,
            Consequence.NONE,
            span,
            fix=fix,
            fingerprint=text,
        )
