"""The built-in rules: one hazard, one file, one class."""

from __future__ import annotations

from shapeguard_rules.sg101 import ConditionallyNarrowedOperand
from shapeguard_rules.sg304 import DivisionByPossiblyZeroCount

RULES = (ConditionallyNarrowedOperand, DivisionByPossiblyZeroCount)
