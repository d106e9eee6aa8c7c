"""Row independence of any batched callable, whatever its framework."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from shapeguard.errors import OracleError, RowMismatch
from shapeguard.oracle.batching import Batch
from shapeguard.oracle.comparison import Tolerance, difference_of_values, has_numbers
from shapeguard.oracle.structure import Column, entries, is_plain, take_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from shapeguard.oracle.batching import Axes

Inputs = TypeVar("Inputs")
Output = TypeVar("Output")

DEFAULT = Tolerance()
_SHOWN = 5


def assert_rows_independent(  # noqa: PLR0913 - all but two are options
    fn: Callable[[Inputs], Output],
    inputs: Inputs,
    *,
    batch_axis: Axes = 0,
    split: Sequence[int] | None = None,
    apart: Callable[[Inputs], Output] | None = None,
    join: Callable[[list[Output]], object] | None = None,
    atol: float = DEFAULT.atol,
    rtol: float = DEFAULT.rtol,
) -> None:
    """Raise :class:`RowMismatch` unless ``fn(inputs)`` gives every row what it gives the row apart.

    A metamorphic relation (Chen, Cheung and Yiu 1998): it compares ``fn`` with itself and needs no
    right result. Each run gets copies of the inputs.

    - ``inputs``: a tensor, an array, a list, or a structure of them.
    - ``batch_axis``: where the rows are. An axis of every tensor or array; or ``MEMBERS`` for a list
      or tuple whose members belong to one row each; or None for what is no row's and goes to every
      run whole; or these by the keys or places of ``inputs``, where keys left out have 0.
    - ``split``: the sizes of the parts that are run apart, by default one row each. A size of 0 asks
      that ``fn`` takes an empty part.
    - ``apart``: what the parts are run through, by default ``fn``. Another way to the same result,
      such as one adapter at a time, finds what ``fn`` does wrong in the same way alone.
    - ``join``: what the outputs of all parts, empty ones too, must give together: the output of the
      whole. By default the parts follow one another, along the axis that ``batch_axis`` is or else
      along 0, in every tensor or array and every list of plain values that ``fn`` returns.

    Raises :class:`OracleError` if nothing can be judged: ``fn`` fails on the whole batch, two equal
    runs differ, the output has no rows, is an iterator or holds one number for all rows, or the
    inputs leave open what a row is. Raises ``ValueError`` if ``split`` or ``batch_axis`` does not fit
    the inputs.
    """
    batch = Batch(inputs, batch_axis)
    parts = _parts(split, batch.rows)
    tolerance = Tolerance(atol, rtol)
    whole = _deterministic_run(fn, batch, tolerance)
    outputs = [_run_apart(apart or fn, batch, part) for part in parts]
    if join is None:
        axis = batch_axis if isinstance(batch_axis, int) else 0
        rowwise = _Rowwise(_rows_of_output(whole, batch.rows, axis), axis, tolerance)
        complaints = [
            each
            for part, output in zip(parts, outputs, strict=True)
            for each in rowwise(part, output)
        ]
    else:
        complaints = list(_joined_complaints(whole, _joined(join, outputs), tolerance))
    if complaints:
        left_out = len(complaints) - _SHOWN
        more = [f"and {left_out} more"] if left_out > 0 else []
        raise RowMismatch("\n".join([*complaints[:_SHOWN], *more]))


def _parts(split: Sequence[int] | None, rows: int) -> list[list[int]]:
    sizes = [1] * rows if split is None else list(split)
    if sum(sizes) != rows or min(sizes, default=0) < 0:
        message = f"split={sizes} does not divide {rows} rows"
        raise ValueError(message)
    if rows == 0:
        message = "there is no row to judge"
        raise OracleError(message)
    ends = accumulate(sizes)
    return [list(range(end - size, end)) for end, size in zip(ends, sizes, strict=True)]


def _deterministic_run(
    fn: Callable[[Any], object], batch: Batch, tolerance: Tolerance
) -> Mapping[str, Any]:
    everything = range(batch.rows)
    inputs = batch.take(everything), batch.take(everything)
    try:
        first, second = fn(inputs[0]), fn(inputs[1])
    except Exception as error:
        message = f"the callable fails on the whole batch: {type(error).__name__}: {error}"
        raise OracleError(message) from error
    found, again = entries(first), entries(second)
    if found.keys() != again.keys() or any(
        difference_of_values(again[name], value, tolerance) > 0 for name, value in found.items()
    ):
        message = "two equal runs of the callable differ: it is random, or keeps a state"
        raise OracleError(message)
    return found


def _run_apart(fn: Callable[[Any], Output], batch: Batch, part: list[int]) -> Output:
    inputs = batch.take(part)
    try:
        return fn(inputs)
    except Exception as error:
        message = f"rows {part} crash when they are run apart: {type(error).__name__}: {error}"
        raise RowMismatch(message) from error


def _rows_of_output(whole: Mapping[str, Any], rows: int, axis: int) -> Mapping[str, Any]:
    """Return what has rows. Texts, None and empty lists by themselves are no row's."""
    found: dict[str, Any] = {}
    for name, value in whole.items():
        if value is None or isinstance(value, (str, bytes)) or _is_empty_column(value):
            continue
        extent = _extent(value, axis)
        if extent is None:
            kind = "is one number" if is_plain(value) else f"has no axis {axis}"
            message = f"{name} {kind}, so no row can be compared: leave it out, or give `join`"
            raise OracleError(message)
        if extent != rows:
            message = f"{name} has {extent} rows for {rows} input rows"
            raise RowMismatch(message)
        found[name] = value
    if not found:
        message = "the callable returns no tensor or array, nor a list of values"
        raise OracleError(message)
    return found


