"""Suppressions that are put in: where they go, what they leave as it is, and that they work."""

from __future__ import annotations

import ast
import shutil
import textwrap
from pathlib import Path

import pytest

from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check
from shapeguard.lint.ignoring import NO_PLACE, NOT_BY_COMMENT, with_ignores

CASES = Path(__file__).parents[1] / "rules" / "cases"
JOIN = """\
import torch


def f(prefix, state, index: slice):
    keys = state[index]
    if index.start < prefix.size(0):
        prefix = prefix[index]
    {statement}
"""
ADDED = "# shapeguard: ignore[SG101] why"
SETTINGS = Settings(preview=True, extend_select=("SG903",))


def joined(statement):
    return JOIN.format(statement=textwrap.indent(statement, "    ").strip())


def found(path, data):
    path.write_bytes(data)
    return check([path], SETTINGS, root=path.parent).findings


def ignored(tmp_path, data, reason="why"):
    path = tmp_path / "module.py"
    return with_ignores(data, path, found(path, data), reason)


@pytest.mark.parametrize("name", ["sg101", "sg204", "sg301", "sg309", "sg312", "sg401"])
def test_a_file_is_the_same_program_and_silent(tmp_path, name):
    path = tmp_path / f"{name}.py"
    shutil.copy(CASES / path.name, path)
    data = path.read_bytes()
    findings = found(path, data)
    done = with_ignores(data, path, findings, "for no reason")
    assert len(findings) >= done.added >= len({each.span.start.row for each in findings})
    assert done.left == ()
    assert ast.dump(ast.parse(done.data)) == ast.dump(ast.parse(data))
    assert done.data.count(b"\n") == data.count(b"\n")
    again = found(path, done.data)
    assert again == ()
    assert with_ignores(done.data, path, again, "again").data == done.data


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return torch.cat([prefix, keys], 1)", "return torch.cat([prefix, keys], 1)  {}"),
        ("return torch.cat([prefix, keys], 1)  \t", "return torch.cat([prefix, keys], 1)  {}"),
        (
            "return torch.cat(\n    [prefix, keys],\n    1,\n)",
            "return torch.cat(  {}\n    [prefix, keys],\n    1,\n)",
        ),
        (
            "return torch.cat([prefix, keys], 1)  # type: ignore[x] # noqa: X1",
            "return torch.cat([prefix, keys], 1)  # type: ignore[x] # noqa: X1  {}",
        ),
        (
            "return \\\n    torch.cat([prefix, keys], 1) \\\n    + 1",
            "return \\\n    torch.cat([prefix, keys], 1) \\\n    + 1  {}",
        ),
        (
            "return torch.cat([prefix, keys], 1).g('''\n  \n''')",
            "return torch.cat([prefix, keys], 1).g('''\n  \n''')  {}",
        ),
        (
            "return '''\na''', torch.cat([prefix, keys], 1), '''b\n'''",
            "return '''\na''', torch.cat([prefix, keys], 1), '''b\n'''  {}",
        ),
        (
            "return f'''\n{torch.cat([prefix, keys], 1)}\n'''",
            "return f'''\n{torch.cat([prefix, keys], 1)}\n'''  {}",
        ),
        (
            "if index: return torch.cat([prefix, keys], 1); x = 1",
            "if index: return torch.cat([prefix, keys], 1); x = 1  {}",
        ),
        (
            "if torch.cat(\n    [prefix, keys], 1\n).any():\n    return 1",
            "if torch.cat(  {}\n    [prefix, keys], 1\n).any():\n    return 1",
        ),
        (
            "return (\n    # why\n    torch.cat([prefix, keys], 1)\n)",
            "return (\n    # why\n    torch.cat([prefix, keys], 1)  {}\n)",
        ),
        (
            "with open('x') as g, torch.cat([prefix, keys], 1) as h: pass",
            "with open('x') as g, torch.cat([prefix, keys], 1) as h: pass  {}",
        ),
        (
            "return '# shapeguard: ignore[SG101] x', torch.cat([prefix, keys], 1)",
            "return '# shapeguard: ignore[SG101] x', torch.cat([prefix, keys], 1)  {}",
        ),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_comment_goes_where_it_can_stand(tmp_path, before, after, ending):
    data, wanted = (joined(each).replace("\n", ending).encode() for each in (before, after))
    done = ignored(tmp_path, data)
    assert done.data == wanted.replace(b"{}", ADDED.encode())
    assert (done.added, done.left) == (1, ())
    assert found(tmp_path / "module.py", done.data) == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# shapeguard: ignore[SG304] old", "# shapeguard: ignore[SG304, SG101] old"),
        ("# shapeguard: ignore[SG304,] old", "# shapeguard: ignore[SG304, SG101,] old"),
        ("#shapeguard:ignore [ SG304 ]", "#shapeguard:ignore [ SG304, SG101 ] why"),
        ("# shapeguard: ignore[SG304] # noqa", "# shapeguard: ignore[SG304, SG101] why # noqa"),
        ("# noqa # shapeguard: ignore[SG304]", "# noqa # shapeguard: ignore[SG304, SG101] why"),
        ("# shapeguard: ignore", "# shapeguard: ignore[SG101] why"),
        ("# shapeguard: ignore as said", "# shapeguard: ignore[SG101] as said"),
        ("# shapeguard: ignore[]", "# shapeguard: ignore[SG101] why"),
        ("# shapeguard: ignore[SG304", "# shapeguard: ignore[SG101][SG304"),
        ("# Shapeguard: IGNORE[sg101] x", "# Shapeguard: IGNORE[sg101, SG101] x"),
        (
            "# shapeguard: ignore-file[SG304] all",
            "# shapeguard: ignore-file[SG304] all  # shapeguard: ignore[SG101] why",
        ),
    ],
)
def test_a_suppression_that_is_there_takes_the_code(tmp_path, before, after):
    statement = "return torch.cat([prefix, keys], 1)  "
    done = ignored(tmp_path, joined(statement + before).encode())
    assert done.data.decode() == joined(statement + after)
    codes = [each.code for each in found(tmp_path / "module.py", done.data)]
    assert not {"SG101", "SG903"} & {*codes}


