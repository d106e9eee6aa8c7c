"""The hazards of the corpus, and the rules that speak about each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hazard:
    """What goes wrong; a finding of one of ``codes`` is about it."""

    text: str
    codes: tuple[str, ...]


HAZARDS = {
    "H1": Hazard("joined with an operand narrowed only on some paths", ("SG101",)),
    "H2": Hazard("operands narrowed by different masks or slices", ("SG102",)),
    "H3": Hazard("a list is joined that may have no member", ("SG103",)),
    "H4": Hazard("one member decides for all", ("SG104", "SG305")),
    "H5": Hazard("some values narrowed, others whole", ("SG105", "SG201")),
    "H6": Hazard("fewer pieces than their consumers", ("SG205", "SG201")),
    "H7": Hazard("counts without a length", ("SG202",)),
    "H8": Hazard("slices from the end by a number that may be 0", ("SG203",)),
    "H9": Hazard("reduction without identity", ("SG301",)),
    "H10": Hazard("mean, deviation or mean loss of nothing", ("SG302", "SG304", "SG106")),
    "H11": Hazard("reshape with an inferred extent beside one that may be 0", ("SG303",)),
    "H12": Hazard("division by an extent or a count", ("SG304",)),
    "H13": Hazard("first or last of nothing", ("SG305", "SG310")),
    "H14": Hazard("k larger than the extent", ("SG306", "SG307")),
    "H15": Hazard("an operation that refuses an empty or one-row batch", ("SG307", "SG306")),
    "H16": Hazard("`squeeze()` without an axis", ("SG308",)),
    "H17": Hazard("untyped empty tensor", ("SG311", "SG103")),
    "H18": Hazard("otherwise out of step", ("SG105", "SG201", "SG312", "SG404")),
}


def codes_of(hazard: str) -> frozenset[str]:
    """Return the codes of the rules that speak about a hazard."""
    return frozenset(HAZARDS[hazard].codes)
