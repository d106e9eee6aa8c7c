"""Methods that replace one of a base class: what callers may rely on, and this one does not take.

A method is compared with the one that it replaces. Where the base is outside the project its
contract is that of ``ComposableAdapterLayerBase`` of adapters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from shapeguard.lint.flow.syntax.trees import walk
from shapeguard.lint.flow.syntax.usage import last_name, named_parameters
from shapeguard.lint.flow.trace import Site, Station

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapeguard.lint.flow.events import Definition
    from shapeguard.lint.flow.program import Class, Function
    from shapeguard.lint.flow.trace import Trail

_COMPOSE = ("adapter_setup", "state", "lvl=")
_DECLARED: Mapping[str, tuple[str, ...]] = {
    "vslice": ("state", "slice_obj"),
    "pad_and_concat": ("states",),
    "pre_block": ("adapter_setup", "state"),
    "check_composition_valid": ("parent", "child", "lvl"),
    "compose_single": _COMPOSE,
    "compose_stack": _COMPOSE,
    "compose_fuse": _COMPOSE,
    "compose_split": _COMPOSE,
    "compose_batch_split": _COMPOSE,
    "compose_multi_task": _COMPOSE,
    "compose_parallel": _COMPOSE,
    "compose_average": _COMPOSE,
}
"""Methods by which a hierarchy is known as one that composes: two of them are enough."""
_ALIKE: Mapping[str, tuple[str, ...]] = {
    "repeat": ("state", "channels"),
    "mean": ("states", "weights"),
    "compose": ("adapter_setup", "state"),
    "_bsz": ("state",),
}
"""Methods that count only in a hierarchy that composes."""
COMPOSING = frozenset({*_DECLARED, *_ALIKE})
"""The names of methods of composition."""
_ROOTS = frozenset(
    {"ComposableAdapterLayerBase", "BottleneckLayer", "LoRALayer", "PrefixTuningLayer"}
)
_BY_KEYWORD: Mapping[str, frozenset[str]] = {
    "compose_batch_split": frozenset({"adapter_setup", "state", "lvl"})
}
"""What adapters itself passes by keyword, beside ``lvl``."""
_HARMLESS = frozenset({"abstractmethod", "override", "no_grad", "inference_mode"})


@dataclass(frozen=True, slots=True)
class Departure:
    """A parameter of which callers are told otherwise: ``text`` says how, ``sure`` that one relies on it."""

    text: str
    sure: bool
    trail: Trail
    at: Site


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a method takes behind ``self``: names in order, those with a default, and by keyword only."""

    names: tuple[str, ...]
    optional: frozenset[str]
    keywords: frozenset[str] = frozenset()
    rest: bool = False


def composes(event: Definition) -> bool:
    """Say whether a method is one of composition, by its name and by the hierarchy that it is in."""
    name = event.function.name
    if event.owner is None or event.function.owner is not event.owner:
        return False
    if name not in _DECLARED and name not in _ALIKE:
        return False
    if any(_foreign(each) for each in event.family):
        return True
    above = {method for each in event.family[1:] for method in each.methods}
    return len(above.intersection(_DECLARED)) > 1


def _foreign(owner: Class) -> bool:
    """Say whether a class has a composing class of adapters, from outside the project, as its base."""
    for base in owner.bases:
        first, _, rest = base.partition(".")
        dotted = f"{owner.module.imports.get(first, first)}.{rest}".rstrip(".")
        if dotted.startswith("adapters.") and dotted.rsplit(".", 1)[-1] in _ROOTS:
            return True
    return False


def departures(event: Definition) -> Iterator[Departure]:
    """Yield the parameters of a method of composition that depart from what it replaces."""
    base = event.overrides
    if not composes(event) or not _is_plain(event.function):
        return
    if base is not None and not _is_plain(base):
        return
    if base is None and not any(_foreign(each) for each in event.family):
        return
    parameters = event.function.parse().params
    theirs = _declared(event.function.name) if base is None else _taken(base.parse().params)
    mine = _taken(parameters)
    if theirs is not None and not theirs.rest and not mine.rest:
        compared = _Compared(event, theirs, mine, parameters)
        yield from compared.lost()
        yield from compared.demanded()


def _is_plain(function: Function) -> bool:
    """Say whether a function takes what is written: no decorator is known to change that."""
    return all(
        each.rsplit(".", 1)[-1].partition("(")[0] in _HARMLESS for each in function.decorators
    )


