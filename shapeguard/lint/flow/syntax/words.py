"""Names that show what code does, wherever they stand: read without libcst, for the gate needs them, too."""

from __future__ import annotations

RESIZING = frozenset({"set_", "resize_", "resize_as_"})
"""Methods that give a tensor another shape in place."""
_MEASURES = "numel nelement size dim ndimension any all sum count_nonzero nonzero item max min mean"
_STATES = "is_floating_point is_complex is_contiguous is_signed is_nonzero isnan isinf isfinite"
MEASURES = frozenset(f"{_MEASURES} {_STATES}".split())
"""Methods by which a condition asks what a tensor is or holds; each is true where it is not called."""
BOUNDS = {">= 0": True, "> -1": True, "< 0": False, "<= -1": False}
"""Comparisons that have the same answer for every count, and the answer."""
ARRAYS = frozenset(
    {
        "Shaped",
        "Num",
        "Inexact",
        "Real",
        "Complex",
        "Integer",
        "Key",
        "Float",
        "Int",
        "UInt",
        "Bool",
    }
    | {f"{kind}{bits}" for kind in ("Float", "Int", "UInt") for bits in (2, 4, 8, 16, 32, 64)}
    | {"BFloat16", "Complex64", "Complex128"}
)
"""What jaxtyping calls its annotations; each takes a kind of array and an axis string."""
