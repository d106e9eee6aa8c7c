"""Where the bars of a witness lie, and what is said of them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from shapeguard.finding import Operand, Witness
from shapeguard.report.html_picture import picture, rows_of_shares
from shapeguard.report.html_shares import divided, said_of_empty, scale_of

MANY = (3, 0, 1, 2) * 16


def split(*extents):
    return picture(Witness((("sizes", extents),), (), ""))


@pytest.mark.parametrize(
    "extents",
    [(2, 0), (0, 2), (1, 1, 1), (100_000, 1, 0, 7), MANY, (10**400, 1, 0), (-1, 2), (0, 5, 0)],
)
def test_shares_lie_side_by_side_and_fill_the_bar(extents):
    shares = divided(extents)
    assert shares[0].x == 0
    for left, right in pairwise(shares):
        assert left.x + left.width == pytest.approx(right.x, abs=0.02)
    assert shares[-1].x + shares[-1].width == pytest.approx(100, abs=0.1)
    assert min(share.width for share in shares) >= 1


def test_a_larger_share_is_wider_and_an_empty_one_is_marked():
    one, three, none = divided((1, 3, 0))
    assert none.width < one.width < three.width
    assert [share.state for share in (one, three, none)] == ["", "", "empty"]
    assert [share.label for share in (one, three, none)] == ["share 0", "share 1", "2"]


def test_many_shares_are_drawn_as_some_and_the_rest():
    shares = divided(MANY)
    assert len(shares) < 24
    drawn = [share for share in shares if share.state != "more"]
    rest = [share for share in shares if share.state == "more"]
    assert sum(share.extent for share in shares) == sum(MANY)
    assert drawn[0].text == "3"
    assert any(share.text.endswith(" more") for share in rest)


@pytest.mark.parametrize("extents", [(2, 0), (0, 2), (4, 0, 3), (100_000, 1, 0, 7), (0, 0)])
def test_rows_lie_where_their_shares_do(extents):
    scale = scale_of(extents)
    assert scale.total == sum(extents)
    places = [scale.at(row) for row in range(0, scale.total + 1, max(1, scale.total // 9))]
    assert places == sorted(places)
    row = 0
    for share in divided(extents):
        if share.extent:
            assert scale.at(row) <= share.x + 0.01 or row
            row += share.extent
            assert scale.at(row) == pytest.approx(share.x + share.width, abs=0.02)


@pytest.mark.parametrize(
    ("extents", "said"),
    [
        ((2, 1), ""),
        ((), ""),
        ((2, 0), "share 1 is empty"),
        ((0, 2, 0), "shares 0 and 2 are empty"),
        ((0, 0, 0), "shares 0, 1 and 2 are empty"),
        ((0,) * 9, "9 shares are empty"),
    ],
)
def test_what_is_said_of_empty_shares(extents, said):
    assert said_of_empty(extents) == said


def test_operands_are_drawn_on_the_scale_of_the_batch():
    operands = (Operand("prefix", (2, 4)), Operand("keys", (0, 4)))
    shares, axis = picture(Witness((("sizes", (2, 0)),), operands, "")).groups
    first, empty = shares.rows[0].bars
    prefix, keys = axis.rows
    assert [(bar.x, bar.width) for bar in prefix.bars] == [(first.x, first.width)]
    assert [bar.state for bar in keys.bars] == ["empty", "ghost"]
    assert keys.bars[0].width == empty.width
    assert axis.caption == "axis 0: prefix has 2, keys has 0"
    assert axis.sign == "2 ≠ 0"
    assert prefix.lines == keys.lines == (0, first.width)


def test_an_axis_on_which_all_agree_is_not_drawn():
    operands = (Operand("a", (3, 4)), Operand("b", (3, 5)))
    (axis,) = picture(Witness((), operands, "")).groups
    assert axis.caption == "axis 1: a has 4, b has 5"
    assert picture(Witness((), (Operand("a", (3, 4)), Operand("b", (3, 4))), "")).groups == ()


def test_single_numbers_are_bars_unless_they_are_places_or_operands_are_there():
    sizes = (("len(sizes)", (2,)), ("len(layers)", (3,)), ("i", (1,)), ("part.start", (2,)))
    alone = picture(Witness(sizes, (), ""))
    (group,) = alone.groups
    assert [len(row.bars) for row in group.rows] == [2, 3]
    assert group.caption == "len(sizes) is 2, len(layers) is 3"
    assert alone.given == ("i = 1", "part.start = 2")
    many = tuple((f"axis{i}", (i,)) for i in range(1, 5))
    assert picture(Witness(many, (), "")).groups == ()
    beside = picture(Witness(sizes, (Operand("a", (3,)),), ""))
    assert beside.groups == ()
    assert len(beside.given) == 4


def test_text_that_only_repeats_the_sizes_is_left_out():
    sizes = (("sizes", (2, 0)), ("i", (1,)))
    assert picture(Witness(sizes, (), "sizes=[2, 0], i=1")).text == ""
    assert picture(Witness(sizes, (), "sizes=[2, 0], i=1 → x")).text == "sizes=[2, 0], i=1 → x"
    assert split().given == ("sizes = []",)


def test_rows_that_are_wrong_are_marked_below_their_shares():
    group = rows_of_shares("batch_sizes", (2, 0, 1), (1, 2))
    shares, rows = group.rows
    assert [bar.state for bar in rows.bars] == ["", "conflict", "conflict"]
    assert rows.bars[2].x + rows.bars[2].width == pytest.approx(100)
    assert group.sign == "share 1 is empty · wrong: rows 1, 2"
    assert shares.name == "batch_sizes"
    assert len(rows_of_shares("batch_sizes", (2, 0), (5,)).rows) == 1


def test_axes_of_one_name_meet_wherever_they_stand():
    operands = (Operand("a", (2,), ("n",)), Operand("b", (3, 5), ("", "n")))
    (group,) = picture(Witness((), operands, "")).groups
    assert (group.caption, group.sign) == ("n: a has 2, b has 5", "2 ≠ 5")


def test_a_name_that_stands_twice_in_each_is_compared_place_by_place():
    operands = (Operand("a", (2, 3), ("n", "n")), Operand("b", (2, 4), ("n", "n")))
    groups = picture(Witness((), operands, "")).groups
    assert [group.caption for group in groups] == [
        "axis 0 (n): a has 2, b has 2",
        "axis 1 (n): a has 3, b has 4",
    ]