def _declared(name: str) -> _Taken | None:
    words = {**_DECLARED, **_ALIKE}.get(name)
    if words is None:
        return None
    optional = frozenset(word[:-1] for word in words if word.endswith("="))
    return _Taken(tuple(word.rstrip("=") for word in words), optional)


def _taken(parameters: cst.Parameters) -> _Taken:
    ordered = [*parameters.posonly_params, *parameters.params][1:]
    everything = [*ordered, *parameters.kwonly_params]
    return _Taken(
        tuple(each.name.value for each in ordered),
        frozenset(each.name.value for each in everything if each.default is not None),
        frozenset(each.name.value for each in parameters.kwonly_params),
        isinstance(parameters.star_arg, cst.Param) or parameters.star_kwarg is not None,
    )


@dataclass(frozen=True, slots=True)
class _Compared:
    """A method and what it replaces."""

    event: Definition
    theirs: _Taken
    mine: _Taken
    parameters: cst.Parameters

    def lost(self) -> Iterator[Departure]:
        """Yield parameters of the base that are renamed, in another place, or not there at all."""
        theirs, mine = self.theirs.names, self.mine.names
        for place, name in enumerate(theirs):
            here = mine[place] if place < len(mine) else None
            used = self._by_keyword(name)
            if name in self.mine.keywords:
                continue
            if name in mine and here is not None and mine.index(name) != place:
                if here in theirs and theirs.index(here) > place:
                    yield self._said(f"takes `{here}` before `{name}`, the base after it", here)
                elif here in self.mine.optional and here not in theirs:
                    yield self._said(f"takes `{here}` where the base takes `{name}`", here)
            elif here is not None and here not in theirs and name not in mine:
                text = f"calls `{here}` what the base calls `{name}`"
                yield self._said(text, here, used, sure=used is not None)
            elif name not in mine:
                text = f"does not take `{name}`, as the base does"
                sure = name not in self.theirs.optional or used is not None
                yield self._said(text, None, used, sure=sure)

    def demanded(self) -> Iterator[Departure]:
        """Yield parameters that callers of the base need not pass, and callers of this one must."""
        theirs, mine = self.theirs, self.mine
        required = [
            each for each in (*mine.names, *sorted(mine.keywords)) if each not in mine.optional
        ]
        for name in required:
            place = mine.names.index(name) if name in mine.names else len(mine.names)
            if name in theirs.optional:
                text = f"demands `{name}`, for which the base has a default"
                yield self._said(text, name, sure=False)
            elif name not in theirs.names and not self._replaces(place):
                yield self._said(f"demands `{name}`, which the base does not take", name)

    def _replaces(self, place: int) -> bool:
        """Say whether a parameter stands where the base has one that this method does not take."""
        theirs = self.theirs.names
        return place < len(theirs) and theirs[place] not in self.mine.names

    def _said(
        self, text: str, name: str | None, used: Trail | None = None, *, sure: bool = True
    ) -> Departure:
        function = self.event.function
        every = named_parameters(self.parameters)
        node = next((each.name for each in every if each.name.value == name), function.parse().name)
        base = self.event.overrides
        declared: Trail = ()
        if base is not None:
            tree = base.parse()
            template = f"`{base.qualname}({{}})` is replaced"
            declared = (Station(0, Site.of(base, tree.name), template, tree.params),)
        return Departure(text, sure, (*declared, *(used or ())), Site.of(function, node))

    def _by_keyword(self, name: str) -> Trail | None:
        """Return where the hierarchy passes a parameter by keyword; () for adapters itself."""
        method = self.event.function.name
        for owner in self.event.family:
            for each in owner.methods.values():
                if not any(self._may_call(called, method) for called in each.calls):
                    continue
                for node in walk(each.parse().body):
                    if isinstance(node, cst.Call) and _passes(node, method, name):
                        template = f"`{name}` is passed by keyword: `{{}}`"
                        return (Station(1, Site.of(each, node), template, node),)
        outside = any(_foreign(each) for each in self.event.family)
        known = _BY_KEYWORD.get(method, frozenset({"lvl"} if method.startswith("compose_") else ()))
        return () if outside and name in known else None

    @staticmethod
    def _may_call(called: str, method: str) -> bool:
        return called == method or (method.startswith("compose_") and "compos" in called)


def _passes(call: cst.Call, method: str, name: str) -> bool:
    """Say whether a call of a method, or of what may be one of several, passes a keyword."""
    called = last_name(call.func)
    chosen = (
        isinstance(call.func, cst.Name) and method.startswith("compose_") and "compos" in called
    )
    if called != method and not chosen:
        return False
    return any(each.keyword is not None and each.keyword.value == name for each in call.args)
