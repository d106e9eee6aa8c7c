"""What a file is made of: which change is one of a function, and which one of what stands around it."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from shapeguard.lint.outline import Outline
from shapeguard.lint.pieces import Pieces, pieces_of, unpacked, words_of
from shapeguard.lint.snapshot import pieces_in
from shapeguard.lint.source import decode, parse_outline

TEXT = """\
'''What it is.'''
import torch

SIZE = 3

@torch.no_grad()
def joined(xs, *,
           dim=0):
    '''Join.'''

    # all of them
    def inner(x):
        return [x]
    return torch.cat(inner(xs), dim)

class Pool(torch.nn.Module):
    kept: list

    # how it begins
    def __init__(self, size=SIZE):
        self.size = size
        global LEFT
        LEFT = 1

    @property
    def wide(self): return self.size > 2

    @wide.setter
    def wide(self, value):
        self.size = value

    class Inner:
        def go(self):
            return self

if SIZE:
    def late(x):
        return x[0]
else:
    def late(x):
        yield x[1]
"""


def pieces(text):
    source = decode(text.encode(), Path("a.py"), "a.py")
    return pieces_of(Outline(source, parse_outline(source), "a"))


def changed(old, new):
    """Return which parts are not what they were where a text is replaced; the frame has no name."""
    assert old in TEXT
    before, after = pieces(TEXT), pieces(TEXT.replace(old, new, 1))
    names = before.parts.keys() | after.parts.keys()
    differing = {n for n in names if before.parts.get(n) != after.parts.get(n)}
    return differing | ({""} if before.frame != after.frame else set())


def but_faces(parts):
    """Leave out what functions show before they are executed."""
    return {each for each in parts if not each.startswith("~")}


def test_the_parts_of_a_file():
    functions = [
        "joined", "late", "late#1", "Pool.__init__", "Pool.wide", "Pool.wide#1", "Pool.Inner.go",
    ]  # fmt: skip
    found = pieces(TEXT)
    faces = [f"~{name}" for name in functions]
    assert [*found.parts] == ["=joined", "=late", "=Pool", *functions, *faces]
    assert [*found.lines] == functions
    assert found.lines["joined"] == (6, 14)


@pytest.mark.parametrize(
    ("old", "new", "function"),
    [
        ("torch.cat(inner(xs), dim)", "torch.stack(inner(xs), dim)", "joined"),
        ("[x]", "[x, x]", "joined"),
        ("'''Join.'''\n", "'''Join\n    all.'''\n", "joined"),
        ("self.size = size", "self.size = size + 1", "Pool.__init__"),
        ("self.size = value", "self.size = 2", "Pool.wide#1"),
        ("return self\n", "return None\n", "Pool.Inner.go"),
        ("x[0]", "x[2]", "late"),
        ("x[1]", "x[2]", "late#1"),
    ],
)
def test_what_stands_in_a_function_is_a_change_of_that_function_alone(old, new, function):
    assert but_faces(changed(old, new)) == {function}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\nSIZE", "\n# a comment\n\nSIZE"),
        ("    # how it begins\n", ""),
        ("    # how it begins\n", "    # how it begins,\n    # and why\n\n\n"),
    ],
)
def test_comments_and_empty_lines_between_functions_are_no_change(old, new):
    assert changed(old, new) == set()


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("import torch", "import torch, math", {""}),
        ("SIZE = 3", "SIZE = 4", {""}),
        ("if SIZE:", "if not SIZE:", {""}),
        ("global LEFT", "global SIZE", {"", "Pool.__init__"}),  # it is bound more than once
        ("kept: list", "kept: tuple", {"=Pool"}),
        ("(torch.nn.Module)", "(torch.nn.Linear)", {"=Pool"}),
        ("@torch.no_grad()", "@torch.enable_grad()", {"=joined", "joined"}),
        ("dim=0", "dim=1", {"=joined", "joined"}),
        ("self.size > 2", "self.size > 3", {"=Pool", "Pool.wide"}),  # on the line of its signature
        ("self.size = size", "self.large = size", {"=Pool", "Pool.__init__"}),  # what it sets
        ("yield x", "return x", {"=late", "late#1"}),
        ("if SIZE:", "def one(x): return x\n\nif SIZE:", {"=one", "one"}),
        (
            "    class Inner",
            "    def one(self): return self\n\n    class Inner",
            {"=Pool", "Pool.one"},
        ),
    ],
)
def test_what_is_told_without_a_look_at_a_body_is_a_change_of_the_name_or_of_the_frame(
    old, new, parts
):
    assert but_faces(changed(old, new)) == parts


@pytest.mark.parametrize(
    ("old", "new", "function"),
    [
        ("return [x]", "return [x, 1]", None),
        ("'''Join.'''", "'''Join every.'''", "joined"),  # any word of it may be a name
        ("torch.cat(inner(xs), dim)", "torch.stack(inner(xs), dim)", "joined"),
        ("return [x]", "return x[0]", "joined"),
        ("LEFT = 1", "SIZE = 1", "Pool.__init__"),
        ("return self\n", "import math as self\n", "Pool.Inner.go"),
    ],
)
def test_the_face_of_a_function(old, new, function):
    faces = changed(old, new) - but_faces(changed(old, new))
    assert faces == ({f"~{function}"} if function else set())


def test_what_a_function_imports_is_on_its_face():
    text = "def f():\n    from {0} import one as two, {1} as three\n"
    one, other = pieces(text.format("one", "two")), pieces(text.format("two", "one"))
    assert one.parts["~f"] != other.parts["~f"]


def test_words():
    """What is called counts as it is called, whatever stands between a name and its bracket.

    Each word is told with the parts in which it stands, and with the functions that call it or ask.
    """
    text = """\
        def f(xs):
            if len (xs) and self.kept: return g\\
        (xs[0])
            def h(): return g(xs)

        h(1)
        """
    found = words_of(pieces(textwrap.dedent(text)))
    assert found == {
        "def f(": ["\t=", "f\t="],
        "f(": ["\t=", "f\t="],
        "len(": ["f\t0"],
        "g(": ["f\t=\t0\t1"],
        "xs[": ["f\t="],
        "def h(": ["f\t="],
        "h(": ["\t=\t0", "f\t="],
        "xs?": ["f\t0"],
        "len?": ["f\t0"],
        "self?": ["f\t0"],
        "kept?": ["f\t0"],
    }


def test_what_is_packed_is_what_it_was():
    found = pieces(TEXT)
    assert unpacked(found.packed()) == found
    assert unpacked(b"") is None
    assert unpacked(b"broken") is None


def test_a_file_that_cannot_be_parsed_is_made_of_nothing_that_is_known(tmp_path):
    assert pieces_in(tmp_path / "a.py", b"def f(:") == b""
    assert pieces_in(tmp_path / "a.py", b"\xff") == b""
    assert isinstance(
        unpacked(pieces_in(tmp_path / "a.py", textwrap.dedent(TEXT).encode())), Pieces
    )
