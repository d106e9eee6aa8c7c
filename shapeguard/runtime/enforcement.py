"""Wrap a function so that its contract is checked around every call."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch.fx import _symbolic_trace as fx  # the only place that tells

from shapeguard.errors import ShapeContractError
from shapeguard.runtime import composition, control, inner, messages, places
from shapeguard.runtime.extents import Extents
from shapeguard.runtime.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.runtime.scope import Failure
    from shapeguard.runtime.signature import Contract

Function = Callable[..., Any]

_contracted: weakref.WeakSet[Function] = weakref.WeakSet()


_tracing: Callable[[], bool] = getattr(torch.jit, "is_tracing")  # noqa: B009 - untyped in torch
_recording: Callable[[], bool] = getattr(fx, "is_fx_symbolic_tracing", lambda: False)


def is_contracted(function: object) -> bool:
    """Whether ``function`` itself is a wrapper made here (not merely wrapped around one)."""
    return function in _contracted


def enforce(
    function: Function, contract: Callable[[], Contract], *, switchable: bool = False
) -> Function:
    """Wrap ``function``.

    A ``switchable`` wrapper is that of a library: it passes calls through while nothing is active, and
    names the method in which shapes did not meet. One's own code raises what it means.

    Under ``torch.compile``, ``torch.export``, ``torch.jit.trace`` and ``torch.fx`` the wrapper steps aside:
    extents are symbols or constants there, and a check would break the graph.
    """

    @functools.wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the function's own
        __tracebackhide__ = True  # while tracing, where exceptions are left alone
        if torch.compiler.is_compiling() or _tracing() or _recording():
            return function(*args, **kwargs)
        activation = control.current()
        try:
            if control.is_aside():
                return function(*args, **kwargs)
            if activation is None:
                if switchable:
                    return function(*args, **kwargs)
                activation = control.DEFAULT
            return _checked_call(function, contract(), activation, (args, kwargs), switchable)
        except BaseException as error:
            places.hide(error, __file__)
            raise  # without a value it adds no entry for this frame to the traceback

    _contracted.add(checked)
    return checked


def _checked_call(
    function: Function,
    contract: Contract,
    activation: control.Activation,
    call: tuple[tuple[Any, ...], dict[str, Any]],
    of_library: bool,  # noqa: FBT001 - passed by position, which is quicker
) -> Any:  # noqa: ANN401 - the function's own result
    args, kwargs = call
    arguments: Mapping[str, Any] | None
    try:
        arguments = contract.arguments(args, kwargs)
    except TypeError:
        arguments = None
    if arguments is None:  # the call is wrong; let it say so itself, outside of the handler
        return function(*args, **kwargs)
    setup = arguments.get("adapter_setup")
    if setup is None:
        return _run(function, contract, activation, arguments, call, of_library)
    method = contract.name.rpartition(".")[2]
    with composition.entered(method, setup, arguments.get("self")):
        return _run(function, contract, activation, arguments, call, of_library)


def _run(
    function: Function,
    contract: Contract,
    activation: control.Activation,
    arguments: Mapping[str, Any],
    call: tuple[tuple[Any, ...], dict[str, Any]],
    of_library: bool,  # noqa: FBT001 - passed by position, which is quicker
) -> Any:  # noqa: ANN401 - the function's own result
    args, kwargs = call
    seen = contract.passing(arguments, activation.level) or Scope(arguments)
    if isinstance(seen, Scope):
        failure = contract.check_arguments(seen, activation.level)
        _deliver(contract, failure, seen, "caller", activation)
        if failure is not None:
            with inner.told(), control.aside():
                return function(*args, **kwargs)
    try:
        result = function(*args, **kwargs)
    except Exception as error:
        if of_library and not isinstance(error, ShapeContractError):
            _explain(contract, error, contract.scope_of(seen), activation)
        raise
    if isinstance(seen, Extents) and contract.passes(result, seen, activation.level):
        return result
    scope = contract.scope_of(seen)
    broken = contract.check_result(result, scope, activation.level)
    _deliver(contract, broken, scope, "method", activation)
    return result


def _explain(
    contract: Contract, error: Exception, scope: Scope, activation: control.Activation
) -> None:
    """Name the method in which shapes did not meet.

    Raises:
        ShapeContractError: in mode ``error``, with the error as its cause.

    """
    failure = inner.complaint(error, scope)
    if failure is None:
        return
    told, finding = messages.explain(contract, failure, scope, "method")
    told.__cause__ = error
    places.hide(error, __file__)
    control.deliver(told, finding, activation.mode)


def _deliver(
    contract: Contract,
    failure: Failure | None,
    scope: Scope,
    blame: str,
    activation: control.Activation,
) -> None:
    if failure is not None:
        error, finding = messages.explain(contract, failure, scope, blame)
        control.deliver(error, finding, activation.mode)
