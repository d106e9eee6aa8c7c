"""What happens in the analysed code that a rule may care about.

Rules see events, never syntax: an event carries its operands as abstract values, the facts that hold
on the path, and the way that led here.
``evidence/emptiness.py`` answers whether an operand can be empty there.
"""

from __future__ import annotations

from shapeguard.lint.flow.events.calls import (
    Call,
    Compose,
    Demand,
    Handover,
    Requirement,
)
from shapeguard.lint.flow.events.moments import (
    Event,
    FindsTwins,
    Moment,
    Twin,
)
from shapeguard.lint.flow.events.operations import (
    Divide,
    Identity,
    Index,
    Join,
    KeyLookup,
    Lookup,
    Reduce,
    Represent,
    Reshape,
    Resize,
    Split,
)
from shapeguard.lint.flow.events.statements import (
    Annotation,
    Condition,
    Definition,
    Loop,
    Mutate,
    Return,
    Walk,
)

__all__ = [
    "Annotation",
    "Call",
    "Compose",
    "Condition",
    "Definition",
    "Demand",
    "Divide",
    "Event",
    "FindsTwins",
    "Handover",
    "Identity",
    "Index",
    "Join",
    "KeyLookup",
    "Lookup",
    "Loop",
    "Moment",
    "Mutate",
    "Reduce",
    "Represent",
    "Requirement",
    "Reshape",
    "Resize",
    "Return",
    "Split",
    "Twin",
    "Walk",
]
