"""A contract: the compiled signature of one function and the conditions stated about it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shapeguard.contracts.relations import Expression
from shapeguard.errors import ContractDefinitionError
from shapeguard.runtime.binding import settle
from shapeguard.runtime.compiler import Compiler
from shapeguard.runtime.expressions import parse_formula
from shapeguard.runtime.extents import Extents
from shapeguard.runtime.facts import Facts
from shapeguard.runtime.fields import resolve_hints
from shapeguard.runtime.nodes import MappingNode, SequenceNode
from shapeguard.runtime.quick import quick_check
from shapeguard.runtime.relations import evaluate_relation
from shapeguard.runtime.scope import Bound, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from shapeguard.contracts.relations import Condition, Level
    from shapeguard.runtime.expressions import Formula
    from shapeguard.runtime.nodes import Node
    from shapeguard.runtime.quick import Check
    from shapeguard.runtime.scope import Extent, Failure

ACTIVE_LEVELS: dict[Level, frozenset[Level]] = {
    "shapes": frozenset({"shapes"}),
    "strict": frozenset({"shapes", "strict"}),
    "values": frozenset({"shapes", "values"}),
}
"""Which conditions a level checks: ``strict`` may refuse runs that come out right, ``values``
reads elements, which waits for a device; neither implies the other."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What a function demands of its arguments and promises about its result.

    ``positional`` names all parameters if each can be given by position and by name, else none;
    ``defaults`` belong to them. ``quick`` are checks that pass or leave it to the nodes.
    """

    name: str
    signature: inspect.Signature
    positional: tuple[str, ...]
    defaults: Mapping[str, Any]
    parameters: tuple[tuple[str, Node], ...]
    result: Node | None
    requires: tuple[Condition, ...]
    ensures: tuple[Condition, ...]
    quick: tuple[tuple[str, Check | None], ...]
    quick_result: Check | None

    def arguments(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Arguments by name, defaults included.

        Raises:
            TypeError: if the call does not match the signature, as the call itself would.

        """
        missing = len(self.positional) - len(args)
        if self.positional and missing >= 0:
            given = dict(zip(self.positional, args, strict=False))
            if not missing and not kwargs:
                return given
            if not given.keys() & kwargs.keys():
                named = {**self.defaults, **given, **kwargs}
                if named.keys() == self.signature.parameters.keys():
                    return named
        bound = self.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return bound.arguments

    def passing(self, arguments: Mapping[str, Any], level: Level) -> Extents | None:
        """Return the extents of arguments that are quickly seen to meet the contract, or None."""
        found = Extents(arguments)
        for name, check in self.quick:
            value = arguments[name]
            if value is self.defaults.get(name, _GIVEN):
                continue
            if check is None or not check(value, found):
                return None
        if not found.are_settled():
            return None
        if self.requires and _broken(self.requires, Facts(arguments, found), level):
            return None
        return found

    def passes(self, result: object, found: Extents, level: Level) -> bool:
        """Say whether a result is quickly seen to meet the contract; ``found`` is of the arguments."""
        check, before = self.quick_result, found.snapshot()
        if (
            (self.result is None or (check is not None and check(result, found)))
            and found.are_settled()
            and not (self.ensures and _broken(self.ensures, Facts(found.arguments, found), level))
        ):
            return True
        found.restore(before)
        return False

    def check_arguments(self, scope: Scope, level: Level) -> Failure | None:
        """Return the first way in which the caller breaks the contract."""
        self._bind(scope)
        settle(scope)
        return _first(scope, self.requires, level)

    def check_result(self, result: object, scope: Scope, level: Level) -> Failure | None:
        """Return the first way in which the function breaks it; ``scope`` saw the arguments."""
        scope.failures.clear()
        if self.result is not None:
            self.result.check(result, "result", scope)
            settle(scope)
        return _first(scope, self.ensures, level)

    def scope_of(self, found: Extents | Scope) -> Scope:
        """Find out who bound the extents of arguments that met the contract.

        The function may have changed its arguments in place since: then nobody is named.
        """
        if isinstance(found, Scope):
            return found
        scope = Scope(found.arguments)
        self._bind(scope)
        seen = {name: bound.extent for name, bound in scope.bound.items()}
        if not scope.failures and seen == found.bound:
            scope.pending.clear()
            return scope
        bound = {name: Bound(extent, "the arguments") for name, extent in found.bound.items()}
        members: dict[str, list[Extent]] = {name: [*each] for name, each in found.members.items()}
        return Scope(found.arguments, bound=bound, members=members)

    def _bind(self, scope: Scope) -> None:
        """Check every argument but for defaults, which the caller did not give."""
        for name, node in self.parameters:
            value = scope.arguments[name]
            if value is not self.defaults.get(name, _GIVEN):
                node.check(value, name, scope)


