"""Suppressions: what a comment speaks about, what is said of it, and what its fix leaves."""

from __future__ import annotations

import textwrap

import pytest

from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check
from shapeguard.lint.fixing import fix_file

JOIN = """\
import torch


def f(prefix, state, index: slice):
    keys = state[index]
    if index.start < prefix.size(0):
        prefix = prefix[index]
    {statement}
"""
PLAIN = "import torch\n\n\ndef f(x):\n    return x  {comment}\n"


def joined(statement):
    return JOIN.format(statement=textwrap.indent(statement, "    ").strip())


def outcome(tmp_path, text, **settings):
    path = tmp_path / "module.py"
    path.write_text(text, "utf-8", newline="")
    return check([path], Settings(**settings), root=tmp_path)


def codes(tmp_path, text, **settings):
    return [each.code for each in outcome(tmp_path, text, **settings).findings]


@pytest.mark.parametrize(
    "statement",
    [
        "return torch.cat([prefix, keys], dim=1)  # shapeguard: ignore[SG101] checked before",
        "return torch.cat([prefix, keys], dim=1)  #shapeguard:ignore[ SG304 ,SG101 ]",
        "return torch.cat([prefix, keys], dim=1)  # noqa: X1 # shapeguard: ignore[SG101] # why",
        "return torch.cat(  # shapeguard: ignore[SG101]\n    [prefix, keys], dim=1\n)",
        "return torch.cat(\n    [prefix, keys], dim=1  # shapeguard: ignore[SG101]\n)",
        "return torch.cat(\n    [prefix, keys], dim=1\n)  # shapeguard: ignore[SG101]",
        "return (  # shapeguard: ignore[SG101]\n    1,\n    torch.cat([prefix, keys], dim=1),\n)",
        "return (\n    1,\n    torch.cat([prefix, keys], dim=1),\n)  # shapeguard: ignore[SG101]",
        "if torch.cat([prefix, keys], dim=1).any():  # shapeguard: ignore[SG101]\n    return 1",
        "with (  # shapeguard: ignore[SG101]\n    g(torch.cat([prefix, keys], dim=1))\n):\n    pass",
        "# shapeguard: ignore-file[SG101] an example\nreturn torch.cat([prefix, keys], dim=1)",
        "return torch.cat([prefix, keys], dim=1)  # Shapeguard: Ignore[SG101] as `noqa` may be",
        (
            "match (  # shapeguard: ignore[SG101]\n    torch.cat([prefix, keys], dim=1)\n):\n"
            "    case _:\n        return 1"
        ),
    ],
)
def test_a_finding_is_suppressed(tmp_path, statement):
    text = joined(statement)
    assert "SG101" in codes(tmp_path, text.replace("hapeguard", "other"))
    done = outcome(tmp_path, text)
    assert "SG101" not in [each.code for each in done.findings]
    (suppressed,) = done.suppressed
    assert suppressed.finding.code == "SG101"


@pytest.mark.parametrize(
    "statement",
    [
        "# shapeguard: ignore[SG101] the line before\nreturn torch.cat([prefix, keys], dim=1)",
        "if index:  # shapeguard: ignore[SG101]\n    return torch.cat([prefix, keys], dim=1)",
        "return torch.cat([prefix, keys], dim=1)  # shapeguard: ignore[SG304]",
        "return torch.cat([prefix, keys], dim=1)  # shapeguard: ignore[sg101]",
        "return torch.cat([prefix, keys], dim=1)  # shapeguard: ignore",
        "return torch.cat([prefix, keys], dim=1)  # shapeguard: ignored[SG101]",
        "return torch.cat([prefix, keys], dim=1)  # noqa: SG101",
        'return torch.cat([prefix, keys], dim=1), "# shapeguard: ignore[SG101]"',
    ],
)
def test_a_finding_is_not_suppressed(tmp_path, statement):
    done = outcome(tmp_path, joined(statement))
    assert "SG101" in [each.code for each in done.findings]
    assert done.suppressed == ()


@pytest.mark.parametrize("reason", ["as in (1)", "see #12 and x/y#3", "§ 4: ≠ 0"])
def test_the_reason_is_kept(tmp_path, reason):
    statement = (
        f"return torch.cat([prefix, keys], dim=1)  # shapeguard: ignore[SG101]  {reason}  # noqa"
    )
    (suppressed,) = outcome(tmp_path, joined(statement)).suppressed
    assert suppressed.reason == reason


