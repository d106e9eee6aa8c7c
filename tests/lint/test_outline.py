from __future__ import annotations

import ast
import sys
import textwrap
from pathlib import Path

import pytest

from shapeguard.lint.conditions import ASKED, DOUBTFUL
from shapeguard.lint.equal import Equal
from shapeguard.lint.marks import (
    CALLED_VALUE,
    CUT,
    OPERATOR,
    READ_BEHIND,
    STEPPED,
    SUBSCRIPT,
    TAKEN,
    UNPACKED,
)
from shapeguard.lint.outline import Outline
from shapeguard.lint.source import decode, parse_outline

ROOT = Path(__file__).parents[2]
BEFORE_3_12 = pytest.mark.skipif(sys.version_info >= (3, 12), reason="is not newer syntax there")


def outlined(text, name="pkg.module", shown="pkg/module.py"):
    source = decode(textwrap.dedent(text).encode(), Path(shown), shown)
    return Outline(source, parse_outline(source), name)


NESTED = """
    @decorated
    class Outer:
        field: int = 0

        @property
        def method(self):
            def inner():
                async def innermost(): ...
            class Local:
                def hidden(self): ...
            return lambda: inner

    if True:
        async def conditional(): ...
    else:
        def other(): ...

    try:
        def attempted(): ...
    finally:
        def always(): ...
    """


def test_every_function_is_listed_with_its_qualified_name():
    names = [function.qualname for function in outlined(NESTED).functions]
    assert names == [
        "conditional",
        "other",
        "attempted",
        "always",
        "Outer.method",
        "Outer.method.inner",
        "Outer.method.inner.innermost",
        "Outer.method.Local.hidden",
    ]


def test_methods_know_their_class_and_decorators():
    outline = outlined(NESTED)
    outer = outline.module.classes["Outer"]
    method = outer.methods["method"]
    assert method.owner is outer
    assert method.decorators == ("property",)
    assert outer.fields == {"field": "int"}
    assert repr(method) == "pkg.module.Outer.method"


@pytest.mark.parametrize(
    ("head", "record"),
    [
        ("class A(NamedTuple):", True),
        ("class A(typing.NamedTuple):", True),
        ("@dataclass\nclass A:", True),
        ("@dataclasses.dataclass(frozen=True)\nclass A:", True),
        ("class A(Generic[T]):", False),
        ("class A:", False),
    ],
)
def test_named_tuples_and_dataclasses_are_records(head, record):
    text = f"{head}\n    x: int\n    y: 'list[int]' = ()\n    z = 3\n"
    found = outlined(text).module.classes["A"]
    assert found.is_record is record
    assert list(found.fields) == ["x", "y"]


@pytest.mark.parametrize(
    ("bases", "expected"),
    [
        ("(Base, pkg.mod.Other)", ("Base", "pkg.mod.Other")),
        ("(Generic[T], metaclass=Meta)", ("Generic",)),
        ("(make_base(), *more)", ()),
        ("", ()),
    ],
)
def test_bases_are_kept_as_they_are_written(bases, expected):
    assert outlined(f"class A{bases}: ...\n").module.classes["A"].bases == expected


@pytest.mark.parametrize(
    ("line", "name", "target"),
    [
        ("import torch.nn.functional", "torch", "torch"),
        ("import torch.nn.functional as F", "F", "torch.nn.functional"),
        ("from torch import cat", "cat", "torch.cat"),
        ("from torch import cat as join", "join", "torch.cat"),
        ("from . import sibling", "sibling", "pkg.sibling"),
        ("from .sibling import f", "f", "pkg.sibling.f"),
        ("from ..top import f", "f", "top.f"),
    ],
)
def test_imports_are_absolute(line, name, target):
    text = f"{line}\n"
    assert outlined(text).module.imports[name].lstrip(".") == target


def test_a_package_is_relative_to_itself():
    outline = outlined("from .core import f\n", "pkg", "pkg/__init__.py")
    assert outline.module.imports == {"f": "pkg.core.f"}


