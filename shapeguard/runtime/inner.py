"""What torch says where shapes do not meet inside a method whose arguments meet its contract."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from shapeguard.contracts import hazards
from shapeguard.runtime import places
from shapeguard.runtime.scope import Failure

if TYPE_CHECKING:
    from collections.abc import Generator

    from shapeguard.runtime.scope import Scope

_LONGEST = 160
_TOLD = "_shapeguard_told"
_COMPLAINTS = (
    r"[Ss]izes of tensors must match",
    r"must match the (?:existing )?size",
    r"[Ss]izes of tensors .* must",
    r"is invalid for input of size",
    r"shapes? cannot be multiplied",
    r"size mismatch",
    r"shape mismatch",
    r"[Ss]ize does not match",
    r"multiply up to the size",
    r"batch_size \(\d+\) to match",
    r"expected input with shape",
    r"does not broadcast",
    r"[Ee]xpected size",
    r"expanded size of the tensor",
    r"tensors? to be equal size",
    r"tensors must be 3D|must have the same number of dimensions",
    r"cannot reshape tensor of 0 elements",
    r"The shape of the mask .* does not match",
    r"out of bounds for dimension",
    r"is out of range \(expected to be in range of|Dimension out of range",
    r"split_with_sizes expects",
    r"exceeds dimension size",
    r"non-empty (?:list|TensorList)",
    r"non-zero size|input\.numel\(\) == 0",
    r"Number of dimensions of repeat dims",
    r"integer division or modulo by zero",
)
"""What torch, and Python, say of extents that do not meet; no other error is taken for one."""
_COMPLAINT = re.compile("|".join(_COMPLAINTS))


@contextmanager
def told() -> Generator[None]:
    """Let what is raised follow from a failure that has been told: nobody tells it again."""
    try:
        yield
    except Exception as error:
        with suppress(AttributeError):  # an exception with slots
            setattr(error, _TOLD, True)
        raise


def complaint(error: Exception, scope: Scope) -> Failure | None:
    """Return the failure of a method in which shapes did not meet; each error is told once.

    None for an error about anything else, such as memory or a missing key, and for one that an inner
    method has told already.
    """
    if not isinstance(error, RuntimeError | IndexError | ValueError | ZeroDivisionError):
        return None
    said = str(error).splitlines()[0] if str(error) else ""
    if getattr(error, _TOLD, False) or _COMPLAINT.search(said) is None:
        return None
    setattr(error, _TOLD, True)
    empty = next((name for name, bound in scope.table() if bound.extent == 0), None)
    shown = said if len(said) <= _LONGEST else f"{said[: _LONGEST - 3]}..."
    return Failure(
        hazards.SHAPE_ERROR_INSIDE,
        "the arguments",
        f"{type(error).__name__}{_place(error)}, although the arguments meet the contract",
        axis=empty,
        expected="shapes that meet",
        actual=shown,
    )


def _place(error: Exception) -> str:
    """Say where an error was raised: the innermost line that is not ours."""
    traceback, place = error.__traceback__, ""
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if not places.is_own(code.co_filename):
            place = f" at {places.shown(code.co_filename)}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place
