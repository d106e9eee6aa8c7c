"""What SG401 and SG403 say of jaxtyping and beartype, measured with both of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator  # noqa: TC003 - a checker resolves it
from dataclasses import dataclass
from typing import NamedTuple

import pytest

torch = pytest.importorskip("torch")
jaxtyping = pytest.importorskip("jaxtyping")
beartype = pytest.importorskip("beartype").beartype

from jaxtyping import Float, jaxtyped  # noqa: E402 - after what may skip

REFUSED = (
    *("batch, seq", "batch,seq", "*a *b", "... *b", "a...", "#..."),
    *("__a", "##a", "#_", "*3", "_3", "*a+1", "?a+1", "#"),
)
NEVER_MET = ("{n + 1} b", "(a + 1) b", "a + 1", "a = 4", "a; b", "a/ b", "[a b]", "min(a, b)")
ROWS = Float[torch.Tensor, "rows"]
ONE_MORE = Float[torch.Tensor, "rows+1"]
OPTIONAL = Float[torch.Tensor | None, "rows"]
SHAPES = ((), (2,), (2, 3), (2, 2), (4, 2), (2, 3, 4), (2, 1, 3), (2, 2, 2, 2))


def checked(*texts, result=None):
    hints = {f"x{place}": Float[torch.Tensor, text] for place, text in enumerate(texts)}
    names = ", ".join(hints)
    space: dict[str, object] = {}
    exec(f"def f({names}): return x0", space)  # noqa: S102 - as many parameters as texts
    function = space["f"]
    function.__annotations__ = dict(hints)
    if result is not None:
        function.__annotations__["return"] = Float[torch.Tensor, result]
    return jaxtyped(typechecker=beartype)(function)


def passes(function, *shapes) -> bool:
    try:
        function(*(torch.zeros(shape) for shape in shapes))
    except (jaxtyping.TypeCheckError, jaxtyping.AnnotationError):
        return False
    return True


@pytest.mark.parametrize("text", REFUSED)
def test_is_refused_when_it_is_evaluated(text):
    with pytest.raises(ValueError, match=r"\S"):
        Float[torch.Tensor, text]


@pytest.mark.parametrize("brackets", [torch.Tensor, (torch.Tensor, "a", "b")])
def test_takes_a_kind_and_one_string(brackets):
    with pytest.raises(ValueError, match="must now include both"):
        Float[brackets]


@pytest.mark.parametrize("brackets", [("a b", torch.Tensor), (torch.Tensor, ...)])
def test_takes_them_in_this_order_and_in_quotes(brackets):
    with pytest.raises(AttributeError):
        Float[brackets]


@pytest.mark.parametrize("text", NEVER_MET)
def test_what_is_cut_at_its_spaces_is_what_was_meant_for_no_shape(text):
    words = text.split()
    ranks = {len(shape) for shape in SHAPES if passes(checked(text), shape)}
    assert ranks <= {len(words)}


@pytest.mark.parametrize(
    ("texts", "result"),
    [
        (("a-1", "a"), None),
        (("a",), "b+1"),
        (("a",), "{n}"),
        (("a",), "torch.long"),
        (("?a",), None),
    ],
)
def test_cannot_be_computed(texts, result):
    function = checked(*texts, result=result)
    with pytest.raises(jaxtyping.AnnotationError):
        function(*(torch.zeros(2) for _ in texts))


def test_without_a_scope_no_axis_is_known():
    @beartype
    def f(x: ROWS) -> ONE_MORE:
        return torch.cat([x, x[:1]])

    with pytest.raises(jaxtyping.AnnotationError):
        f(torch.zeros(2))


def test_a_label_is_no_name():
    assert passes(checked("rows=4", "rows"), (4,), (7,))
    assert passes(checked("rows=4", "rows=5"), (4,), (5,))


def test_no_none_is_accepted_within_the_brackets():
    @jaxtyped(typechecker=beartype)
    def f(x: OPTIONAL):
        return x

    with pytest.raises(jaxtyping.TypeCheckError):
        f(None)


class Pair(NamedTuple):
    x: ROWS
    y: ROWS


@dataclass
class Plain:
    x: ROWS
    y: ROWS


@pytest.mark.parametrize("record", [Pair, Plain])
def test_nobody_looks_into_a_record(record):
    @jaxtyped(typechecker=beartype)
    def f(state: record):
        return state

    f(record(torch.zeros(2), torch.zeros(3, 1)))


def test_only_a_dataclass_is_checked_when_it_is_made():
    values = torch.zeros(2), torch.zeros(3, 1)
    jaxtyped(typechecker=beartype)(Pair)(*values)
    with pytest.raises(jaxtyping.TypeCheckError):
        jaxtyped(typechecker=beartype)(dataclass(type("D", (), dict(Plain.__dict__))))(*values)


@pytest.mark.filterwarnings("ignore:As of jaxtyping")
@pytest.mark.parametrize("given", [None, {}, {"typechecker": None}])
def test_a_scope_alone_compares_nothing(given):
    decorator = jaxtyped if given is None else jaxtyped(**given)

    @decorator
    def f(x: ROWS):
        return x

    f(torch.zeros(2, 3))


def test_one_member_of_a_list_is_looked_at():
    @jaxtyped(typechecker=beartype)
    def f(parts: list[ROWS]):
        return parts

    right, wrong = torch.zeros(2), torch.zeros(2, 3)
    assert any(_accepts(f, [right] * 19 + [wrong]) for _ in range(200))


def test_the_first_value_of_a_mapping_is_looked_at():
    @jaxtyped(typechecker=beartype)
    def f(parts: dict[str, ROWS]):
        return parts

    right, wrong = torch.zeros(2), torch.zeros(2, 3)
    assert not any(_accepts(f, {"a": wrong, "b": right}) for _ in range(20))
    assert all(_accepts(f, {"a": right, "b": wrong}) for _ in range(20))


def test_what_an_iterator_gives_is_not_looked_at():
    @jaxtyped(typechecker=beartype)
    def f() -> Iterator[ROWS]:
        yield torch.zeros(2, 3)

    assert len(list(f())) == 1


def test_a_name_for_static_checkers_switches_the_comparison_off():
    source = (
        "from __future__ import annotations\n"
        "from typing import TYPE_CHECKING\n"
        "from jaxtyping import jaxtyped\n"
        "from beartype import beartype\n"
        "import torch\n"
        "if TYPE_CHECKING:\n"
        "    from jaxtyping import Int\n"
        "@jaxtyped(typechecker=beartype)\n"
        "def f(x: Int[torch.Tensor, 'batch seq']): return x\n"
    )
    space: dict[str, object] = {"__name__": "static_only"}
    exec(source, space)  # noqa: S102 - a module of its own
    space["f"](torch.zeros(1))


@pytest.mark.parametrize("future", ["", "from __future__ import annotations\n"])
def test_annotations_that_are_strings_are_compared_as_others_are(future):
    hint = "Float[torch.Tensor, 'batch seq']"
    source = (
        f"{future}import torch\n"
        "from beartype import beartype\n"
        "from jaxtyping import Float, jaxtyped\n"
        "@jaxtyped(typechecker=beartype)\n"
        f"def f(x: {hint if future else repr(hint)}): return x\n"
    )
    space: dict[str, object] = {"__name__": "as_strings"}
    exec(source, space)  # noqa: S102 - a module of its own
    assert _accepts(space["f"], torch.zeros(2, 3))
    assert not _accepts(space["f"], torch.zeros(2))


def test_trees_cannot_be_named_without_jax():
    without = "import sys; sys.modules['jax'] = None; from jaxtyping import PyTree"
    done = subprocess.run([sys.executable, "-c", without], capture_output=True, check=False)
    assert b"ModuleNotFoundError" in done.stderr


def _accepts(function, value) -> bool:
    try:
        function(value)
    except jaxtyping.TypeCheckError:
        return False
    return True
