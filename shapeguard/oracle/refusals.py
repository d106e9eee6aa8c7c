"""Whether an error refuses a composition clearly, or is what broke on the way."""

from __future__ import annotations

import dis
from typing import TYPE_CHECKING

from shapeguard.errors import CompositionError

if TYPE_CHECKING:
    from types import TracebackType

_PACKAGES = ("adapters", "shapeguard")


def is_clear(error: BaseException) -> bool:
    """Tell whether an error was raised on purpose, by a library of adapters, and says why.

    ``CompositionError`` always is. Any other is if it has a text, is no failed ``assert``, and the
    statement that it comes from is a ``raise`` of adapters: not an operation that could not go on.
    """
    if isinstance(error, CompositionError):
        return True
    if isinstance(error, AssertionError) or not str(error).strip():
        return False
    last = _innermost(error.__traceback__)
    if last is None:
        return False
    name = str(last.tb_frame.f_globals.get("__name__", ""))
    return name.partition(".")[0] in _PACKAGES and _raises(last)


def _innermost(traceback: TracebackType | None) -> TracebackType | None:
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback


def _raises(traceback: TracebackType) -> bool:
    code = traceback.tb_frame.f_code
    operation = code.co_code[traceback.tb_lasti]
    return dis.opname[operation] == "RAISE_VARARGS"
