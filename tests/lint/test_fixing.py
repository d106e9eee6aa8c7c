"""Fixes: what they do to bytes, and that none is kept that does not help."""

from __future__ import annotations

import textwrap
from dataclasses import replace

import libcst as cst
import pytest

from shapeguard.finding import Applicability, Edit, Fix, Position, Span
from shapeguard.lint.api import (
    Change,
    Confidence,
    Consequence,
    Diagnosis,
    Reduce,
    Rule,
    Severity,
    code_of,
    safe,
    unsafe,
    with_keyword,
    written,
)
from shapeguard.lint.config import Settings
from shapeguard.lint.editing import applied_to
from shapeguard.lint.engine import check
from shapeguard.lint.fixing import fix_file, fix_files
from shapeguard.lint.flow.program import Function
from shapeguard.lint.flow.trace import Site
from shapeguard.lint.settling import Start


class _Whole(Rule):
    """A stand-in for a rule with a fix: every ``amax`` without ``keepdim``."""

    code = "XX100"
    name = "whole"
    severity = Severity.WARNING
    since = "0.1.0"
    listens_to = (Reduce,)

    def check(self, event):
        change = with_keyword(event.site, "keepdim", "n")
        if change is not None:
            fix = self.repair(event, change)
            yield Diagnosis("whole", Confidence.HIGH, Consequence.SILENT, fix=fix)

    def repair(self, _event, change):
        return safe("pass `keepdim`", change)


class _Unsafe(_Whole):
    def repair(self, _event, change):
        return unsafe("pass `keepdim`", change)


class _Useless(_Whole):
    def repair(self, event, _change):
        return safe("nothing helps", written(event.site, "torch.amax(x + 0)"))


class _NoPython(_Whole):
    def repair(self, event, _change):
        return safe("no Python", Change(event.site, cst.Name("import")))


def fixed(tmp_path, data, rule=_Whole, **options):
    path = tmp_path / "module.py"
    path.write_bytes(data)
    return fix_file(path, Settings(), root=tmp_path, rules=[rule], **options)


class _Mixed(_Whole):
    """A fix that helps, but not where the axis is 1."""

    def repair(self, event, change):
        if event.site.node.args[-1].value.value == "1":
            return safe("nothing helps", written(event.site, "torch.amax(x + 0, 1)"))
        return safe("pass `keepdim`", change)


class _Another(_Whole):
    """A fix after which another finding is there, in another function."""

    def repair(self, event, change):
        text = "torch.amax(x, keepdim=n) + (lambda: torch.amax(n))()"
        return safe("something else", written(event.site, text))


class _Fails(_Whole):
    """A rule that fails where its fix is applied: that it finds nothing then says nothing."""

    def check(self, event):
        if len(event.site.node.args) > 1:
            raise ValueError
        yield from super().check(event)


class _Counted:
    """What checks files, and how often it has been asked to, for which."""

    def __init__(self, root, rule=_Whole):
        self.root, self.rule, self.asked = root, rule, []

    def __call__(self, files, overrides):
        self.asked.append([each.name for each in files])
        rules = [self.rule]
        return check(files, Settings(), root=self.root, overrides=overrides, rules=rules)


def started(root, files, rule=_Whole):
    """Write files, check them, and return where fixing begins."""
    for name, body in files.items():
        (root / name).write_bytes(source(body))
    look = _Counted(root, rule)
    contents = {root / name: (root / name).read_bytes() for name in sorted(files)}
    outcome = look(list(contents), dict(contents))
    look.asked.clear()
    return Start(contents, outcome, look, root)


def source(body):
    return ("import torch\n\n\ndef f(x, n):\n" + textwrap.indent(body, "    ")).encode()