class _Rowwise(NamedTuple):
    """Compare the rows of one part with the same rows of the whole."""

    whole: Mapping[str, Any]
    axis: int
    tolerance: Tolerance

    def __call__(self, part: list[int], output: object) -> Iterator[str]:
        apart = entries(output)
        for name, together in self.whole.items():
            value = apart.get(name)
            if value is None or _extent(value, self.axis) != len(part):
                found = "nothing" if value is None else _shape(value)
                yield f"rows {part} run apart give {found} for {name}, not {len(part)} rows"
                continue
            if (found := _form(value, self.axis)) != (wanted := _form(together, self.axis)):
                yield f"rows {part} run apart give {found} for {name}, in the whole it is {wanted}"
                continue
            amounts = [
                difference_of_values(
                    _take(together, [row], self.axis),
                    _take(value, [place], self.axis),
                    self.tolerance,
                )
                for place, row in enumerate(part)
            ]
            if wrong := [row for row, amount in zip(part, amounts, strict=True) if amount > 0]:
                run = "" if wrong == part else f" as part {part}"
                yield (
                    f"rows {wrong} of {name} differ by {max(amounts):.3g} "
                    f"from the same rows run apart{run}"
                )


def _joined(join: Callable[[list[Output]], object], apart: list[Output]) -> Mapping[str, Any]:
    try:
        return entries(join(apart))
    except OracleError:
        raise
    except Exception as error:
        message = f"the parts cannot be joined: {type(error).__name__}: {error}"
        raise RowMismatch(message) from error


def _joined_complaints(
    whole: Mapping[str, Any], joined: Mapping[str, Any], tolerance: Tolerance
) -> Iterator[str]:
    if not whole:
        message = "the callable returns nothing that can be compared"
        raise OracleError(message)
    for name in [*whole, *(name for name in joined if name not in whole)]:
        if name not in joined or name not in whole:
            where = "whole" if name in whole else "joined parts"
            yield f"only the {where} has {name}"
            continue
        together, apart = whole[name], joined[name]
        amount = difference_of_values(together, apart, tolerance)
        if _shape(together) != _shape(apart):
            yield f"{name} of the whole has {_shape(together)}, the joined parts {_shape(apart)}"
        elif amount > 0:
            yield f"{name} of the whole differs by {amount:.3g} from the joined parts"


def _form(value: Any, axis: int) -> str:  # noqa: ANN401 - an array or a column
    """Tell what a value is apart from its rows, which an empty part must have in common with others."""
    if isinstance(value, Column):
        return "a list"
    beside = list(value.shape)
    beside[axis] = "rows"
    numbers = f" of {value.dtype}" if has_numbers(value) else ""
    return f"({', '.join(map(str, beside))}){numbers}"


def _is_empty_column(value: object) -> bool:
    return isinstance(value, Column) and not value


def _extent(value: Any, axis: int) -> int | None:  # noqa: ANN401 - an array, a column, a plain value
    if isinstance(value, Column):
        return len(value)
    shape = () if is_plain(value) else tuple(value.shape)
    return int(shape[axis]) if -len(shape) <= axis < len(shape) else None


def _take(value: Any, rows: list[int], axis: int) -> Any:  # noqa: ANN401 - an array or a column
    if isinstance(value, Column):
        return Column(value[row] for row in rows)
    return take_rows(value, rows, axis % len(value.shape))


def _shape(value: Any) -> str:  # noqa: ANN401 - an array, a column, a plain value
    if isinstance(value, Column):
        return f"{len(value)} values"
    return "one value" if is_plain(value) else f"shape {tuple(value.shape)}"
