"""Enforce the declarations of :mod:`shapeguard.contracts` on a library's classes."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

from shapeguard.contracts import adapters as adapters_contracts
from shapeguard.contracts.language import CONDITIONS, DECLARES
from shapeguard.runtime import patching
from shapeguard.runtime.enforcement import enforce, is_contracted
from shapeguard.runtime.extras import import_extra
from shapeguard.runtime.patching import Layer, Rank
from shapeguard.runtime.signature import Contract, compile_contract

Declared = dict[type, dict[str, types.FunctionType]]

_layers: list[Layer] = []


def cover_adapters() -> None:
    """Patch the declared methods of ``adapters`` wherever a class defines them.

    Subclasses that are defined later are covered when they are defined.

    Raises:
        MissingExtraError: if adapters is not installed.

    """
    declared = _declarations()
    for root in _roots(declared):
        for each in _with_subclasses(root):
            _cover(each, declared)
        _layers.append(
            patching.push(
                root,
                "__init_subclass__",
                Rank.CONTRACTS,
                lambda inner, root=root: _covering_hook(root, inner, declared),
            )
        )


def uncover() -> None:
    """Release every patch."""
    while _layers:
        patching.release(_layers.pop())


def covered() -> tuple[str, ...]:
    """The patched methods, for reports."""
    return tuple(f"{layer.target.__qualname__}.{layer.attribute}" for layer in _layers)


@functools.cache
def _declarations() -> Declared:
    """Find the real class and the declared methods of every declaration with methods."""
    declared: Declared = {}
    for declaration in vars(adapters_contracts).values():
        target = vars(declaration).get(DECLARES) if isinstance(declaration, type) else None
        methods = {
            name: method
            for name, method in (vars(declaration) if target else {}).items()
            if isinstance(method, types.FunctionType) and not name.startswith("_")
        }
        if target and methods:
            module, _, name = target.partition(":")
            owner = import_extra(module, "shapeguard.debug", "adapters")
            declared[getattr(owner, name)] = methods
    return declared


def _roots(declared: Declared) -> list[type]:
    """The declared classes that derive from no other declared one."""
    return [
        each
        for each in declared
        if not any(other is not each and issubclass(each, other) for other in declared)
    ]


def _with_subclasses(root: type) -> list[type]:
    found: dict[type, None] = {root: None}
    for child in root.__subclasses__():
        found.update(dict.fromkeys(_with_subclasses(child)))
    return list(found)


def _cover(target: type, declared: Declared) -> None:
    """Patch what ``target`` defines itself and a class in its ancestry declares."""
    for name in {name for methods in declared.values() for name in methods}:
        method = next(
            (declared[c][name] for c in target.__mro__ if name in declared.get(c, ())), None
        )
        defined = target.__dict__.get(name)
        if method is None or not isinstance(defined, types.FunctionType):
            continue
        if getattr(defined, "__isabstractmethod__", False):
            continue
        wrap = functools.partial(_enforced, method)
        _layers.append(patching.push(target, name, Rank.CONTRACTS, wrap))


def _enforced(method: types.FunctionType, function: Callable[..., Any]) -> Callable[..., Any]:
    if is_contracted(function):
        return function
    return enforce(function, lambda: _contract(method), switchable=True)


@functools.cache
def _contract(method: types.FunctionType) -> Contract:
    conditions = getattr(method, CONDITIONS, ())
    return compile_contract(method, conditions, name=method.__qualname__, plain=False)


def _covering_hook(root: type, inner: Any, declared: Declared) -> Any:  # noqa: ANN401 - descriptors
    own = "__init_subclass__" in root.__dict__

    def init_subclass(cls: type, **kwargs: Any) -> None:  # noqa: ANN401 - class keywords
        if own:
            inner.__get__(None, cls)(**kwargs)
        else:
            super(root, cls).__init_subclass__(**kwargs)
        _cover(cls, declared)

    return classmethod(init_subclass)