def test_a_fix_is_applied_everywhere_once(tmp_path):
    body = "a = torch.amax(x)  # why\nb = torch.amax( x,dim = 0 )\nreturn a, b\n"
    done = fixed(tmp_path, source(body))
    assert done.data == source(
        "a = torch.amax(x, keepdim=n)  # why\nb = torch.amax( x,dim = 0,keepdim=n )\nreturn a, b\n"
    )
    assert len(done.applied) == 2
    assert done.refused == ()
    again = fixed(tmp_path, done.data)
    assert (again.data, again.applied) == (done.data, ())


def test_nested_fixes_are_applied_in_turn(tmp_path):
    done = fixed(tmp_path, source("return torch.amax(torch.amax(x))\n"))
    assert done.data == source("return torch.amax(torch.amax(x, keepdim=n), keepdim=n)\n")
    assert len(done.applied) == 2


def test_the_bytes_around_a_fix_are_kept(tmp_path):
    text = "\ufeff# -*- coding: utf-8 -*-\r\nimport torch\r\n\r\n\r\ndef f(x, n):\r\n\tä = '😀'; "
    before = f"{text}return torch.amax(x)\r\n\x0c# end"
    after = f"{text}return torch.amax(x, keepdim=n)\r\n\x0c# end"
    assert fixed(tmp_path, before.encode()).data == after.encode()
    latin = "# coding: latin-1\nimport torch\ndef f(x, n):\n    return 'é', torch.amax(x)\n"
    changed = latin.replace("(x)", "(x, keepdim=n)")
    assert fixed(tmp_path, latin.encode("latin-1")).data == changed.encode("latin-1")


@pytest.mark.parametrize("rule", [_Useless, _NoPython])
def test_a_fix_that_does_not_help_is_refused_and_nothing_changes(tmp_path, rule):
    data = source("return torch.amax(x)\n")
    done = fixed(tmp_path, data, rule)
    assert (done.data, done.applied) == (data, ())
    assert [each.code for each in done.refused] == ["XX100"]


def test_an_unsafe_fix_is_applied_only_where_it_is_asked_for(tmp_path):
    data = source("return torch.amax(x)\n")
    left = fixed(tmp_path, data, _Unsafe)
    assert (left.data, left.applied, left.refused) == (data, (), ())
    done = fixed(tmp_path, data, _Unsafe, unsafe=True)
    assert b"keepdim=n" in done.data
    (finding,) = done.applied
    assert finding.fix.applicability is Applicability.UNSAFE


def test_what_cannot_be_encoded_is_no_fix():
    span = Span("m.py", Position(2, 5), Position(2, 6))
    data = b"# coding: latin-1\nx = 1\n"
    assert applied_to(data, [Edit(span, "'\u20ac'")]) is None
    assert applied_to(data, [Edit(span, "2")]) == b"# coding: latin-1\nx = 2\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("max(x for x in xs)", "max((x for x in xs), default=0)"),
        ("max(xs)", "max(xs, default=0)"),
        ("max(xs,)", "max(xs, default=0,)"),
        ("max(xs, key=len)", "max(xs, key=len, default=0)"),
        ("max(\n    xs,\n)", "max(\n    xs,\n    default=0,\n)"),
        ("max(\n    xs,\n    key=len,\n)", "max(\n    xs,\n    key=len,\n    default=0,\n)"),
        ("max(\n    xs\n)", "max(\n    xs, default=0\n)"),
        ("max(xs, default=1)", None),
        ("max(xs, **options)", None),
        ("max()", None),
        ("xs[0]", None),
    ],
)
def test_a_keyword_is_added_as_the_call_is_laid_out(before, after):
    node = cst.parse_expression(before)
    change = with_keyword(Site(Function.__new__(Function), node), "default", "0")
    assert (None if change is None else code_of(change.node)) == after


def test_a_fix_that_several_findings_offer_is_applied_once(tmp_path):
    source = (
        "import torch\n\n\ndef f(mask: torch.Tensor, other: torch.Tensor):\n"
        "    found = mask.flatten().nonzero().squeeze()\n"
        "    more = torch.cat([found, other])\n"
        "    return torch.cat([found, more])\n"
    )
    (tmp_path / "module.py").write_text(source, encoding="utf-8")
    done = fix_file(tmp_path / "module.py", Settings(), root=tmp_path, unsafe=True)
    assert done.data.decode() == source.replace("squeeze()", "squeeze(-1)")


