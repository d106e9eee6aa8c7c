from __future__ import annotations

import pytest

from shapeguard.finding import Operand, Witness
from shapeguard.report.words import count, gist, table, web_address


@pytest.mark.parametrize(
    ("operands", "states"),
    [
        pytest.param(
            [Operand("a", (2, 4)), Operand("b", (1, 4))],
            [["conflict", ""], ["conflict", ""]],
            id="the only difference",
        ),
        pytest.param(
            [Operand("a", (2, 4)), Operand("b", (1, 7))],
            [["", ""], ["", ""]],
            id="two differences, one of them by right",
        ),
        pytest.param(
            [Operand("a", (2, 4)), Operand("b", (0, 7))],
            [["conflict", ""], ["empty", ""]],
            id="an empty one",
        ),
        pytest.param(
            [Operand("a", (2, 4), ("batch", "keys")), Operand("b", (1, 7), ("batch", "seq"))],
            [["conflict", ""], ["conflict", ""]],
            id="the same name",
        ),
        pytest.param(
            [Operand("a", (2,), ("n",)), Operand("b", (3, 5), ("", "n"))],
            [["conflict"], ["", "conflict"]],
            id="the same name at another place",
        ),
        pytest.param(
            [Operand("a", (2, 3)), Operand("b", (2, 3))], [["", ""], ["", ""]], id="no difference"
        ),
        pytest.param(
            [Operand("a", (2, 4), ("2", "·")), Operand("b", (0, 0), ("0", "·"))],
            [["conflict", "unknown"], ["empty", "unknown"]],
            id="any size",
        ),
        pytest.param([Operand("a", (0,), ("n", "..."))], [["empty", "unknown"]], id="unknown rank"),
    ],
)
def test_what_a_witness_marks(operands, states):
    rows = table(Witness((), tuple(operands), ""))
    assert [[cell.state for cell in cells] for _, cells in rows] == states


def test_counts_are_words():
    assert [count(n, "file") for n in (0, 1, 1234)] == ["0 files", "1 file", "1,234 files"]


def test_a_witness_does_not_say_again_what_the_message_says():
    witness = Witness((("n", (2, 0)),), (), "n is 0")
    assert gist(witness, "it breaks") == "n is 0"
    assert gist(witness, "it breaks, n is 0") == "n = [2, 0]"


@pytest.mark.parametrize("url", ["http://a.b", "https://a.b/c?d=e#f"])
def test_addresses_that_a_reader_can_be_sent_to(url):
    assert web_address(url) == url


@pytest.mark.parametrize(
    "url",
    [None, "", "a.b", "//a.b", "#f", "javascript:alert(1)", "file:///a", "https://", "https://[",
     "https://a.b/ c", "https://a.b/>", "https://a.b/\u4e2d", "https://a.b/\n"],
)  # fmt: skip
def test_addresses_that_are_none(url):
    assert web_address(url) is None