@pytest.mark.parametrize(
    ("comment", "left", "message"),
    [
        ("# shapeguard: ignore[SG101] why", "", "no SG101 is found in this line"),
        ("# noqa # shapeguard: ignore[SG101]", "# noqa", "no SG101 is found in this line"),
        (
            "# shapeguard: ignore[SG101] # noqa",
            "# noqa",
            "no SG101 is found in this line",
        ),
        ("# shapeguard: ignore-file[SG101]", "", "no SG101 is found in this file"),
    ],
)
def test_an_unused_suppression_is_found_and_removed(tmp_path, comment, left, message):
    text = PLAIN.format(comment=comment)
    (finding,) = outcome(tmp_path, text).findings
    assert (finding.code, finding.message, finding.span.start.row) == ("SG901", message, 5)
    done = fix_file(tmp_path / "module.py", Settings(), root=tmp_path)
    wanted = PLAIN.format(comment=left).replace("x  \n", "x\n")
    assert done.data.decode() == wanted
    assert [each.code for each in done.applied] == ["SG901"]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_comment_on_its_own_line_goes_with_its_line(tmp_path, ending):
    text = PLAIN.format(comment="").replace(
        "    return", "    # shapeguard: ignore[SG101]\n    return"
    )
    outcome(tmp_path, text.replace("\n", ending))
    done = fix_file(tmp_path / "module.py", Settings(), root=tmp_path)
    assert done.data.decode() == PLAIN.format(comment="").replace("\n", ending)


def test_of_several_codes_the_wrong_ones_go_one_after_the_other(tmp_path):
    call = "return torch.cat([prefix, keys], dim=1)  # shapeguard: ignore[{}] reason"
    text = joined(call.format("SG304, SG101, SG999, XX1"))
    assert codes(tmp_path, text, preview=True) == ["SG901", "SG902", "SG902"]
    done = fix_file(tmp_path / "module.py", Settings(preview=True), root=tmp_path)
    assert done.data.decode() == joined(call.format("SG101"))
    assert len(done.applied) == 3


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("# shapeguard: ignore[SG102x]", "no rule has the code `SG102x`"),
        ("# shapeguard: ignore[sg304]", "no rule has the code `sg304`; nearest: SG304"),
        ("# shapeguard: ignore[XX1]", "no rule has the code `XX1`"),
        (
            "# shapeguard: ignore[join-of-possibly-empty-list]",
            "`join-of-possibly-empty-list` is the name of a rule, its code is SG103",
        ),
        ("# shapeguard: ignore[SG900]", "SG900 cannot be suppressed by a comment"),
        ("# shapeguard: ignore", "a suppression names its codes"),
        ("# shapeguard: ignore[]", "a suppression names its codes"),
        ("# shapeguard: ignore-file", "a suppression names its codes"),
    ],
)
def test_a_code_that_means_nothing_is_found(tmp_path, comment, message):
    (finding,) = outcome(tmp_path, PLAIN.format(comment=comment)).findings
    assert finding.code == "SG902"
    assert finding.message.startswith(message)


def test_codes_of_rules_that_were_not_asked_are_left_alone(tmp_path):
    text = PLAIN.format(comment="# shapeguard: ignore[SG101] why")
    assert codes(tmp_path, text, ignore=("SG101",)) == []
    assert codes(tmp_path, text, select=("SG9",)) == []
    assert codes(tmp_path, text, select=("SG101", "SG901")) == ["SG901"]
    assert codes(tmp_path, text, ignore=("SG901",)) == []


def test_a_missing_reason_is_found_where_its_code_is_selected(tmp_path):
    statement = "return torch.cat([prefix, keys], dim=1)  # shapeguard: ignore[SG101]"
    text = joined(statement)
    assert codes(tmp_path, text) == []
    assert codes(tmp_path, text, select=("SG",)) == []
    assert codes(tmp_path, text, extend_select=("SG903",)) == ["SG903"]
    assert codes(tmp_path, joined(f"{statement} why"), extend_select=("SG903",)) == []


def test_a_file_in_which_a_function_was_given_up_has_no_unused_suppression(tmp_path):
    text = PLAIN.format(comment="# shapeguard: ignore[SG101] why")
    assert codes(tmp_path, text) == ["SG901"]
    much = "    x = torch.cat([x, y])\n" * 5_000
    found = outcome(tmp_path, f"{text}\n\ndef g(x, y, i: slice):\n{much}")
    assert found.not_analysed
    assert found.findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "# shapeguard: ignore[" + "SG101," * 5000 + "\n",
        "# shapeguard: ignore[\u202eSG101]\nx = 1\n",
        "x = '''\n# shapeguard: ignore[SG101]\n'''\n",
        "# shapeguard: ignore[SG101]",
        "\ufeff# shapeguard: ignore[SG101]\n",
        "if x:\n\t# shapeguard: ignore-file[SG101]\n\tpass\n",
    ],
)
def test_odd_comments_end_soon_and_their_fixes_leave_python(tmp_path, text):
    outcome(tmp_path, text)
    done = fix_file(tmp_path / "module.py", Settings(), root=tmp_path)
    assert done.refused == ()
    (tmp_path / "module.py").write_bytes(done.data)
    assert fix_file(tmp_path / "module.py", Settings(), root=tmp_path).data == done.data
