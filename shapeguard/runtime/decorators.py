"""Contracts for one's own functions and methods."""

from __future__ import annotations

import contextlib
import functools
import inspect
import re
import types
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from shapeguard.contracts.relations import Condition, Expression
from shapeguard.errors import ContractDefinitionError
from shapeguard.runtime import places
from shapeguard.runtime.enforcement import enforce
from shapeguard.runtime.expressions import parse_formula
from shapeguard.runtime.signature import compile_contract

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.runtime.signature import Contract

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class _Source:
    """What a wrapper was made from, so that another condition can be added to it."""

    function: Callable[..., Any]
    conditions: tuple[Condition, ...]
    names: Mapping[str, Any]


_sources: weakref.WeakKeyDictionary[Callable[..., Any], _Source] = weakref.WeakKeyDictionary()


def contracted(function: _F, added: Condition | None) -> _F:
    """Wrap ``function``, or add a condition to its contract.

    Raises:
        ContractDefinitionError: if the contract is malformed or the object cannot carry one.

    """
    carrier: object = function
    source = _sources.get(function) if isinstance(carrier, types.FunctionType) else None
    if source is None:
        _refuse_unsuitable(function)
        source = _Source(function, (), _names_around())
    elif added is None:
        return function
    conditions = source.conditions if added is None else (added, *source.conditions)
    return _wrapped(_Source(source.function, conditions, source.names))  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


def condition(text: str, *, on_result: bool) -> Condition:
    """State an expression, on one line; its syntax is checked at once."""
    line = re.sub(r"\s*\n\s*", " ", text.strip())
    parse_formula(line)
    return Condition(Expression(line), on_result=on_result)


def _wrapped(source: _Source) -> Callable[..., Any]:
    @functools.cache
    def compiled() -> Contract:
        """Compile once; annotations may name what is defined later, such as their own class."""
        try:
            return compile_contract(source.function, source.conditions, names=source.names)
        except NameError as error:
            message = f"an annotation of {source.function.__qualname__} cannot be read: {error}"
            raise ContractDefinitionError(message) from error

    with contextlib.suppress(NameError):  # decided at the first call, in the complete module
        compile_contract(source.function, source.conditions, names=source.names)
    wrapper = enforce(source.function, compiled)
    _sources[wrapper] = source
    return wrapper


def _refuse_unsuitable(function: Any) -> None:  # noqa: ANN401 - whatever was decorated
    problem = ""
    if isinstance(function, staticmethod | classmethod | property):
        problem = "apply it below @staticmethod, @classmethod or @property"
    elif isinstance(function, type):
        problem = f"{function.__qualname__} is a class; apply it to methods"
    elif not callable(function) or not hasattr(function, "__qualname__"):
        problem = f"{type(function).__name__} is no function"
    elif inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        problem = f"{function.__qualname__} is asynchronous; its result exists only later"
    if problem:
        message = f"a contract belongs to a function: {problem}"
        raise ContractDefinitionError(message)


def _names_around() -> Mapping[str, Any]:
    """Local names where the function is defined, of what annotations may use; no arrays are kept alive."""
    frame = places.call_site()
    if frame.f_locals is frame.f_globals:
        return {}
    return {
        name: value
        for name, value in frame.f_locals.items()
        if isinstance(value, type | int | str | types.ModuleType) or _is_form(value)
    }


def _is_form(value: object) -> bool:
    """Whether a value is a form of typing, such as an alias, a union or a TypeVar."""
    return type(value).__module__ in {"typing", "types", "typing_extensions"}
