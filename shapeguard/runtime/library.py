"""Enforce the declarations of :mod:`shapeguard.contracts` on a library's classes."""

from __future__ import annotations

import functools
import inspect
import types
from typing import TYPE_CHECKING, Any, cast

from shapeguard.contracts import adapters as adapters_contracts
from shapeguard.contracts.language import CONDITIONS, DECLARES
from shapeguard.runtime import control, functions, patching
from shapeguard.runtime.enforcement import enforce, is_contracted
from shapeguard.runtime.extras import import_extra
from shapeguard.runtime.patching import Rank
from shapeguard.runtime.signature import compile_contract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shapeguard.runtime.patching import Layer
    from shapeguard.runtime.signature import Contract

Declared = dict[type, dict[str, types.FunctionType]]

_layers: list[Layer] = []


def prepare() -> None:
    """Import every module that is covered, so that covering imports nothing.

    Raises:
        MissingExtraError: if adapters is not installed.

    """
    _declarations()
    _declared_functions()


def cover_adapters() -> None:
    """Patch the declared methods of ``adapters`` wherever a class defines them: all, or none.

    Subclasses that are defined later are covered when they are defined. Covering twice does
    nothing. The caller holds ``control.SWITCHING``.

    Raises:
        MissingExtraError: if adapters is not installed.

    """
    if _layers:
        return
    try:
        _cover_all()
    except BaseException:
        uncover()
        raise


def _cover_all() -> None:
    for target, declaration in _declared_functions().items():
        _layers.extend(functions.cover(target, functools.partial(_enforced, declaration)))
    declared = _declarations()
    for root in _roots(declared):
        for each in _with_subclasses(root):
            _cover(each, declared)
        _layers.append(
            patching.push(
                root,
                "__init_subclass__",
                Rank.CONTRACTS,
                functools.partial(_covering_hook, root, declared),
            )
        )


def uncover() -> None:
    """Release every patch. The caller holds ``control.SWITCHING``."""
    while _layers:
        patching.release(_layers.pop())
    for target in _declared_functions():
        functions.restore(target)


def covered() -> tuple[str, ...]:
    """Name the patched methods, for reports."""
    return tuple(f"{patching.name_of(layer.target)}.{layer.attribute}" for layer in _layers)


def passed_over() -> tuple[str, ...]:
    """Name what is declared and not covered, with the reason.

    Methods that the installed release lacks or gives other parameters, and overrides of any subclass,
    a program's own ones included, with other parameters than the declared ones: such an override is
    checked only where it calls the method that it overrides.
    """
    declared = _declarations()
    found: dict[str, None] = {}
    for real, methods in declared.items():
        for name, method in methods.items():
            defined = getattr(real, name, None)
            label = f"{real.__qualname__}.{name}"
            if not isinstance(defined, types.FunctionType):
                found[f"{label}: this release has no such method"] = None
            elif not _is_called_alike(method, inspect.unwrap(defined)):
                found[f"{label}: this release gives it other parameters"] = None
            for override in _unlike_overrides(real, name, declared):
                found[f"{override}: it has other parameters than {label}"] = None
    return tuple(found)


def _unlike_overrides(real: type, name: str, declared: Declared) -> Iterator[str]:
    for each in _with_subclasses(real)[1:]:
        defined = patching.original(each, name)
        nearest = next(c for c in each.__mro__ if name in declared.get(c, ()))
        if nearest is not real or not isinstance(defined, types.FunctionType):
            continue
        if not _is_called_alike(declared[real][name], defined):
            yield f"{each.__module__}.{each.__qualname__}.{name}"


@functools.cache
def _declarations() -> Declared:
    """Find the real class and the declared methods of every declaration with methods."""
    declared: Declared = {}
    for declaration in vars(adapters_contracts).values():
        target = vars(declaration).get(DECLARES) if isinstance(declaration, type) else None
        methods = {} if target is None else _methods(declaration)
        if target is not None and methods:
            owner, name = _home(target)
            declared[getattr(owner, name)] = methods
    return declared


@functools.cache
def _declared_functions() -> dict[types.FunctionType, types.FunctionType]:
    """Find the real function of every declaration of one."""
    found: dict[types.FunctionType, types.FunctionType] = {}
    for declaration in vars(adapters_contracts).values():
        target = getattr(declaration, DECLARES, None)
        if isinstance(declaration, types.FunctionType) and target is not None:
            owner, name = _home(target)
            if isinstance(real := getattr(owner, name, None), types.FunctionType):
                found[real] = declaration
    return found


def _home(target: str) -> tuple[types.ModuleType, str]:
    """Read ``module:name``: the module of the library, and a name that it may have."""
    module, _, name = target.partition(":")
    return import_extra(module, "shapeguard.debug", "adapters"), name


def _methods(declaration: type) -> dict[str, types.FunctionType]:
    return {
        name: method
        for name, method in vars(declaration).items()
        if isinstance(method, types.FunctionType) and not name.startswith("_")
    }


def _roots(declared: Declared) -> list[type]:
    """Select the declared classes that derive from no other declared one."""
    return [
        each
        for each in declared
        if not any(other is not each and issubclass(each, other) for other in declared)
    ]


def _with_subclasses(root: type) -> list[type]:
    found: dict[type, None] = {root: None}
    children: list[type] = root.__subclasses__()
    for child in children:
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
        if getattr(defined, "__isabstractmethod__", False) or not _is_called_alike(method, defined):
            continue
        wrap = functools.partial(_enforced, method)
        _layers.append(patching.push(target, name, Rank.CONTRACTS, wrap))


def _is_called_alike(method: types.FunctionType, defined: types.FunctionType) -> bool:
    """Whether a method takes what the declaration says; one that does not is another method."""
    mine, theirs = (inspect.signature(each).parameters for each in (method, defined))
    return list(mine) == list(theirs)


def _enforced(method: types.FunctionType, function: Callable[..., Any]) -> Callable[..., Any]:
    if is_contracted(function):
        return function
    return enforce(function, lambda: _contract(method), switchable=True)


@functools.cache
def _contract(method: types.FunctionType) -> Contract:
    conditions = getattr(method, CONDITIONS, ())
    return compile_contract(method, conditions, name=method.__qualname__, plain=False)


def _covering_hook(root: type, declared: Declared, inner: Any) -> Any:  # noqa: ANN401 - descriptors
    """Let ``root`` cover its future subclasses, after what it did about them before."""
    own = patching.original(root, "__init_subclass__") is not None

    def init_subclass(cls: type, /, **kwargs: Any) -> None:  # noqa: ANN401 - class keywords
        inherited = cast("Any", super(cast("Any", root), cls))
        before = inner.__get__(None, cls) if own else inherited.__init_subclass__
        before(**kwargs)
        with control.SWITCHING:
            if _layers:  # another thread may have taken the patches back
                _cover(cls, declared)

    return cast("Any", classmethod(init_subclass))
