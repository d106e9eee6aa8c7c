from __future__ import annotations

from dataclasses import replace

from shapeguard.finding import Operand, Position, Span, Witness
from shapeguard.report import View, render
from shapeguard.report.sources import Sources

EXPECTED = """\
error[SG101] join-of-unequal-extents: `prefix` keeps 2 rows where `state.keys` has 0
 --> pkg/join.py:7:12 in compose
  5 |     if idx.start < prefix.size(0):
  6 |         prefix = prefix[idx]
  7 |     keys = torch.cat([prefix, state.keys], dim=2)
    |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  8 |     return keys
  trace, from source to sink:
  1. pkg/split.py:2:13  a size may be 0
     2 |     return [state[: sum(sizes[:i])] for i in range(len(sizes))]
       |             ^^^^^^^^^^^^^^^^^^^^^
  2. pkg/join.py:5:8  the slice is applied under this condition
     5 |     if idx.start < prefix.size(0):
       |        ^^^^^^^^^^^^^^^^^^^^^^^^^^
  3. pkg/join.py:7:12  the extents meet
     7 |     keys = torch.cat([prefix, state.keys], dim=2)
       |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  witness: sizes = [2, 0]
    prefix      [ share=2  heads=4  …      ]
    state.keys  [ share=0  heads=4  seq=7  ]
    The last share starts at 2, which is not below 2.
  consequence: crash: the program stops with an error
  confidence: high
  help: shapeguard rule SG101

"""


def test_whole_finding(finding, view):
    assert render([finding], "full", view) == EXPECTED


def test_colour_changes_no_text(finding, view, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    coloured = render([finding], "full", replace(view, colour=True))
    assert "\x1b[1;31m" in coloured
    plain = "".join(part.partition("m")[2] for part in ("\x1b[m" + coloured).split("\x1b["))
    assert [line.rstrip() for line in plain.splitlines()] == EXPECTED.splitlines()


def test_finding_without_trace_or_witness(runtime_finding, view):
    text = render([runtime_finding], "full", view)
    assert "found 3\n    layer 1, adapter c\n --> pkg/join.py:4:1\n" in text
    assert "trace" not in text
    assert "consequence" not in text


def test_source_that_is_gone_is_left_out(finding, tmp_path):
    text = render([finding], "full", View(Sources(tmp_path)))
    assert "pkg/join.py:7:12 in compose\n  trace" in text


def test_control_characters_of_source_reach_no_terminal(finding, tmp_path):
    (tmp_path / "evil.py").write_bytes("x = '\x1b[2J\u202e'  # \u4e2d\n".encode())
    place = Span("evil.py", Position(1, 5), Position(1, 12))
    evil = replace(finding, span=place, message="a\x1b[31m", function="f\x07", trace=())
    text = render([evil], "full", View(Sources(tmp_path)))
    assert all(c.isprintable() or c == "\n" for c in text)
    assert "1 | x = '\\x1b[2J\\u202e'  # \u4e2d\n    |     ^^^^^^^^^^^^^^^\n" in text


def test_underline_counts_cells_not_characters(finding, tmp_path):
    (tmp_path / "wide.py").write_text("\tx = {'\u4e2d\u6587': cat(a)}\n", "utf-8")
    place = Span("wide.py", Position(1, 13), Position(1, 19))
    text = render([replace(finding, span=place, trace=())], "full", View(Sources(tmp_path)))
    assert "1 |     x = {'\u4e2d\u6587': cat(a)}\n    |" + " " * 18 + "^^^^^^\n" in text


def test_very_long_lines_are_cut_around_the_span(finding, tmp_path):
    line = "x = [" + "1, " * 1000 + "cat(a, b)" + ", 2" * 1000 + "]"
    (tmp_path / "long.py").write_text(f"{line}\n{line}\n", "utf-8")
    start = line.index("cat") + 1
    place = Span("long.py", Position(2, start), Position(2, start + 9))
    text = render([replace(finding, span=place, trace=())], "full", View(Sources(tmp_path)))
    above, shown, marks = text.splitlines()[2:5]
    assert above == f"  1 | {line[:160]}…"
    assert shown == f"  2 | …{line[start - 41 : start + 119]}…"
    assert shown[marks.index("^") : marks.rindex("^") + 1] == "cat(a, b)"


def test_span_that_is_longer_than_the_excerpt_is_marked_as_far_as_it_is_shown(finding, tmp_path):
    (tmp_path / "long.py").write_text("y = [" + "1, " * 1000 + "]\n", "utf-8")
    place = Span("long.py", Position(1, 5), Position(1, 3007))
    text = render([replace(finding, span=place, trace=())], "full", View(Sources(tmp_path)))
    shown, marks = text.splitlines()[2:4]
    assert len(shown) == len(marks) + 1 == len("  1 | ") + 161


def test_span_over_lines_is_underlined_to_the_end_of_its_first(finding, view):
    place = Span("pkg/join.py", Position(7, 12), Position(8, 5))
    text = render([replace(finding, span=place, trace=())], "full", view)
    assert "|            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n" in text


def test_extents_that_may_be_any_are_not_told(finding, view):
    operands = (
        Operand("p", (2, 4, 3), ("2", "·", "dim", "…")),
        Operand("k", (0, 4), ("0", "·", "...")),
    )
    text = render([replace(finding, witness=Witness((), operands, ""))], "full", view)
    assert "    p  [ 2  ·  dim=3  …  ]\n    k  [ 0  ·  …      ]\n" in text
