from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapeguard.finding import Position, Span
from shapeguard.report import columns
from shapeguard.report.sources import Sources

LINES = st.text(alphabet=st.characters(codec=None, exclude_characters="\r\n"))


@pytest.mark.parametrize(
    ("line", "column", "utf8", "utf16"),
    [
        ("x = 1", 5, 5, 5),
        ("a\U00010400b", 3, 6, 4),  # the example of reviewdog's definition
        ("'\U0001f600\U0001f600', y", 7, 13, 9),
        ("e\u0301 = x", 4, 5, 4),  # a combining character is a code point of its own
        ("\u4e2d\u6587 = x", 4, 8, 4),
        ("\tx", 2, 2, 2),
        ("\U0001f600", 2, 5, 3),  # the end of the line
        ("\U0001f600", 5, 8, 6),  # past it
        ("", 9, 9, 9),
        ("x", 0, 1, 1),
        ("x", -3, 1, 1),
        ("\udcff=", 2, 4, 2),
    ],
)
def test_columns_in_other_units(line, column, utf8, utf16):
    assert columns.utf8(line, column) == utf8
    assert columns.utf16(line, column) == utf16
    assert columns.utf16_offset(line, column) == utf16 - 1


@given(LINES, st.data())
def test_what_is_before_a_column_is_what_its_units_hold(line, data):
    before = data.draw(st.integers(0, len(line)))
    in_bytes = line.encode("utf-8", "surrogatepass")[: columns.utf8(line, before + 1) - 1]
    # Two surrogates of a text become one character on the way back; their bytes are the same.
    units = line.encode("utf-16-le", "surrogatepass")[: 2 * columns.utf16_offset(line, before + 1)]
    assert in_bytes.decode("utf-8", "surrogatepass") == line[:before]
    assert units == line[:before].encode("utf-16-le", "surrogatepass")


@given(LINES, st.integers(-2, 50))
def test_a_later_column_is_never_before(line, column):
    for unit in (columns.utf8, columns.utf16):
        assert 1 <= unit(line, column) <= unit(line, column + 1)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_neither_line_ends_nor_a_byte_order_mark_count(tmp_path, mark, end):
    text = f"{mark}# \U0001f600 x{end}# \u00e9 y{end}"
    (tmp_path / "a.py").write_bytes(text.encode())
    sources = Sources(tmp_path)
    first = columns.line_at(Position(1, 5), "a.py", sources)
    second = columns.line_at(Position(2, 5), "a.py", sources)
    assert (first, columns.utf8(first, 5), columns.utf16(first, 5)) == ("# \U0001f600 x", 8, 6)
    assert (second, columns.utf8(second, 5), columns.utf16(second, 5)) == ("# \u00e9 y", 6, 5)


def test_lines_that_are_not_known_are_empty(tmp_path):
    (tmp_path / "a.py").write_text("x\n")
    sources = Sources(tmp_path)
    assert columns.line_at(Position(1, 1), "a.py", sources) == "x"
    for filename, row in (("a.py", 0), ("a.py", 2), ("a.py", -1), ("gone.py", 1)):
        assert columns.line_at(Position(row, 1), filename, sources) == ""


def test_an_extent_has_a_real_end():
    def extent(*numbers):
        row, column, end_row, end_column = numbers
        real = columns.extent(Span("a", Position(row, column), Position(end_row, end_column)))
        return (real.start.row, real.start.column, real.end.row, real.end.column)

    assert extent(3, 5, 4, 1) == (3, 5, 4, 1)
    assert extent(3, 5, 3, 2) == (3, 5, 3, 5)
    assert extent(3, 5, 2, 9) == (3, 5, 3, 5)
    assert extent(0, 0, 0, 0) == (1, 1, 1, 1)
