from __future__ import annotations

import ast

import pytest

from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check
from shapeguard.lint.newer import hidden

NEWER = {
    "a generic function": ("def f[T: int = int, *Ts, **P](x: T): ...\n", "def f(x: T): ...\n"),
    "a generic class": ("class A[T](B[T]):\n    x: T\n", "class A(B[T]):\n    x: T\n"),
    "parameters on several lines": ("def f[\n    T,  # any\n](x): ...\n", "def f(x): ...\n"),
    "an alias of a type": ("type Rows[T] = list[T]\n", "Rows = list[T]\n"),
    "an alias on several lines": ("type Rows = (\n    int\n)\n", "pass\n"),
    "quotes in an f-string": ('x = f"{d["a"]}" + \'b\'\n', "x = '' + 'b'\n"),
    "a template": ("x = t'{a}'\n", "x = ''\n"),
    "exceptions without parentheses": (
        "try: ...\nexcept A, B:\n    pass\n",
        "try: ...\nexcept ():\n    pass\n",
    ),
}


@pytest.mark.parametrize(("text", "older"), NEWER.values(), ids=NEWER)
def test_what_is_new_is_hidden_and_the_rest_stays(text, older):
    found = hidden(text, text.splitlines(keepends=True))
    assert found is not None
    assert ast.dump(ast.parse(found)) == ast.dump(ast.parse(older))


def test_everything_stays_in_its_place():
    text = "class A[\n    T\n](B):\n    def f[S](self, x: S):\n        return x.y\n"
    found = hidden(text, text.splitlines(keepends=True))
    assert found is not None
    (cls,) = ast.parse(found).body
    assert isinstance(cls, ast.ClassDef)
    (function,) = cls.body
    assert (function.lineno, function.col_offset, function.end_lineno) == (4, 4, 5)
    assert found.count("\n") == text.count("\n")


def test_what_is_no_python_of_any_version_is_not_hidden():
    assert hidden("def f(:\n", ["def f(:\n"]) is None


def test_functions_in_newer_syntax_are_analysed(tmp_path):
    path = tmp_path / "new.py"
    path.write_text(
        "import torch\n\n\nclass Layer[T]:\n"
        "    def f[S](self, left: S, right: S, index: slice) -> S:\n"
        '        print(f"{index["a"]}")\n'
        "        right = right[index]\n"
        "        if index.start < left.size(0):\n"
        "            left = left[index]\n"
        "        return torch.stack([left, right])\n",
        "utf-8",
    )
    outcome = check([path], Settings(), root=tmp_path)
    assert [(each.code, each.function, each.span.start.row) for each in outcome.findings] == [
        ("SG101", "Layer.f", 10)
    ]