def test_calls_are_the_last_names_of_what_is_called():
    text = """
        def f(x):
            a(b.c.d(x), key=e())
            (lambda: g())()
            table["key"]()
            def inner():
                h()
        """
    function = outlined(text).functions[0]
    assert function.calls == {"a", "d", "e", "g", "h", CALLED_VALUE}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if n: x = x[i]\n    return x + y", {CUT, OPERATOR}),
        ("x = x[i] if n else x\n    return x * y", {CUT, OPERATOR}),
        ("if n: x = x[i]\n    x += y\n    return x", {CUT, OPERATOR}),
        ("if n: x = x['key']\n    return x + y", {OPERATOR}),
        ("x = x[i]\n    return x + y", {OPERATOR}),
        ("if n: x = x[i]\n    return x", {CUT}),
        ("x = x[i]\n    return x", set()),
    ],
)
def test_operators_and_parts_taken_under_a_condition_leave_their_marks(body, expected):
    function = outlined(f"def f(x, y, i, n):\n    {body}\n").functions[0]
    assert {CUT, OPERATOR} & function.calls == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("x[i]", {SUBSCRIPT}),
        ("x[0], x[1:]", {SUBSCRIPT}),
        ("x['key']", set()),
        ("y: list[int] = x", set()),
        ("for y in x: pass\n    return y", {READ_BEHIND}),
        ("for i in x: y = i\n    return y", {READ_BEHIND}),
        ("for i in x:\n        n = i\n    n += 1", {READ_BEHIND}),
        ("for i in x:\n        n = i\n    else:\n        return n", {READ_BEHIND}),
        ("for i in x:\n        x = i\n    return x", set()),
        ("for y in x: pass\n    for y in x:\n        g(y)", set()),
        ("for y in x: pass\n    for z in y:\n        g(y)", {READ_BEHIND}),
        ("for y in x: pass\n    for y in x: pass\n    else:\n        g(y)", {READ_BEHIND}),
        ("for y in x: pass\n    for z in x:\n        for y in z:\n            g(y)", set()),
        (
            "for y in x: pass\n    for z in x:\n        g(y)\n        for y in z: pass",
            {READ_BEHIND},
        ),
        ("for y in x: pass\n    return [y for y in x if y]", set()),
        ("for y in x: pass\n    return [z for z in y]", {READ_BEHIND}),
        ("for y in x: pass\n    return {y: z for y in x for z in y}", set()),
        ("for y in x: pass\n    return {z: y for z in x}", {READ_BEHIND}),
        ("for y in x:\n        return y", set()),
        ("g = x.mean\n    return g(i)", {CALLED_VALUE}),
        ("return i(x)", {CALLED_VALUE}),
        ("return x[i](x)", {CALLED_VALUE, SUBSCRIPT}),
        ("return g()(x)", {CALLED_VALUE}),
        ("def g(): pass\n    return g(x)", set()),
        ("a, b = x", {UNPACKED}),
        ("a, b = x.shape", set()),
        ("a, b = x.size()", set()),
        ("a, b = x, i", set()),
        ("for a, b in x: pass", {UNPACKED}),
        ("for a, b in zip(x, i): pass", set()),
        ("x.pop(), x.pop(i), x.pop(0)", {TAKEN}),
        ("x.pop('key'), x.pop(f'{i}'), x.pop(i, None), x.pop(key=i), pop(x)", set()),
        ("x[f'{i}']", set()),
        ("range(0, i, x)", {STEPPED}),
        ("range(0, i, 2), range(i), range(*x)", set()),
    ],
)
def test_what_a_function_does_leaves_its_marks(lines, expected):
    function = outlined(f"def f(x: list[int], i) -> dict[str, int]:\n    {lines}\n").functions[0]
    marks = {CALLED_VALUE, READ_BEHIND, STEPPED, SUBSCRIPT, TAKEN, UNPACKED}
    assert marks & function.calls == expected