AMAX = "return torch.amax(x)\n"
KEPT = "return torch.amax(x, keepdim=n)\n"


def test_files_are_fixed_together_and_only_those_that_have_a_fix_are_checked_again(tmp_path):
    files = {"a.py": AMAX, "b.py": f"x = n\n{AMAX}", "c.py": "return x\n"}
    start = started(tmp_path, files)
    done = fix_files(start, start.outcome.findings, unsafe=False)
    assert done.contents == {
        tmp_path / "a.py": source(KEPT),
        tmp_path / "b.py": source(f"x = n\n{KEPT}"),
    }
    assert len(done.applied) == 2
    assert start.look.asked == [["a.py", "b.py"]]
    assert done.outcome is None
    assert (tmp_path / "a.py").read_bytes() == source(AMAX)


def test_what_is_found_after_the_last_fix_is_known_if_all_files_were_checked(tmp_path):
    start = started(tmp_path, {"a.py": AMAX})
    assert fix_files(start, [], unsafe=False).outcome is start.outcome
    assert start.look.asked == []
    done = fix_files(start, start.outcome.findings, unsafe=False)
    assert done.outcome is not start.outcome
    assert done.outcome.findings == ()


def test_of_many_fixes_those_that_help_are_kept(tmp_path):
    body = "".join(f"a = torch.amax(x, {i % 5})\n" for i in range(10))
    start = started(tmp_path, {"a.py": body, "b.py": body.replace("1", "2")}, _Mixed)
    done = fix_files(start, start.outcome.findings, unsafe=False)
    wanted = "".join(
        f"a = torch.amax(x, {i % 5}{'' if i % 5 == 1 else ', keepdim=n'})\n" for i in range(10)
    )
    assert done.contents[tmp_path / "a.py"] == source(wanted)
    assert source("a = torch.amax(x, 2)") not in done.contents[tmp_path / "b.py"]
    assert [each.finding.span.start.row for each in done.refused] == [6, 11]
    assert len(done.applied) == 18
    assert {each.why for each in done.refused} == {
        "after its fix it, or another one, would be found"
    }


@pytest.mark.parametrize("rule", [_Another, _Fails])
def test_a_fix_after_which_less_is_known_is_refused(tmp_path, rule):
    start = started(tmp_path, {"a.py": AMAX}, rule)
    assert start.outcome.problems == ()
    done = fix_files(start, start.outcome.findings, unsafe=False)
    assert (done.contents, done.applied) == ({}, ())
    assert [each.finding.code for each in done.refused] == ["XX100"]


def test_what_is_not_wanted_is_not_fixed_when_its_likes_are(tmp_path):
    body = "a = torch.amax(x)\nb = torch.amax(torch.amax(x))\n"
    start = started(tmp_path, {"a.py": body + AMAX})
    wanted = [each for each in start.outcome.findings if each.span.start.row < 7]
    done = fix_files(start, wanted, unsafe=False)
    text = done.contents[tmp_path / "a.py"].decode()
    assert (
        text
        == source(
            body.replace("x)", "x, keepdim=n)").replace("))", "), keepdim=n)") + AMAX
        ).decode()
    )
    assert (len(done.applied), done.refused) == (3, ())


def both(start, *others):
    """Return the finding of the first file with a fix that also changes others."""
    first = start.outcome.findings[0]
    edits = [*first.fix.edits, *(edit for each in others for edit in each.fix.edits)]
    return replace(first, fix=Fix(Applicability.SAFE, "change both", tuple(edits)))


