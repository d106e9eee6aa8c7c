"""Findings that come from the reader of files, not from a rule: what cannot be read, and suppressions.

One file each, whose docstring is its page, as for rules.
"""

from __future__ import annotations

from shapeguard.lint.housekeeping.notice import Notice
from shapeguard.lint.housekeeping.sg900 import UnparsableFile
from shapeguard.lint.housekeeping.sg901 import UnusedSuppression
from shapeguard.lint.housekeeping.sg902 import UnknownCodeInSuppression
from shapeguard.lint.housekeeping.sg903 import SuppressionWithoutReason

__all__ = [
    "NOTICES",
    "Notice",
    "SuppressionWithoutReason",
    "UnknownCodeInSuppression",
    "UnparsableFile",
    "UnusedSuppression",
]

NOTICES = (UnparsableFile, UnusedSuppression, UnknownCodeInSuppression, SuppressionWithoutReason)
