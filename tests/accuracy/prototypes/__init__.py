"""Prototypes of rules, one for each hazard of the accuracy corpus: what the engine's events can carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accuracy.prototypes.counts import CountWithoutLength, FewerPieces, Refused
from accuracy.prototypes.joins import DifferentlyNarrowed, EmptyJoin, LeftWhole, SparedOperand
from accuracy.prototypes.kinds import OtherRankOfNothing, SqueezedAway, UntypedEmpty
from accuracy.prototypes.lookups import FirstOfNothing, OneDecides, SliceFromTheEnd
from accuracy.prototypes.reductions import (
    AmbiguousReshape,
    DividedByNothing,
    MeanOfNothing,
    NoIdentity,
)

if TYPE_CHECKING:
    from shapeguard.lint.api import Rule

RULES: tuple[type[Rule], ...] = (
    SparedOperand,
    DifferentlyNarrowed,
    LeftWhole,
    EmptyJoin,
    OneDecides,
    FewerPieces,
    CountWithoutLength,
    SliceFromTheEnd,
    NoIdentity,
    MeanOfNothing,
    AmbiguousReshape,
    DividedByNothing,
    FirstOfNothing,
    Refused,
    SqueezedAway,
    UntypedEmpty,
    OtherRankOfNothing,
)
