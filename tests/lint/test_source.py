from __future__ import annotations

import codecs
from pathlib import Path

import libcst as cst
import pytest

from shapeguard.finding import Position
from shapeguard.lint.outline import Outline
from shapeguard.lint.project import Project
from shapeguard.lint.source import SourceFile, UnreadableError, decode, parse_outline

BODY = "def f(x):\n    return x\n"


def source_of(data):
    return decode(data.encode() if isinstance(data, str) else data, Path("a.py"), "a.py")


def outlined(data):
    source = source_of(data)
    return Outline(source, parse_outline(source), "a")


# --- decoding ---


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\n", "x = 1\n"),
        (codecs.BOM_UTF8 + b"x = 1\n", "x = 1\n"),
        ("x = 'é'\n".encode(), "x = 'é'\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (b"#!python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n", "x = '€'\n"),
        (codecs.BOM_UTF8 + b"# coding: utf-8\nx = 1\n", "# coding: utf-8\nx = 1\n"),
        (b"", ""),
    ],
    ids=["ascii", "mark", "utf-8", "latin-1", "second line", "mark and cookie", "empty"],
)
def test_bytes_are_decoded_as_python_does(data, text):
    assert source_of(data).text.endswith(text)


@pytest.mark.parametrize(
    ("data", "message", "position"),
    [
        (b"x = 1\ny = '\xe9'\n", "cannot be decoded as utf-8: ", (2, 6)),
        (b"\xff\xfex\x00", "cannot be decoded: ", (1, 1)),
        (b"# coding: nonsense\nx = 1\n", "cannot be decoded: unknown encoding", (1, 1)),
        (codecs.BOM_UTF8 + b"# coding: latin-1\nx\n", "cannot be decoded: ", (1, 1)),
        (b"# coding: ascii\nx = '\xc3'\n", "cannot be decoded as ascii: ", (2, 6)),
    ],
    ids=["utf-8", "utf-16", "unknown", "contradiction", "ascii"],
)
def test_what_cannot_be_decoded_is_said_with_its_place(data, message, position):
    with pytest.raises(UnreadableError) as caught:
        source_of(data)
    assert str(caught.value).startswith(message)
    assert caught.value.position == Position(*position)


def test_lines_keep_their_endings():
    source = source_of("a\nb\r\nc\rd\x0ce\x0b\u2028f")
    assert source.lines == ["a\n", "b\r\n", "c\r", "d\x0ce\x0b\u2028f"]
    assert source.segment(2, 3) == "b\r\nc\r"


def test_a_file_is_read_from_disk(tmp_path):
    (tmp_path / "a.py").write_bytes(codecs.BOM_UTF8 + b"x = 1\r\n")
    project = Project(tmp_path, str)
    assert project.read(tmp_path / "a.py").source.text == "x = 1\r\n"
    with pytest.raises(OSError, match=r"absent\.py"):
        project.read(tmp_path / "absent.py")


# --- parsing ---


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("x = (\n", (1, 5)),
        ("x = 1\n  y = 2\n", (2, 1)),
        ("def f(:\n    pass\n", (1, 7)),
        ("print 'x'\n", (1, 1)),
        ("x = 'abc\n", (1, 5)),
        ("if x:\n\ty\n        z\n", (3, 10)),
        ("ä = '€' 😀\n", (1, 9)),
    ],
)
def test_a_syntax_error_has_a_place(text, position):
    with pytest.raises(UnreadableError, match="cannot be parsed: ") as caught:
        parse_outline(source_of(text))
    assert caught.value.position.row == position[0]
    assert caught.value.position.column >= 1


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\x00\n",
        "x = " + "-" * 100_000 + "1\n",
        "x = 1\n\x1a\n",
        "\x00",
    ],
    ids=["null", "100000 signs", "substitute", "null alone"],
)
def test_hostile_text_is_unreadable_and_never_a_crash(text):
    with pytest.raises(UnreadableError, match="cannot be parsed: "):
        parse_outline(source_of(text))


def test_the_reason_is_said_where_python_gives_none():
    with pytest.raises(UnreadableError) as caught:
        parse_outline(source_of("x = " + "-" * 100_000 + "1\n"))
    assert str(caught.value).removeprefix("cannot be parsed:").strip()


def test_brackets_deeper_than_this_python_reads_are_no_error():
    assert parse_outline(source_of("x = " + "[" * 250 + "]" * 250 + "\n")) is None


