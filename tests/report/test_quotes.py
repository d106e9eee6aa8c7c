from __future__ import annotations

import pytest

from shapeguard.report.quotes import code_and_prose


def test_code_stands_between_backticks_that_pair_up():
    assert code_and_prose("`a` and `b`") == [("a", True), (" and ", False), ("b", True)]
    assert code_and_prose("`a` and `b") == [("`a` and `b", False)]
    assert code_and_prose("") == []


@pytest.mark.parametrize(
    "code",
    [
        "len([s for s in x if s > '```'])",
        "x.split('`') + y.split('`')",
        r"""f("it's `", '\\', '\'`', b'`', {'`': 1}['`'])""",
        '''f("""a`'""", '`"')''',
        "f(x, # one `size` each y)",
        "'`'",
        "x['a'].sum((0, 1))[..., 0]",
        "...",
        "len([s for s in names if s.startswith('`it is...",
        "f(\"don't...",
    ],
)
def test_code_that_holds_backticks_is_code_and_what_is_around_it_prose(code):
    pieces = code_and_prose(f"it's `{code}` of `batch`, isn't it, in `g('`')`")
    told = [("it's ", False), (code, True), (" of ", False), ("batch", True)]
    assert pieces == [*told, (", isn't it, in ", False), ("g('`')", True)]


@pytest.mark.parametrize(
    "text", ["`f(x, # don't y)` may be 0", "`f(` and `x", "`f(x, # :-) ` y)` may be 0", "``` and"]
)
def test_where_code_cannot_be_told_from_prose_all_is_prose(text):
    assert code_and_prose(text) == [(text, False)]


@pytest.mark.parametrize("part", ["`('", "`''", "`", "`'''", "'", "`a` ", "`(", '`\\"'])
def test_a_hostile_message_is_split_without_a_loss(part):
    text = f"`{part * 100_000}"
    pieces = "".join(piece for piece, _ in code_and_prose(text))
    assert pieces.replace("`", "") == text.replace("`", "")