BOTH = {ASKED, DOUBTFUL}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("return x.shape == [1]", BOTH),
        ("assert x.size()", BOTH),
        ("if not x.any: pass", BOTH),
        ("return len(x) >= 0", BOTH),
        ("return len(x) > -1", BOTH),
        ("return x.shape[0] < i", BOTH),
        ("return len(x) > 0", {ASKED}),
        ("return x.size(0) == -1", {ASKED}),
        ("return len(x) == None", {ASKED}),
        ("return x > 0", set()),
        ("return i or 5", BOTH),
        ("return i or x or 5", BOTH),
        ("return i or 'a'", set()),
        ("return isinstance(i, int) or i", set()),
        ("return i or callable(i)", set()),
        ("return i and 5", set()),
        ("return i if i else x", BOTH),
        ("return i if x else i", set()),
        ("if not i: i = 5", BOTH),
        ("if not i: x = 5", set()),
        ("if not i: i = 5\n    else: x = 5", set()),
        ("if -i: i = 5", set()),
    ],
)
def test_a_condition_of_which_the_answer_may_be_known_leaves_its_mark(lines, expected):
    function = outlined(f"def f(x, i):\n    {lines}\n").functions[0]
    assert BOTH & function.calls == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a.rows > 0", {"a", "rows"}),
        ("len(a) and b", {"len", "a", "b"}),
        ("key in a.table", {"key", "a", "table"}),
        ("a is not None and len(b.rows)", {"len", "b", "rows"}),
        ("a is None or a.numel() == 0", {"a", "numel"}),
        ("isinstance(a, list) and hasattr(b, 'rows')", set()),
        ("a.mode == 'sum' or a.mode != \"mean\"", set()),
        ("a.mode == other", {"a", "mode", "other"}),
    ],
)
def test_what_a_condition_asks_more_than_what_something_is(condition, expected):
    function = outlined(f"def f(a, b, key, other):\n    if {condition}:\n        g()\n").functions[
        0
    ]
    assert function.shown.tests == expected


def test_no_tree_is_an_empty_outline():
    source = decode(b"def f(): ...\n", Path("a.py"), "a.py")
    assert Outline(source, None, "a").functions == []


@pytest.mark.parametrize(
    "name", ["lint/outline.py", "lint/flow/statements/loops.py", "report/html.py"]
)
def test_every_function_of_a_real_file_is_cut_out_and_parsed(name):
    path = ROOT / "shapeguard" / name
    source = decode(path.read_bytes(), path, path.name)
    tree = parse_outline(source)
    outline = Outline(source, tree, path.stem)
    found = {
        (node.name.value, outline.sources[function].span(node.name).start.row)
        for function in outline.functions
        if function.qualname  # the module itself has none
        for node in [function.parse()]
    }
    assert found == {
        (node.name, node.lineno) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
    }


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("try:\n    import fast\nexcept ImportError:\n    def f(): ...\n", "f"),
        ("match mode:\n    case 1:\n        def f(): ...\n", "f"),
        ("for name in names:\n    def f(): ...\n", "f"),
        ("class A:\n    class B:\n        def f(self): ...\n", "A.B.f"),
        ("def make():\n    class A:\n        def f(self): ...\n", "make.A.f"),
    ],
    ids=["in a handler", "in a case", "in a loop", "in a nested class", "in a local class"],
)
def test_functions_are_found_wherever_they_are_defined(text, name):
    assert name in [function.qualname for function in outlined(text).functions]


@pytest.mark.parametrize("folded", [False, True])
@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("é, x = 1, 2; name = 'ß'; y = 3", "'ß'"),
        ("ä = 0; name = 1, (2  # two\n    + 3), *z", "(1, 2 + 3, *z)"),
        ("name = (\n    torch  # a module\n    .float32\n)", "torch.float32"),
        ("name = 'a' \\\n    'b'", "'ab'"),
        ("name: int = [\f1]", "[1]"),
        ("name = [" + "0, " * 80 + "]", "..."),
        ("name: int", "..."),
    ],
)
def test_what_a_name_is_bound_to_is_written_out(written, text, folded):
    outline = outlined(f"import torch\r\n{written}\n")
    if folded:
        outline.source.fold()
    assert outline.module.constants["name"].text() == text


@pytest.mark.parametrize("folded", [False, True])
@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("def f():\n    try: ...\n    except A, B: ...\nname = Base", "Base"),
        (
            "def f():\n    try: ...\n    except A, B: print('é')\nname = ops.joined, 'é'",
            "(ops.joined, 'é')",
        ),
        pytest.param(
            'title = f"{\'é\' + "é"}"; name = Base', "Base", marks=BEFORE_3_12, id="in a text"
        ),
        pytest.param("type name = Base", "Base", marks=BEFORE_3_12, id="an alias"),
    ],
)
def test_beside_newer_syntax_as_well(written, text, folded):
    outline = outlined(f"{written}\n")
    if folded:
        outline.source.fold()
    assert outline.module.constants["name"].text() == text


def test_functions_that_show_the_same_have_it_once():
    first, second = (outlined("def f(x):\n    return x.g(), h(x)\n") for _ in range(2))
    known = Equal()
    for each in (first, second):
        known.share(each.functions)
    one, other = first.functions[0].shown, second.functions[0].shown
    assert one.calls is other.calls
    assert (one.sites, one.binds) == (other.sites, other.binds)