def test_a_suppression_on_the_last_line_of_the_statement_takes_the_code(tmp_path):
    text = "return torch.cat(\n    [prefix, keys],\n    1,\n)  # shapeguard: ignore[SG304] old"
    done = ignored(tmp_path, joined(text).encode())
    assert done.data.decode() == joined(text.replace("SG304", "SG304, SG101"))


@pytest.mark.parametrize(
    "data",
    [
        joined("return torch.cat([prefix, keys], 1)").rstrip("\n").encode(),
        b"\xef\xbb\xbf" + joined("return torch.cat([prefix, keys], 1)").encode(),
        joined("return torch.cat([prefix, keys], 1), '\u00e9\U0001f600'").encode(),
        b"# coding: latin-1\n"
        + joined("return torch.cat([prefix, keys], 1), '\xe9'").encode("latin-1"),
        joined("return torch.cat([prefix, keys], 1)").replace("\n", "\r").encode(),
        joined("return torch.cat([prefix, keys], 1)").replace("\n\n\n", "\r\n\r\n\n").encode()
        + b"\x0c\r\n# end",
    ],
)
def test_all_other_bytes_are_kept(tmp_path, data):
    done = ignored(tmp_path, data)
    assert done.data.replace(b"  " + ADDED.encode(), b"") == data
    assert found(tmp_path / "module.py", done.data) == ()


def test_a_reason_that_the_file_cannot_hold_leaves_it(tmp_path):
    text = "# coding: latin-1\n" + joined("return torch.cat([prefix, keys], 1)")
    done = ignored(tmp_path, text.encode(), "\u20ac")
    assert (done.data, done.added) == (text.encode(), 0)
    assert [(each.code, why) for each, why in done.left] == [("SG101", NO_PLACE)]


def test_what_cannot_stand_does_not_keep_the_others_from_it(tmp_path):
    merged, new = "  # shapeguard: ignore[SG304] old", ""
    functions = [
        joined(f"return torch.cat([prefix, keys], 1){each}").replace("def f", f"def f{i}")
        for i, each in enumerate((new, merged, new))
    ]
    text = "# coding: latin-1\n" + "".join(functions)
    done = ignored(tmp_path, text.encode(), "\u20ac")
    assert done.data.decode() == text.replace("SG304", "SG304, SG101")
    assert done.added == 1
    assert [each.function for each, _ in done.left if each.code == "SG101"] == ["f0", "f2"]


def test_an_expression_that_nests_deeply(tmp_path):
    text = joined("return torch.cat([prefix, keys], 1)") + f"\n\nx = {' + '.join('a' * 700)}\n"
    done = ignored(tmp_path, text.encode())
    assert done.data.decode() == text.replace("keys], 1)", f"keys], 1)  {ADDED}")


def test_findings_about_files_cannot_be_suppressed(tmp_path):
    text = "x = 1  # shapeguard: ignore[SG101] why\n"
    done = ignored(tmp_path, text.encode())
    assert (done.data, done.added) == (text.encode(), 0)
    assert [(each.code, why) for each, why in done.left] == [("SG901", NOT_BY_COMMENT)]
    done = ignored(tmp_path, b"x = '\xff'\n")
    assert [each.code for each, _ in done.left] == ["SG900"]
