"""Source that is there to break a reader: the check comes to its end, and says what it left out."""

from __future__ import annotations

import ast

import pytest

from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check

HEAD = "import torch\n\n\ndef f(a, i: slice):\n"
END = "    return torch.cat([a, a[i]])\n"


def checked(directory, data):
    path = directory / "module.py"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return check([path], Settings(), root=directory)


UNREADABLE = {
    "a null byte": b"import torch\x00\n",
    "5000 parentheses": "x = " + "(" * 5000 + "1" + ")" * 5000 + "\n",
    "an encoding that is none": b"# coding: nothing\nx = 1\n",
    "an encoding that refuses": b"# coding: undefined\nx = 1\n",
    "an encoding of bytes": b"# coding: hex\nx = 1\n",
    "utf-16": "import torch\n".encode("utf-16"),
    "bytes that are no utf-8": b"x = '\xe9'\n",
    "3000 attributes": HEAD + "    return a" + ".b" * 3000 + "\n",
    "20000 sums": HEAD + "    return a" + " + a" * 20_000 + "\n",
    "3000 branches": HEAD
    + "    if a == 0:\n        pass\n"
    + "    elif a:\n        pass\n" * 3000
    + END,
}


def refused(data):
    """Say whether this Python refuses a text; 3.13 nests deeper than those before it."""
    try:
        ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return False


@pytest.mark.parametrize("data", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_python_is_a_finding(tmp_path, data):
    outcome = checked(tmp_path, data)
    assert [each.code for each in outcome.findings] == ["SG900"] * refused(data)
    assert outcome.problems == ()


@pytest.mark.parametrize("name", [each for each in UNREADABLE if not each.startswith("3000")])
def test_every_python_refuses_most_of_it(name):
    assert refused(UNREADABLE[name])


GIVEN_UP = {
    "20000 conditions": HEAD + "    if " + "a and " * 20_000 + "a:\n        pass\n" + END,
    "6000 adjacent strings": HEAD + "    b = " + "'a' " * 6000 + "\n" + END,
    "3000 loops in one comprehension": HEAD + "    b = [a" + " for b in a" * 3000 + "]\n" + END,
    "600 sums": HEAD + "    b = a" + " + a" * 600 + "\n" + END,
    "a list of 200000 members": HEAD + "    b = [" + "1, " * 200_000 + "]\n" + END,
    "20000 fields in one f-string": HEAD + "    b = f'" + "{a}" * 20_000 + "'\n" + END,
    "5000 joins": HEAD + "    b = torch.cat([a, a[i]])\n" * 5000 + END,
}


@pytest.mark.parametrize("data", GIVEN_UP.values(), ids=GIVEN_UP)
def test_a_function_that_is_too_much_is_not_analysed(tmp_path, data):
    assert checked(tmp_path, data).not_analysed == ("module.f",)


NESTED = "".join(
    f"{' ' * 4 * depth}for x{depth} in x{depth - 1}:\n"
    f"{' ' * 4 * (depth + 1)}k = k + 1\n"
    f"{' ' * 4 * (depth + 1)}if x{depth} in a:\n"
    f"{' ' * 4 * (depth + 2)}if k <= 10:\n"
    f"{' ' * 4 * (depth + 3)}kept.append(x{depth})\n"
    f"{' ' * 4 * (depth + 2)}best = k\n"
    for depth in range(1, 5)
)
UNDERSTOOD = {
    "four loops in each other": f"{HEAD}    k, kept, x0 = 0, [], a\n{NESTED}{END}",
    "form feeds": "\x0cimport torch\n\x0c\ndef f(a, i: slice):\n\x0c" + END,
    "carriage returns": (HEAD + END).replace("\n", "\r"),
    "latin-1": f"# coding: latin-1\n{HEAD}    'é'\n{END}".encode("latin-1"),
    "a lone surrogate": HEAD + "    b = '\\ud800'\n" + END,
    "a byte order mark": b"\xef\xbb\xbf" + (HEAD + END).encode(),
    "10 MB on one line": f"x = '{'a' * 10_000_000}'\n{HEAD}{END}",
    "numbers without end": f"N = 10 ** 10 ** 10\n{HEAD}    a = a[: 9 ** 9 ** 9]\n{END}",
    "a long tuple": f"T = ({'1, ' * 100_000})\n{HEAD}    b = T[0]\n{END}",
    "a deep dict": "D = " + "{1: " * 180 + "0" + "}" * 180 + f"\n{HEAD}    b = D[1]\n{END}",
    "95 functions in each other": "\n".join(" " * i + f"def g{i}(a):" for i in range(95))
    + f"\n{' ' * 95}pass\n{HEAD}{END}",
    "a class that inherits from itself": f"class C(C):\n    x = x\n\n{HEAD}    b = C().x\n{END}",
    "classes that inherit from each other": "class A(B): ...\nclass B(A):\n    def f(self):\n"
    f"        return super().f()\n\n{HEAD}    b = A().f()\n{END}",
    "names that stand for each other": f"a = b\nb = a\n{HEAD}    c = b(a)\n{END}",
    "everything of itself": f"from . import *\nfrom .module import *\n{HEAD}    c = unknown(a)\n{END}",
}


@pytest.mark.parametrize("data", UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_what_is_only_odd_is_analysed(tmp_path, data):
    outcome = checked(tmp_path, data)
    assert outcome.findings == ()
    assert outcome.not_analysed == ()
    assert outcome.analysed >= 1


def test_a_long_file_of_data_is_taken_as_it_is(tmp_path):
    outcome = checked(tmp_path, "x = [" + "1, " * 3_500_000 + "]\n")
    assert (outcome.findings, outcome.analysed, outcome.checked) == ((), 0, 1)


def test_an_attribute_of_a_literal_is_no_number(tmp_path):
    outcome = checked(tmp_path, b"def f(x):\n    return x == 0.5.real and x < 1e999.real\n")
    assert (outcome.problems, outcome.not_analysed) == ((), ())
