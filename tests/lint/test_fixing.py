"""Fixes: what they do to bytes, and that none is kept that does not help."""

from __future__ import annotations

import textwrap

import libcst as cst
import pytest

from shapeguard.finding import Applicability, Edit, Position, Span
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
from shapeguard.lint.fixing import applied_to, fix_file
from shapeguard.lint.flow.program import Function
from shapeguard.lint.flow.trace import Site


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
