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

from beartype.door import is_bearable
from beartype.roar import BeartypeException

from shapeguard.contracts.axes import AxisKind, axis_names, parse_words, substitute
from shapeguard.contracts.language import DECLARES, Axes, OtherWords, OwnAxes
from shapeguard.errors import ContractDefinitionError
from shapeguard.runtime.expressions import Formula, parse_formula
from shapeguard.runtime.hints import array_hint, declared_hint
from shapeguard.runtime.nodes import (
    ArrayNode,
    EachNode,
    KeysNode,
    LateNode,
    MappingNode,
    PlainNode,
    RecordNode,
    SequenceNode,
    TupleNode,
    UnionNode,
)

if typing.TYPE_CHECKING:
    from shapeguard.runtime.hints import ArrayHint
    from shapeguard.runtime.nodes import (
        Node,
    )

_UNIONS = (Union, types.UnionType)
_COLLECTIONS = {"builtins", "collections", "collections.abc"}
_PRESENCE = (typing.Required, typing.NotRequired)


@dataclass(slots=True)
class Compiler:
    """Compiles annotations of one signature.

    ``axes`` collects every name that they can bind, ``formulas`` what they say in expressions.

    ``plain`` says whether annotations without arrays are enforced too: for one's own functions
    they are, for declarations about a library they only document.
    """

    plain: bool
    axes: set[str] = dataclasses.field(default_factory=set[str])
    words: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
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
        if isinstance(origin, type) and issubclass(origin, Mapping) and members:
            key = self._plain(members[0]) if len(members) == len(("key", "value")) else None
            keys = key if isinstance(key, PlainNode) else None
            return self._collection(hint, members[-1], lambda node: MappingNode(node, keys))
        kind = typing.cast("type", origin)
        if _is_collection(kind) and members:
            return self._collection(hint, members[0], lambda node: SequenceNode(kind, node))
        if origin in _PRESENCE:
            return self.compile(members[0])
        owner = typing.cast("object", origin or hint)  # Box[int] is a Box
        record = self._record(owner) if isinstance(owner, type) else None
        return record or self._plain(hint)

    def _array(self, hint: ArrayHint) -> Node:
        axes = substitute(hint.axes, self.words)
        self.axes |= axis_names(axes)
        said = (axis.name for axis in axes if axis.kind is AxisKind.EXPRESSION)
        self.formulas.update(map(parse_formula, said))
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
        fixed = [self.compile(member) for member in members[: len(members) - open_end]]
        if any(_walks(node) for node in fixed):
            return TupleNode(tuple(fixed), open_end)
        return self._plain(hint)

    def _collection(
        self, hint: object, member: object, build: typing.Callable[[Node], Node]
    ) -> Node | None:
        node = self.compile(member)
        return build(node) if node is not None and _walks(node) else self._plain(hint)

    def _record(self, kind: type) -> Node | None:
        declared, is_dataclass = hasattr(kind, DECLARES), hasattr(kind, "__dataclass_fields__")
        known = declared or is_dataclass or hasattr(kind, "_fields") or typing.is_typeddict(kind)
        if not known or kind in self._open:
            return self._open.get(kind)
        late = self._open[kind] = LateNode()
        fields: list[tuple[str, Node]] = []
        hints = resolve_hints(kind)
        if is_dataclass:  # what belongs to the class is no field
            names = {each.name for each in dataclasses.fields(kind)}
            hints = {name: hint for name, hint in hints.items() if name in names}
        for name, hint in hints.items():
            node = self.compile(hint)
            if node is not None and _walks(node):
                fields.append((name, node))
        del self._open[kind]
        if all(node is late for _, node in fields):
            return None
        if typing.is_typeddict(kind):
            late.target = KeysNode(tuple(fields), _required(kind, hints))
        else:
            late.target = RecordNode(None if declared else kind, tuple(fields))
        return late.target

    def _plain(self, hint: object) -> Node | None:
        if not self.plain or _demands_nothing(hint) or isinstance(hint, TypeVar):
            return None
        try:
            is_bearable(None, typing.cast("Any", hint))
        except BeartypeException as error:
            message = f"annotation {hint!r} cannot be checked: {type(error).__name__}"
            raise ContractDefinitionError(message) from error
        return PlainNode(hint)


def resolve_hints(owner: object, names: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Evaluate the annotations of a function or class; ``names`` are those around it.

    Raises:
        NameError: if an annotation uses a name that is not defined (yet).
        ContractDefinitionError: if an annotation cannot be evaluated otherwise.

    """
    try:
        return typing.get_type_hints(owner, localns=dict(names or {}), include_extras=True)
    except NameError:
        raise
    except Exception as error:
        label = getattr(owner, "__qualname__", repr(owner))
        message = f"an annotation of {label} is malformed: {error}"
        raise ContractDefinitionError(message) from error


def _is_collection(kind: object) -> bool:
    """Whether members can be asked of what an annotation with this origin describes."""
    return isinstance(kind, type) and issubclass(kind, Iterable) and kind.__module__ in _COLLECTIONS


def _required(kind: type, hints: Mapping[str, object]) -> frozenset[str]:
    """Return the keys that are never absent; the class itself misreads postponed annotations."""
    said = {name: get_origin(hint) for name, hint in hints.items()}
    default: frozenset[str] = getattr(kind, "__required_keys__", frozenset[str]())
    return frozenset(
        name
        for name, mark in said.items()
        if mark is typing.Required or (name in default and mark is not typing.NotRequired)
    )


def _demands_nothing(hint: object) -> bool:
    """Whether anything meets an annotation, or nothing can be asked of one value alone."""
    of_a_class: object = typing.Self  # pyright: ignore[reportUnknownMemberType]
    unchecked: list[object] = [object, Any, of_a_class, typing.NoReturn, typing.Never]
    return hint in unchecked or get_origin(hint) is typing.Unpack


def _walks(node: Node | None) -> bool:
    """Whether there are arrays to walk to."""
    return node is not None and not isinstance(node, PlainNode)
