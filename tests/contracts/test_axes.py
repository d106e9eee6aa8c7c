from __future__ import annotations

import pytest

from shapeguard.contracts.axes import (
    Axis,
    AxisKind,
    axis_names,
    parse_axes,
    parse_words,
    substitute,
)
from shapeguard.errors import ContractDefinitionError


def test_every_kind_of_axis_is_read():
    assert parse_axes("batch #heads 4 _ _name keys+1 {channels}*batch rows=3 *rest") == (
        Axis(AxisKind.NAMED, "batch"),
        Axis(AxisKind.NAMED, "heads", broadcast=True),
        Axis(AxisKind.FIXED, size=4),
        Axis(AxisKind.ANONYMOUS),
        Axis(AxisKind.ANONYMOUS),
        Axis(AxisKind.EXPRESSION, "keys+1"),
        Axis(AxisKind.EXPRESSION, "{channels}*batch"),
        Axis(AxisKind.FIXED, size=3),
        Axis(AxisKind.NAMED, "rest", variadic=True),
    )


def test_an_axis_is_written_as_it_was_read():
    text = "batch #heads 4 _ keys+1 *rest"
    assert " ".join(map(str, parse_axes(text))) == text
    assert str(parse_axes("...")[0]) == "..."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("batch,keys", "separated by spaces"),
        ("... *rest", "only one of its words"),
        ("##batch", "a prefix that contracts do not know"),
        ("?batch", "a prefix that contracts do not know"),
        ("*4", "cannot read '*4'"),
        ("#_", "demands nothing"),
    ],
)
def test_what_the_language_lacks_is_refused(text, said):
    with pytest.raises(ContractDefinitionError) as caught:
        parse_axes(text)
    assert said in str(caught.value)


def test_other_words_replace_names_and_keep_their_marks():
    axes = parse_axes("batch #queries keys _")
    replaced = substitute(axes, parse_words("batch=sum(batch) queries=1 keys=keys+prefix"))
    assert " ".join(map(str, replaced)) == "sum(batch) #1 keys+prefix _"


def test_a_name_can_be_replaced_by_an_anonymous_axis():
    assert axis_names(substitute(parse_axes("batch dim"), {"batch": "_"})) == {"dim"}


@pytest.mark.parametrize("text", ["batch", "batch=", "=rows", "2=rows"])
def test_a_malformed_replacement_is_refused(text):
    with pytest.raises(ContractDefinitionError, match="name=axis"):
        parse_words(text)
