"""Cut any batch into parts: what of the inputs belongs to which row."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping, MutableMapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast

from shapeguard.errors import OracleError
from shapeguard.oracle.structure import is_leaf, is_plain, take_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class _Axis(Enum):
    MEMBERS = "members"

    def __repr__(self) -> str:
        return self.name


MEMBERS: Final = _Axis.MEMBERS
"""The batch axis of a list or tuple: each of its members belongs to one row."""

Axis: TypeAlias = "int | Literal[_Axis.MEMBERS] | None"
Axes: TypeAlias = "Axis | Mapping[str, Axes] | Sequence[Axes]"
"""Where the batch is: for everything, or by the keys or the places of a structure."""

Visit: TypeAlias = "Callable[[str, Any, Axis], object]"


class Batch:
    """Inputs of a callable, and where their rows are.

    Raises :class:`OracleError` if the inputs do not agree on the number of rows or leave open what
    belongs to a row, and ``ValueError`` if ``axes`` do not fit the inputs.
    """

    def __init__(self, inputs: object, axes: Axes) -> None:
        self._inputs = inputs
        self._axes = axes
        self.rows = _count(inputs, axes)

    def take(self, rows: Sequence[int]) -> Any:  # noqa: ANN401 - the type of the inputs
        """Return inputs that have these rows alone; nothing in them is shared with others."""

        def cut(path: str, value: Any, axis: Axis) -> object:  # noqa: ANN401 - any value
            if axis is MEMBERS:
                return type(value)([_copied(path, value[row]) for row in rows])
            if axis is not None and is_leaf(value):
                return _rows_of(path, value, list(rows), axis)
            return _copied(path, value)

        return _walk("inputs", self._inputs, self._axes, cut)


def _count(inputs: object, axes: Axes) -> int:
    extents: dict[str, int] = {}
    columns: dict[str, int] = {}

    def measure(path: str, value: Any, axis: Axis) -> None:  # noqa: ANN401 - any value
        if axis is MEMBERS:
            extents[path] = _members(path, value)
        elif axis is not None and is_leaf(value):
            extents[path] = _extent(path, value, axis)
        elif axis is not None and type(value) in {list, tuple}:
            columns[path] = len(value)

    _walk("inputs", inputs, axes, measure)
    if not extents:
        message = "inputs have no array with a batch axis; for a list of rows, batch_axis=MEMBERS"
        raise OracleError(message)
    if len(set(extents.values())) > 1:
        found = ", ".join(f"{path} has {extent}" for path, extent in extents.items())
        message = f"inputs do not agree on the number of rows: {found}{_advice(inputs)}"
        raise OracleError(message)
    rows = next(iter(extents.values()))
    for path, length in columns.items():
        if length == rows:
            message = (
                f"{path} has {length} values, as many as there are rows: say by batch_axis whether "
                "they belong to them (MEMBERS) or not (None)"
            )
            raise OracleError(message)
    return rows


def _advice(inputs: object) -> str:
    if isinstance(inputs, list):
        return "; if they are a list of rows, batch_axis=MEMBERS"
    return "; what has no batch axis needs None in batch_axis"


def _members(path: str, value: object) -> int:
    if type(value) in {list, tuple}:
        return len(cast("Sequence[object]", value))
    message = f"{path} is no list or tuple, so it has no MEMBERS: {type(value).__name__}"
    raise ValueError(message)


def _extent(path: str, leaf: Any, axis: int) -> int:  # noqa: ANN401 - any array
    shape = tuple(leaf.shape)
    if -len(shape) <= axis < len(shape):
        return int(shape[axis])
    message = f"{path} has no axis {axis}, its shape is {shape}{_advice(None)}"
    raise OracleError(message)


def _rows_of(path: str, leaf: Any, rows: list[int], axis: int) -> object:  # noqa: ANN401 - any array
    try:
        return take_rows(leaf, rows, axis % len(leaf.shape))
    except Exception as error:
        message = (
            f"{path}, a {type(leaf).__name__}, gives no rows: {error}; "
            "let row numbers be the inputs, and fn select"
        )
        raise OracleError(message) from error


def _walk(path: str, value: Any, axes: Axes, visit: Visit) -> Any:  # noqa: ANN401 - any value
    """Rebuild ``value`` from what ``visit`` makes of all that has one axis."""
    below = _Below(path, axes)
    if axes is None or axes is MEMBERS or is_leaf(value):
        return visit(path, value, below.axis())
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value)
        return _like(items, {key: _walk(*below.key(key, items), visit) for key in items})
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
        return dataclasses.replace(
            value, **{name: _walk(*below.key(name, fields), visit) for name in fields}
        )
    if not isinstance(value, (list, tuple)) or _is_column(cast("Sequence[object]", value)):
        return visit(path, value, below.axis())
    sequence = cast("Sequence[object]", value)
    names: tuple[str, ...] | None = getattr(sequence, "_fields", None)
    members = [_walk(*each, visit) for each in below.places(sequence, names)]
    rebuild: Any = type(sequence)
    return rebuild(members) if names is None else rebuild(*members)


def _is_column(value: Sequence[object]) -> bool:
    return type(value) in {list, tuple} and all(is_plain(member) for member in value)


class _Below:
    """The axes below a place, which must fit what is there."""

    def __init__(self, path: str, axes: Axes) -> None:
        self._path = path
        self._axes = axes

    def axis(self) -> Axis:
        if self._axes is None or self._axes is MEMBERS or isinstance(self._axes, int):
            return self._axes
        message = f"batch_axis looks into {self._path}, which is one value: {self._axes!r}"
        raise ValueError(message)

    def key(self, key: str, items: Mapping[str, object]) -> tuple[str, object, Axes]:
        path = f"{self._path}.{key}"
        if isinstance(self._axes, Mapping):
            if unknown := [name for name in self._axes if name not in items]:
                message = f"batch_axis names {unknown[0]!r}, which {self._path} does not have"
                raise ValueError(message)
            return path, items[key], self._axes.get(key, 0)
        return path, items[key], self.axis()

    def places(
        self, members: Sequence[object], names: tuple[str, ...] | None
    ) -> Iterator[tuple[str, object, Axes]]:
        axes = self._axes
        if isinstance(axes, Mapping) and names is not None:
            items = dict(zip(names, members, strict=True))
            yield from (self.key(name, items) for name in names)
            return
        if isinstance(axes, Sequence) and len(axes) != len(members):
            message = f"batch_axis has {len(axes)} places, {self._path} has {len(members)}"
            raise ValueError(message)
        for place, member in enumerate(members):
            step = f"[{place}]" if names is None else f".{names[place]}"
            yield (
                self._path + step,
                member,
                axes[place] if isinstance(axes, Sequence) else self.axis(),
            )


def _like(original: Mapping[str, object], items: dict[str, object]) -> Mapping[str, object]:
    """Give ``items`` the type of a mapping, such as a BatchEncoding, where it can be changed."""
    if type(original) is dict or not isinstance(original, MutableMapping):
        return items
    changed = copy.copy(original)
    for key, value in items.items():
        changed[key] = value
    return changed


def _copied(path: str, value: object) -> object:
    def duplicate(path: str, value: Any, _: Axis) -> object:  # noqa: ANN401 - any value
        if is_leaf(value):
            return value.clone() if hasattr(value, "clone") else copy.copy(value)
        try:
            return copy.deepcopy(value)
        except Exception as error:
            message = f"{path} cannot be copied, and every run needs inputs of its own: {error}"
            raise OracleError(message) from error

    return _walk(path, value, 0, duplicate)