@pytest.mark.parametrize(
    "text",
    [
        "def f[T: int](x: T) -> T: ...\n",
        "type Pair[T] = tuple[T, T]\n",
        "class A[T]: ...\n",
        'x = f"{"a" + "b"}"\n',
        "x = f'{a!r:{width}}'\n",
        "try:\n    pass\nexcept* ValueError:\n    pass\n",
    ],
    ids=["695 function", "695 alias", "695 class", "701", "nested format", "654"],
)
def test_newer_syntax_is_accepted_whatever_runs_the_tool(text):
    parse_outline(source_of(text))


def test_defaults_of_type_parameters_are_accepted():
    assert parse_outline(source_of("def f[T = int](x: T): ...\n")) is not None


@pytest.mark.parametrize(
    "text",
    [
        'if x is "a": pass\n',
        'x = "\\d"\n',
    ],
)
def test_a_warning_about_syntax_is_not_shown(text, recwarn):
    parse_outline(source_of(text))
    assert not recwarn.list


# --- places ---


def place_of(data, wanted, name="f"):
    """Return the span of the first node of a function whose text is ``wanted``."""
    outline = outlined(data)
    function = next(each for each in outline.functions if each.name == name)
    pending = [function.parse()]
    while pending:
        node = pending.pop(0)
        if cst.Module([]).code_for_node(node) == wanted:
            return outline.sources[function].span(node)
        pending.extend(node.children)
    raise LookupError(wanted)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("def f(x):\n    return g(x)\n", (2, 12), (2, 16)),
        ("class A:\n    def f(self):\n        return g(x)\n", (3, 16), (3, 20)),
        ("class A:\n\tdef f(self):\n\t\treturn g(x)\n", (3, 10), (3, 14)),
        ("@a\n@b(1,\n   2)\ndef f(x): return g(x)\n", (4, 18), (4, 22)),
        ("class A:\n    @a\n\n    # why\n    async def f(self):\n        g(x)\n", (6, 9), (6, 13)),
        ("x = 1\r\n\r\ndef f(x):\r\n    g(x)\r\n", (4, 5), (4, 9)),
        ("def f(x):\r    g(x)\r", (2, 5), (2, 9)),
        ("def f(x):\n    a, b = '😀€', g(x)\n", (2, 18), (2, 22)),
        ("class Ä:\n    def f(self):\n        '''😀\n        '''; g(x)\n", (4, 14), (4, 18)),
        ("x = 1\n\x0c\ndef f(x):\n\x0c\n    g(x)\n", (5, 5), (5, 9)),
        ("def outer():\n    def f(x):\n        g(x)\n    return f\n", (3, 9), (3, 13)),
        ("if a:\n  if b:\n    def f(x):\n        g(x)\n", (4, 9), (4, 13)),
        ("def f(x):\n    return \\\n        g(x)", (3, 9), (3, 13)),
        ("\ufeffdef f(x): g(x)\n", (1, 11), (1, 15)),
    ],
    ids=[
        "function",
        "method",
        "tabs",
        "decorators",
        "async method with comments",
        "carriage returns and line feeds",
        "carriage returns",
        "beyond the basic plane",
        "docstring of many lines",
        "form feeds between lines",
        "nested function",
        "indented block",
        "continued line without end",
        "byte order mark",
    ],
)
def test_places_are_rows_and_columns_of_the_file(text, start, end):
    span = place_of(text, "g(x)")
    assert (span.start, span.end) == (Position(*start), Position(*end))
    assert span.filename == "a.py"


def test_a_form_feed_is_no_indentation():
    assert place_of("\x0cdef f(x):\n    g(x)\n", "g(x)").start == Position(2, 5)


def test_rows_agree_with_the_lines_of_the_file():
    text = "class A:\n" + "".join(f"    def f{i}(self):\n        g({i})\n\n" for i in range(20))
    lines = text.splitlines()
    for i in range(20):
        span = place_of(text, f"g({i})", f"f{i}")
        assert lines[span.start.row - 1][span.start.column - 1 : span.end.column - 1] == f"g({i})"


def test_a_function_is_parsed_once():
    outline = outlined(BODY)
    (function,) = outline.functions
    assert function.parse() is function.parse()


@pytest.mark.parametrize("text", ["", "a\r\nb\rc\fd", "é = '\ud800'\n", "x\n" * 2_000])
def test_a_folded_text_is_the_same(text):
    source = SourceFile(Path("a.py"), "a.py", text)
    before = source.text, source.lines, source.segment(1, 2)
    source.fold()
    assert (source.text, source.lines, source.segment(1, 2)) == before
