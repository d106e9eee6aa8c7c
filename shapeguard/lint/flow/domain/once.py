"""An attribute that is computed at its first use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

T = TypeVar("T")
C = TypeVar("C")


class once(Generic[C, T]):  # noqa: N801 - used as a decorator, like ``property``
    """``functools.cached_property`` without the lock that it takes before Python 3.12.

    Values of the analysis ask for such attributes millions of times, and belong to one thread.
    """

    def __init__(self, compute: Callable[[C], T]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, instance: None, owner: type[C]) -> Self: ...
    @overload
    def __get__(self, instance: C, owner: type[C]) -> T: ...
    def __get__(self, instance: C | None, owner: type[C]) -> Self | T:
        """Return the value, which stands in the way of this descriptor from here on."""
        if instance is None:
            return self
        value = self._compute(instance)
        instance.__dict__[self._name] = value
        return value
