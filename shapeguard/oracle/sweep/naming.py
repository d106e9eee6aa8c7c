"""Short names of compositions, and the cases that a list of them makes.

``a+b 2 1`` is a ``BatchSplit``, ``a>b`` a ``Stack``, ``a&b`` a ``Parallel``, ``a:b`` a ``MultiTask``,
``a~b`` an ``Average``, ``a/b`` a ``Split``, ``a^b`` a ``Fuse``. Nothing in a name is special in a glob
pattern.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from shapeguard.oracle.sweep.blocks import Composition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shapeguard.oracle.sweep.blocks import Block, Spec

SIGNS: Final = {
    "Stack": ">",
    "BatchSplit": "+",
    "Parallel": "&",
    "MultiTask": ":",
    "Average": "~",
    "Split": "/",
    "Fuse": "^",
}


def short(spec: Spec) -> str:
    """Write a spec shortly, e.g. ``(a+b 2 1)>c``."""
    return _short(spec) if isinstance(spec, str) else _short(spec)[1:-1]


def _short(spec: Spec) -> str:
    if isinstance(spec, str):
        return spec
    shown = SIGNS[spec.kind].join(_short(child) for child in spec.children)
    values = [_shown(value) for _, value in spec.options]
    return f"({' '.join([shown, *values])})"


def _shown(value: Any) -> str:  # noqa: ANN401 - whatever an argument may be
    if isinstance(value, list | tuple):
        kind = "" if isinstance(value, list) else "tuple "
        return kind + " ".join(map(str, cast("Iterable[object]", value)))
    return str(value.__name__)


def of_group(
    group: str, specs: Sequence[Spec], brief: Sequence[int] = (0,)
) -> Iterator[Composition]:
    """Make a case of each spec; those at the places ``brief`` stand for the group."""
    for place, spec in enumerate(specs):
        yield Composition(short(spec), group, spec, brief=place in brief)


def with_ids(
    group: str,
    cases: Sequence[tuple[Block, tuple[int | str, ...] | None]],
    brief: Sequence[int] = (),
) -> Iterator[Composition]:
    """Make a case of each spec with its task ids."""
    for place, (spec, ids) in enumerate(cases):
        name = f"{short(spec)} {'without ids' if ids is None else ' '.join(map(str, ids))}"
        yield Composition(name, group, spec, ids, brief=place in brief)
