"""From annotations to nodes: which parts of a value a contract walks.

``None`` stands for an annotation that demands nothing (``object``, ``Any``, an unbound TypeVar).
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import torch
from beartype.door import is_bearable
from beartype.roar import BeartypeException

from shapeguard.contracts.axes import AxisKind, axis_names, parse_words, substitute
from shapeguard.contracts.language import DECLARES, Axes, OtherWords, OwnAxes
from shapeguard.errors import ContractDefinitionError
from shapeguard.runtime.expressions import Formula, evaluate, parse_formula
from shapeguard.runtime.fields import field_hints, required_keys
from shapeguard.runtime.hints import array_hint, declared_hint
from shapeguard.runtime.nodes import (
    ArrayNode,
    EachNode,
    MappingNode,
    PlainNode,
    SequenceNode,
    TupleNode,
    UnionNode,
)
from shapeguard.runtime.records import KeysNode, LateNode, RecordNode

if typing.TYPE_CHECKING:
    from shapeguard.runtime.hints import ArrayHint
    from shapeguard.runtime.nodes import (
        Node,
    )

_UNIONS = (Union, types.UnionType)
_COLLECTIONS = {"builtins", "collections", "collections.abc"}
_QUALIFIERS = (typing.Required, typing.NotRequired, typing.Final)


@dataclass(slots=True)
class Compiler:
    """Compiles annotations of one signature.

    ``axes`` collects every name that they can bind, ``formulas`` what they say in expressions;
    ``names`` are those around the function.

    ``plain`` says whether annotations without arrays are enforced too: for one's own functions
    they are, for declarations about a library they only document.
    """

    plain: bool
    axes: set[str] = dataclasses.field(default_factory=set[str])
    words: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    names: Mapping[str, Any] = dataclasses.field(default_factory=dict[str, Any])
    formulas: set[Formula] = dataclasses.field(default_factory=set[Formula])
    _open: dict[type, LateNode] = dataclasses.field(default_factory=dict[type, LateNode])

    def compile(self, hint: object) -> Node | None:
        """Compile one annotation.

        Raises:
            ContractDefinitionError: if it is malformed.

        """
        array = array_hint(hint)
        if array is not None:
            return self._array(array)
        origin, members = get_origin(hint), get_args(hint)
        if origin is Annotated:
            annotated, *extras = members
            return self._annotated(annotated, tuple(extras))
        if origin in _UNIONS:
            return self._union(members)
        return self._container(hint, origin, members)

    def _container(
        self,
        hint: object,
        origin: Any,  # noqa: ANN401 - a type form
        members: tuple[object, ...],
    ) -> Node | None:
        if origin is tuple:
            return self._tuple(hint, members)
        kind = typing.cast("type", origin)
        if isinstance(origin, type) and issubclass(origin, Mapping) and members:
            key = self._plain(members[0]) if len(members) == len(("key", "value")) else None
            keys = key if isinstance(key, PlainNode) else None
            return self._collection(hint, members[-1], lambda node: MappingNode(kind, node, keys))
        if _is_collection(kind) and members:
            return self._collection(hint, members[0], lambda node: SequenceNode(kind, node))
        if origin in _QUALIFIERS:
            return self.compile(members[0])
        if isinstance(hint, typing.NewType):
            return self.compile(hint.__supertype__)
        if isinstance(hint, TypeVar) and hint.__bound__ is not None:
            return self.compile(hint.__bound__)
        owner = typing.cast("object", origin or hint)  # Box[int] is a Box
        record = self._record(owner) if isinstance(owner, type) else None
        return record or self._plain(hint)

    def _array(self, hint: ArrayHint) -> Node:
        axes = substitute(hint.axes, self.words)
        self.axes |= axis_names(axes)
        for axis in axes:
            if axis.kind is AxisKind.EXPRESSION:
                self.formulas.add(_extent(parse_formula(axis.name)))
        return ArrayNode(dataclasses.replace(hint, axes=axes))

    def _annotated(self, inner: object, notes: tuple[object, ...]) -> Node | None:
        if notes and isinstance(notes[0], Axes):
            node: Node | None = self._array(declared_hint(notes[0]))
        else:
            words = {
                name: word
                for note in notes
                if isinstance(note, OtherWords)
                for name, word in parse_words(note.text).items()
            }
            before, self.words = self.words, {**self.words, **words}
            node = self.compile(inner)
            self.words = before
            if notes and isinstance(node, PlainNode | None) and not words:
                node = self._plain(Annotated[inner, *notes])  # beartype reads them
        for note in notes:
            if isinstance(note, OwnAxes) and node is not None:
                node = EachNode(note.names, node)
        return node

    def _union(self, members: tuple[object, ...]) -> Node | None:
        nodes = [self.compile(member) for member in members]
        if not any(_walks(node) for node in nodes):
            return self._plain(Union[members])  # noqa: UP007 - members are known at run time only
        alternatives = [
            PlainNode(member) if node is None else node
            for node, member in zip(nodes, members, strict=True)
        ]
        return UnionNode(tuple(alternatives))

    def _tuple(self, hint: object, members: tuple[object, ...]) -> Node | None:
        if len(members) == 2 and members[1] is Ellipsis:  # noqa: PLR2004 - tuple[X, ...]
            return self._collection(hint, members[0], lambda node: SequenceNode(tuple, node))
        # a starred member loses its star inside Annotated (Python 3.11), so Unpack[...] is read
        open_end = bool(members) and get_origin(members[-1]) is typing.Unpack
        count = len(members) - open_end
        if any(get_origin(member) is typing.Unpack for member in members[:count]):
            return self._plain(tuple)  # what follows an open middle has no place of its own
        fixed = [self.compile(member) for member in members[:count]]
        rest = self._rest(members[count]) if open_end else None
        if rest is not None or any(_walks(node) for node in fixed):
            return TupleNode(tuple(fixed), open_end, rest)
        return self._plain(hint)

    def _rest(self, starred: object) -> Node | None:
        """Compile the members that ``*tuple[X, ...]`` stands for."""
        inner: tuple[object, ...] = get_args(starred)
        members: list[object] = [part for each in inner for part in get_args(each)]
        return self.compile(members[0]) if members[1:] == [Ellipsis] else None

    def _collection(
        self, hint: object, member: object, build: typing.Callable[[Node], Node]
    ) -> Node | None:
        node = self.compile(member)
        return build(node) if node is not None and _walks(node) else self._plain(hint)

    def _record(self, kind: type) -> Node | None:
        declared, is_dataclass = hasattr(kind, DECLARES), dataclasses.is_dataclass(kind)
        known = declared or is_dataclass or hasattr(kind, "_fields") or typing.is_typeddict(kind)
        if not known or kind in self._open:
            return self._open.get(kind)
        late = self._open[kind] = LateNode()
        hints = field_hints(kind, self.names)
        compiled = ((name, self._field(hint)) for name, hint in hints.items())
        fields = [(name, node) for name, node in compiled if node is not None]
        del self._open[kind]
        if not any(_walks(node) and node is not late for _, node in fields):
            return None
        if typing.is_typeddict(kind):
            late.target = KeysNode(tuple(fields), required_keys(kind, hints))
        else:
            late.target = RecordNode(None if declared else kind, tuple(fields))
        return late.target

    def _field(self, hint: object) -> Node | None:
        """Compile the annotation of a field; one that beartype cannot read asks for nothing."""
        try:
            return self.compile(hint)
        except ContractDefinitionError:
            if array_hint(hint) is not None:
                raise
            return None

    def _plain(self, hint: object) -> Node | None:
        if not self.plain or _demands_nothing(hint) or isinstance(hint, TypeVar):
            return None
        try:
            is_bearable(None, typing.cast("Any", hint))
        except BeartypeException as error:
            message = f"annotation {hint!r} cannot be checked: {type(error).__name__}"
            raise ContractDefinitionError(message) from error
        is_array = isinstance(hint, type) and issubclass(hint, torch.Tensor)
        return PlainNode(hint, walked=is_array)


def _is_collection(kind: object) -> bool:
    """Whether members can be asked of what an annotation with this origin describes."""
    return isinstance(kind, type) and issubclass(kind, Iterable) and kind.__module__ in _COLLECTIONS


def _demands_nothing(hint: object) -> bool:
    """Whether anything meets an annotation, or nothing can be asked of one value alone."""
    of_a_class: object = typing.Self  # pyright: ignore[reportUnknownMemberType]
    unchecked: list[object] = [object, Any, of_a_class, typing.NoReturn, typing.Never]
    return hint in unchecked or get_origin(hint) is typing.Unpack


def _walks(node: Node | None) -> bool:
    """Whether there are arrays to walk to."""
    return node is not None and not (isinstance(node, PlainNode) and not node.walked)


def _extent(formula: Formula) -> Formula:
    """Refuse an axis that is a constant, and none that an extent can be."""
    if not formula.names and not formula.arguments:
        value = evaluate(formula, {})
        if type(value) is not int or value < 0:
            message = f"axis {formula.text!r} is {value!r}, which is no extent"
            raise ContractDefinitionError(message)
    return formula
