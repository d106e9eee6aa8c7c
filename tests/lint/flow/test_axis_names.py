from __future__ import annotations

import textwrap

import pytest
from flow_observation import observed, only

from shapeguard.lint.flow.domain.algebra import operation, times
from shapeguard.lint.flow.domain.tensors import Kind, Tensor
from shapeguard.lint.flow.domain.terms import ONE, number
from shapeguard.lint.flow.domain.values import Choice, Int, Missing
from shapeguard.lint.flow.events import Join
from shapeguard.lint.flow.evidence.emptiness import may_be_empty
from shapeguard.lint.flow.interpreter import analyse_function
from shapeguard.lint.packs import load_models
from shapeguard.lint.project import Project


def test_one_name_is_one_extent_in_all_parameters(tmp_path):
    text = """
        def f(x: Float[Tensor, "batch seq dim"], y: Int[Tensor, "batch"], z: Bool[Tensor, "seq _"]):
            observe([x.shape[0], y.shape[0], x.shape[1], z.shape[0], z.shape[1], x, z])
        """
    batch, rows, seq, other, free, x, z = only(observed(tmp_path, text))
    assert batch == rows
    assert seq == other
    assert free not in (batch, seq)
    assert isinstance(x, Tensor)
    assert x.rank == 3
    assert isinstance(z, Tensor)
    assert z.trait(Kind.MASK) is not None


def test_axes_behind_a_variadic_one_count_from_the_end(tmp_path):
    text = """
        def f(x: Float[Tensor, "batch *more dim"], y: Shaped[Tensor, "... dim"]):
            observe([x.shape[0], x.shape[-1], y.shape[-1], x])
        """
    batch, last, other, x = only(observed(tmp_path, text))
    assert last == other != batch
    assert isinstance(x, Tensor)
    assert x.rank is None


def test_numbers_and_expressions_are_extents_too(tmp_path):
    text = """
        def f(x: Float[Tensor, "n 4 n+1 2*n n//2"]):
            observe([x.shape[0], x.shape[1], x.shape[2], x.shape[3], x.shape[4]])
        """
    n, four, more, twice, half = (
        each.term for each in only(observed(tmp_path, text)) if isinstance(each, Int)
    )
    assert four == number(4)
    assert more == n + ONE
    assert twice == times(number(2), n)
    assert half == operation("quotient", n, number(2))


def test_an_axis_that_broadcasts_is_not_the_one_of_that_name(tmp_path):
    text = """
        def f(x: Float[Tensor, "batch"], y: Float[Tensor, "#batch"]):
            observe([x.shape[0], y.shape[0]])
        """
    batch, one = only(observed(tmp_path, text))
    assert batch != one


@pytest.mark.parametrize(
    "annotation",
    ['Float[Tensor, "n"] | None', 'Optional[Float[Tensor, "n"]]', "\"Float[Tensor, 'n'] | None\""],
)
def test_an_optional_tensor_is_none_or_has_these_axes(tmp_path, annotation):
    text = f"""
        def f(n: Float[Tensor, "n"], x: {annotation}):
            observe([n.shape[0], x])
            if x is not None:
                observe([n.shape[0], x.shape[0]])
        """
    first, second = observed(tmp_path, text)
    assert isinstance(first.operands[1], Choice)
    assert Missing() in [leaf for _, leaf in first.operands[1].alternatives]
    assert second.operands[0] == second.operands[1]


def test_a_name_for_an_annotation_stands_for_it(tmp_path):
    text = """
        Rows = Float[Tensor, "rows dim"]

        def f(x: Rows, y: Rows):
            observe([x.shape[0], y.shape[0]])
        """
    one, other = only(observed(tmp_path, text))
    assert one == other


def test_fields_of_one_object_share_names_and_objects_do_not(tmp_path):
    text = """
        class State(NamedTuple):
            keys: Float[Tensor, "batch keys"]
            mask: Bool[Tensor, "batch keys"]

        def f(a: State, b: State):
            observe([a.keys.shape[0], a.mask.shape[0], b.keys.shape[0]])
        """
    keys, mask, other = only(observed(tmp_path, text))
    assert keys == mask != other


@pytest.mark.parametrize(("names", "found"), [(frozenset({"share"}), True), (frozenset(), False)])
def test_configuration_says_which_axes_may_be_empty(tmp_path, names, found):
    source = """
        def f(x: Float[Tensor, "share dim"]):
            return torch.cat([x, x], dim=1)
        """
    (tmp_path / "module.py").write_text(textwrap.dedent(source), "utf-8")
    project = Project(tmp_path, lambda path: path.name, names)
    outline = project.outline(tmp_path / "module.py")
    assert outline is not None
    joins: list[Join] = []
    analyse_function(
        project,
        load_models(),
        outline.functions[0],
        lambda event: joins.append(event) if isinstance(event, Join) else None,
    )
    (join,) = joins
    evidence = may_be_empty(join.operands[0], join.moment, 0)
    assert (evidence is not None) == found
    if evidence is not None:
        assert evidence.reason == "`empty-axes` says that `share` may be 0"