_GIVEN = object()
"""No default: an argument that is always given."""


def compile_contract(
    function: Callable[..., Any],
    conditions: Iterable[Condition],
    *,
    name: str | None = None,
    names: Mapping[str, Any] | None = None,
    plain: bool = True,
) -> Contract:
    """Compile the annotations of ``function``; ``names`` are those visible where it is defined.

    Raises:
        NameError: if an annotation uses a name that is not defined (yet).
        ContractDefinitionError: if an annotation or condition is malformed.

    """
    try:
        signature = inspect.signature(function)
    except ValueError as error:
        message = f"{name or function!r} cannot carry a contract: {error}"
        raise ContractDefinitionError(message) from error
    hints = resolve_hints(function, names)
    compiler = Compiler(plain, names=names or {})
    parameters: list[tuple[str, Node]] = []
    for parameter in signature.parameters.values():
        node = compiler.compile(hints[parameter.name]) if parameter.name in hints else None
        if node is not None:
            parameters.append((parameter.name, _gathered(parameter, node)))
    result = compiler.compile(hints["return"]) if "return" in hints else None
    stated = tuple(conditions)
    label = name or function.__qualname__.rpartition("<locals>.")[2]
    known = compiler.axes | set(signature.parameters)
    said = [parse_formula(e.relation.text) for e in stated if isinstance(e.relation, Expression)]
    for formula in (*said, *compiler.formulas):
        _refuse_unknown_names(label, formula, known, set(signature.parameters))
    return Contract(
        label,
        signature,
        _positional(signature),
        _defaults(signature),
        tuple(parameters),
        result,
        tuple(each for each in stated if not each.on_result),
        tuple(each for each in stated if each.on_result),
        tuple((name, quick_check(node)) for name, node in parameters),
        quick_check(result),
    )


def _positional(signature: inspect.Signature) -> tuple[str, ...]:
    either = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = signature.parameters
    return tuple(parameters) if all(each.kind is either for each in parameters.values()) else ()


def _defaults(signature: inspect.Signature) -> Mapping[str, Any]:
    parameters = signature.parameters.items()
    return {name: each.default for name, each in parameters if each.default is not each.empty}


def _first(scope: Scope, conditions: tuple[Condition, ...], level: Level) -> Failure | None:
    if scope.failures:
        return scope.failures[0]
    return _broken(conditions, Facts(scope.arguments, scope), level)


def _broken(conditions: tuple[Condition, ...], facts: Facts, level: Level) -> Failure | None:
    """Return how the first condition that is active at a level fails."""
    for condition in conditions:
        if condition.level in ACTIVE_LEVELS[level]:
            failure = evaluate_relation(condition.relation, facts)
            if failure is not None:
                return failure
    return None


def _gathered(parameter: inspect.Parameter, node: Node) -> Node:
    """``*args`` is a tuple of what its annotation says, ``**kwargs`` a mapping to it."""
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        return SequenceNode(tuple, node)
    if parameter.kind is inspect.Parameter.VAR_KEYWORD:
        return MappingNode(dict, node)
    return node


def _refuse_unknown_names(
    label: str, formula: Formula, known: set[str], parameters: set[str]
) -> None:
    unknown = sorted((formula.names - known) | (formula.arguments - parameters))
    if unknown:
        message = (
            f"{label}: {formula.text!r} uses {', '.join(unknown)}, which "
            f"is no axis or argument of the signature; it knows {', '.join(sorted(known))}"
        )
        raise ContractDefinitionError(message)
