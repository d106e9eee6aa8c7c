"""Names that are built of expressions: an attribute, a call or a subscript follows a primary."""

from __future__ import annotations

import pytest
from test_agreement import witnesses

from shapeguard.lint.flow.syntax.texts import bare, primary


@pytest.mark.parametrize(
    "text", ["x", "a.b[i].size(0)", "f(x + 1)", "(x > 0).nonzero()", "(a + b)", "x[a > 0, :]"]
)
def test_a_primary_stays_as_it_is(text):
    assert primary(text) == text


@pytest.mark.parametrize(
    "text", ["x > 0", "~x", "-n", "(a) + (b)", "f(x) + 1", "not x", "a if b else c"]
)
def test_anything_else_gets_parentheses(text):
    assert primary(text) == f"({text})"
    assert primary(primary(text)) == f"({text})"


@pytest.mark.parametrize(("text", "inner"), [("((a))", "a"), ("(a) + (b)", "(a) + (b)")])
def test_parentheses_around_all_of_it(text, inner):
    assert bare(text) == inner


@pytest.mark.parametrize(
    ("made", "guard", "shown"),
    [
        ("(x > 0).nonzero().unique()", "len(p) > 0", "len((x > 0).nonzero().unique())=0"),
        ("(x + y).unique()", "len(p) > 0", "len((x + y).unique())=0"),
        ("(x > 0).flatten().nonzero().squeeze(1)", "p.numel() > 0", "(x > 0).sum()=0"),
    ],
)
def test_a_witness_reads_as_the_program_does(tmp_path, made, guard, shown):
    body = f"p = {made}\na = x[p]\nif {guard}:\n    y = y[p]\ntorch.cat([a, y], 1)"
    (text,) = witnesses(tmp_path, "x: Tensor, y: Tensor):\n", body)
    assert text.startswith(f"{shown} →")