def test_a_fix_of_several_files_is_applied_in_all_of_them(tmp_path):
    start = started(tmp_path, {"a.py": AMAX, "b.py": AMAX, "c.py": AMAX})
    done = fix_files(start, [both(start, start.outcome.findings[2])], unsafe=False)
    assert done.contents == {path: source(KEPT) for path in (tmp_path / "a.py", tmp_path / "c.py")}
    assert start.look.asked == [["a.py", "c.py"]]
    assert (len(done.applied), done.refused) == (1, ())


def test_a_fix_of_several_files_is_applied_in_none_if_it_does_not_help_in_one(tmp_path):
    start = started(tmp_path, {"a.py": AMAX, "b.py": AMAX})
    useless = replace(
        start.outcome.findings[1],
        fix=Fix(
            Applicability.SAFE, "", (Edit(Span("b.py", Position(5, 1), Position(5, 1)), "  x ="),)
        ),
    )
    done = fix_files(start, [both(start, useless)], unsafe=False)
    assert done.contents == {}
    (refused,) = done.refused
    assert refused.finding.span.filename == "a.py"


def test_a_fix_that_changes_a_file_that_is_not_checked_is_refused(tmp_path):
    start = started(tmp_path, {"a.py": AMAX, "b.py": AMAX})
    only = {tmp_path / "a.py": start.contents[tmp_path / "a.py"]}
    start = replace(start, contents=only)
    done = fix_files(start, [both(start, start.outcome.findings[1])], unsafe=False)
    assert (done.contents, start.look.asked) == ({}, [])
    (refused,) = done.refused
    assert refused.why == "its fix changes `b.py`, which is not among the files that are checked"


def test_what_stands_in_for_a_file_that_is_not_checked_holds_for_those_that_are(tmp_path):
    (tmp_path / "shapeguard.toml").write_text("")
    helper = (
        "import torch\n\n\ndef share(x: torch.Tensor, index: slice):\n"
        "    if index.start < x.size(0):\n        x = x[index]\n    return x\n"
    )
    (tmp_path / "helper.py").write_text(helper)
    user = (
        "import torch\nfrom helper import share\n\n\n"
        "def f(x: torch.Tensor, keys: torch.Tensor, index: slice):\n"
        "    return torch.cat([share(x, index), keys[index]], dim=1)\n"
    )
    path = tmp_path / "user.py"
    path.write_text(user)
    (finding,) = check([path], Settings(), root=tmp_path).findings
    assert finding.code == "SG101"
    always = helper.replace("    if index.start < x.size(0):\n    ", "")
    for given, number in ((always, 0), ("def share(", 1)):
        overrides = {tmp_path / "helper.py": given.encode()}
        outcome = check([path], Settings(), root=tmp_path, overrides=overrides)
        assert (outcome.checked, len(outcome.findings)) == (1, number)


@pytest.mark.parametrize(
    ("data", "edit", "after"),
    [
        (b"a\r\nb\nc", (2, 1, "x\ny"), b"a\r\nx\nyb\nc"),
        (b"a\nb\r\nc", (2, 1, "x\ny"), b"a\nx\r\nyb\r\nc"),
        (b"a\r\nc", (2, 1, "x\ny"), b"a\r\nx\r\nyc"),
        (b"a\rc\r", (2, 1, "x\r\ny"), b"a\rx\ryc\r"),
        (b"a", (1, 1, "x\ny"), b"x\nya"),
        (b"# coding: cp932\n# \xee\xf9\na", (3, 1, "x"), None),
        (b"# coding: latin-1\na", (1, 11, "utf-8 #"), b"# coding: utf-8 #latin-1\na"),
        (b"# coding: latin-1\n'\xe4'", (1, 11, "utf-8 #"), None),
        (b"# coding: nonsense\na", (2, 1, "x"), None),
        (b"# coding: rot13\na", (2, 1, "x"), None),
        (b"a", (1, 1, "("), None),
        (b"a", (1, 1, "\0"), None),
    ],
)
def test_edits_end_lines_as_those_are_ended_around_them(data, edit, after):
    row, column, content = edit
    span = Span("m.py", Position(row, column), Position(row, column))
    assert applied_to(data, [Edit(span, content)]) == after
