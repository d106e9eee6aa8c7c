"""Baselines: their file, what merges of it come to, and what a check says against one."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from shapeguard.errors import ConfigError
from shapeguard.finding import Confidence, Suppressor
from shapeguard.lint.baseline import Baseline, Entry, compare
from shapeguard.lint.baseline_file import load, text_of
from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check

TEXT = "torch.cat([prefix, keys], dim=1)"
JOIN = """\
import torch


def f(prefix, state, index: slice):
    keys = state[index]
    if index.start < prefix.size(0):
        prefix = prefix[index]
    return torch.cat([prefix, keys], dim=1)
"""
WEIGHTED = """\
import torch


def f(x, scores):
    weights = torch.softmax(scores, dim=1)
    return (x * weights).mean(dim=1)
"""
TWICE = JOIN.replace("    return ", "    torch.cat([prefix, keys], dim=1)\n    return ")


def entry(path="a.py", function="f", rule="SG101", text=TEXT, occurrence=1):
    return Entry(path, function, rule, text, occurrence)


def baseline(*current, path=Path("b.json"), **accepted):
    return Baseline(path, {entry(name): why for name, why in accepted.items()}, frozenset(current))


def written(tmp_path, text):
    path = tmp_path / "b.json"
    path.write_text(text, "utf-8")
    return path


def entries(tmp_path, listed, key="current"):
    return written(tmp_path, json.dumps({"version": 1, key: listed}))


def looked_at(tmp_path, files, known, **settings):
    """Return what a check of files says against a baseline that lies beside them."""
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    known = replace(known, path=tmp_path / "b.json")
    paths = [tmp_path / name for name in files]
    outcome = check(paths, Settings(**settings), root=tmp_path)
    return compare(outcome, [known], lambda _: known, root=tmp_path, asked=[tmp_path])


# The file


def test_a_baseline_is_read_as_it_was_written(tmp_path):
    wanted = baseline(
        entry(),
        entry(occurrence=2),
        entry("ä/漢.py", "", text="x['\\n\"']"),
        entry("\udcff.py", text="\x1b[31m\u2028"),
        **{"b.py": "generated"},
    )
    text = text_of(wanted)
    found = load(written(tmp_path, text))
    assert (found.accepted, found.current) == (wanted.accepted, wanted.current)
    assert text_of(found) == text
    assert "ä/漢.py" in text
    assert all(line.isprintable() for line in text.split("\n"))


def test_each_entry_is_one_line_that_ends_alike_and_files_stand_apart():
    def line(path, end):
        known = f'"function": "f", "rule": "SG101", "text": "{TEXT}"'
        return f'    {{"path": "{path}", {known}, "occurrence": {end},'

    text = text_of(baseline(entry("b.py"), entry(occurrence=2), entry(), **{"c.py": "why"}))
    assert text.split("\n") == [
        "{",
        '  "version": 1,',
        '  "accepted": [',
        line("c.py", '1, "reason": "why"}'),
        "    null",
        "  ],",
        "",
        '  "current": [',
        line("a.py", "1}"),
        line("a.py", "2}"),
        "",
        line("b.py", "1}"),
        "    null",
        "  ]",
        "}",
        "",
    ]


def test_the_example_in_the_documents_is_a_baseline(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "baseline.md").read_text("utf-8")
    example = page.partition("```json\n")[2].partition("```")[0]
    assert text_of(load(written(tmp_path, example))) == example


def test_another_layout_duplicates_and_untidy_paths_are_read(tmp_path):
    one = {"path": "./src//a.py", "function": "f", "rule": "SG101", "text": TEXT, "occurrence": 1}
    other = {**one, "path": "b.py"}
    document = {
        "version": 1,
        "accepted": [{**other, "reason": " why "}, {**other, "reason": "why"}],
        "current": [one, one, {**one, "path": "src/a.py"}, other],
    }
    path = tmp_path / "b.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(document, indent=4).encode())
    found = load(path)
    assert found.accepted == {entry("b.py"): "why"}
    assert found.current == {entry("src/a.py")}


ENTRY = {"path": "a.py", "function": "f", "rule": "SG101", "text": TEXT, "occurrence": 1}


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("", "line 1: no baseline of shapeguard: not JSON"),
        ('{"version": 1,\n"current": [}', "line 2: no baseline of shapeguard: not JSON"),
        ("[" * 100_000, "no baseline of shapeguard: "),
        ("[]", "no baseline of shapeguard: expected an object, found [] (list)"),
        ("{}", "no baseline of shapeguard: version: expected 1, found none"),
        ('{"version": "1"}', "version: expected 1, found '1' (str)"),
        ('{"version": true}', "version: expected 1, found True (bool)"),
        (
            '{"version": 2, "entries": []}',
            "was written by a newer shapeguard: version 2, this one reads 1",
        ),
        ('{"version": 1, "version": 1}', "the key 'version' stands more than once"),
        ('{"version": 1, "ok": []}', "unknown key 'ok'; valid keys: version, accepted, current"),
        ('{"version": 1, "current": {}}', "current: expected a list of entries, found {} (dict)"),
    ],
)
def test_what_is_no_baseline_is_told_with_file_and_line(tmp_path, text, phrase):
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load(path)
    assert str(error.value).startswith(f"{path}: ")
    assert phrase in str(error.value)


@pytest.mark.parametrize(
    ("key", "wrong", "phrase"),
    [
        ("current", 3, "current[1]: expected an entry, found 3 (int)"),
        ("current", {"path": "a.py"}, "current[1].function: expected the qualified name"),
        ("current", {**ENTRY, "occurrence": 0}, "occurrence: expected a number from 1, found 0"),
        (
            "current",
            {**ENTRY, "occurrence": True},
            "occurrence: expected a number from 1, found True",
        ),
        ("current", {**ENTRY, "path": ""}, "path: expected the path of a file, found '' (str)"),
        ("current", {**ENTRY, "line": 3}, "current[1]: unknown key 'line'; valid keys: path, "),
        ("current", {**ENTRY, "reason": "x"}, "entries with a reason belong into `accepted`"),
        ("accepted", ENTRY, "accepted[1].reason: expected a text that says why"),
        ("accepted", {**ENTRY, "reason": " "}, "accepted[1].reason: expected a text that says why"),
        (
            "accepted",
            {**ENTRY, "text": "\x1b[2J", "rule": 1},
            "accepted[1].rule: expected the code",
        ),
    ],
)
def test_a_wrong_entry_is_told_with_its_key(tmp_path, key, wrong, phrase):
    right = ENTRY if key == "current" else {**ENTRY, "reason": "why"}
    path = entries(tmp_path, [right, wrong], key)
    with pytest.raises(ConfigError) as error:
        load(path)
    assert f"{path}: {key}[1]" in str(error.value)
    assert phrase in str(error.value)
    assert str(error.value).isprintable()


def test_what_cannot_be_read_is_told(tmp_path):
    with pytest.raises(ConfigError, match=r"gone.json: there is no such baseline; `shapeguard b"):
        load(tmp_path / "gone.json")
    with pytest.raises(ConfigError, match=r"cannot be read: Is a directory"):
        load(tmp_path)
    path = tmp_path / "b.json"
    path.write_bytes(b'{\n"version": "\xff"}')
    with pytest.raises(ConfigError, match=r"b.json: line 2: no baseline of shapeguard: not UTF-8"):
        load(path)


# Merges by git


@pytest.fixture
def merge(tmp_path):
    """Return a function that merges what two branches make of a baseline, by git in a repository."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    who = {"GIT_AUTHOR_NAME": "A", "GIT_COMMITTER_NAME": "A"}
    mail = {"GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_EMAIL": "a@example.org"}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    path = tmp_path / "b.json"

    def git(*arguments, check=True):
        done = subprocess.run(
            ["git", "-c", "merge.conflictStyle=diff3", *arguments],
            cwd=tmp_path, env={**kept, **who, **mail, **alone}, capture_output=True, check=False,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stderr
        return done.returncode

    def commit(content):
        path.write_text(text_of(content), "utf-8")
        git("add", ".")
        git("commit", "--quiet", "--allow-empty", "-m", "state")

    def merged(base, ours, theirs, attributes=""):
        git("init", "--quiet", "-b", "main")
        (tmp_path / ".gitattributes").write_text(attributes, "utf-8")
        commit(base)
        git("checkout", "--quiet", "-b", "theirs")
        commit(theirs)
        git("checkout", "--quiet", "main")
        commit(ours)
        return git("merge", "--quiet", "--no-edit", "theirs", check=False) == 0, path

    return merged


FILES = [entry(f"{letter}.py", occurrence=n) for letter in "bdfh" for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        pytest.param(({"f1"}, {"d4"}), ({"h3"}, {"h4"}), id="both ends"),
        pytest.param((set(), {"b4"}), (set(), {"d0"}), id="end of a file and start of the next"),
        pytest.param(({"b3"}, set()), ({"d1"}, set()), id="last of a file and first of the next"),
        pytest.param((set(), {"h4"}), ({"h1", "h2"}, {"a1"}), id="at the end and at the start"),
        pytest.param(({"b2"}, {"c1"}), ({"h2"}, {"g1"}), id="files that are new"),
    ],
)
def test_changes_of_different_places_merge(ours, theirs, merge):
    base = baseline(*FILES, **{"x.py": "why"})
    sides = [
        replace(base, current=(base.current - named(out)) | named(new))
        for out, new in (ours, theirs)
    ]
    clean, path = merge(base, *sides)
    assert clean
    gone, new = ours[0] | theirs[0], ours[1] | theirs[1]
    wanted = (base.current - named(gone)) | named(new)
    assert path.read_text("utf-8") == text_of(replace(base, current=wanted))


def named(short):
    return {
        entry(f"{each[0]}.py", occurrence=int(each[1]) or 9, function="" if each[1] == "0" else "f")
        for each in short
    }


def test_accepting_on_one_branch_and_a_new_finding_on_the_other_merge(merge):
    base = baseline(*FILES)
    accepted = replace(base.without([FILES[-1]]), accepted={FILES[-1]: "why"})
    clean, path = merge(base, accepted, base.renewed([], [entry("a.py")]))
    assert clean
    assert load(path).accepted == {FILES[-1]: "why"}
    assert load(path).current == {entry("a.py"), *FILES[:-1]}


CONFLICTS = {
    "new at the same place": (({}, {"i1"}), ({}, {"j1"})),
    "neighbours removed": (({"h2"}, {}), ({"h3"}, {})),
    "both empty it": (({e.path[0] + str(e.occurrence) for e in FILES}, {"a1"}), ({"b1"}, {"a2"})),
}


@pytest.mark.parametrize("case", CONFLICTS)
@pytest.mark.parametrize("attributes", ["", "b.json merge=union\n"], ids=["plain", "union"])
def test_a_conflict_keeps_what_either_side_has(case, attributes, merge):
    """Both lists are in conflict at once: git must not make one conflict of the two."""
    (ours_out, ours_new), (theirs_out, theirs_new) = CONFLICTS[case]
    base = baseline(*FILES)
    ours = Baseline(
        base.path, {entry("o.py"): "ours"}, (base.current - named(ours_out)) | named(ours_new)
    )
    theirs = Baseline(
        base.path, {entry("t.py"): "theirs"}, (base.current - named(theirs_out)) | named(theirs_new)
    )
    clean, path = merge(base, ours, theirs, attributes)
    assert clean == bool(attributes)
    if not clean:
        with pytest.raises(ConfigError, match=r"b.json: line \d+: merge conflict markers; .*prune"):
            load(path)
    found = load(path, merging=True)
    assert found.accepted == {entry("o.py"): "ours", entry("t.py"): "theirs"}
    assert found.current >= (ours.current & theirs.current) | named(ours_new) | named(theirs_new)
    assert found.current <= ours.current | theirs.current


def test_two_reasons_for_one_entry_are_both_kept(merge):
    base = baseline(*FILES)
    sides = [Baseline(base.path, {entry("o.py"): why}, base.current) for why in ("one", "other")]
    _, path = merge(base, *sides)
    assert load(path, merging=True).accepted == {entry("o.py"): "one; other"}
    with pytest.raises(ConfigError, match=r"line 4: merge conflict markers"):
        load(path)


# Checks


def test_findings_in_the_baseline_are_suppressed_with_the_reason(tmp_path):
    files = {"a.py": JOIN, "b.py": JOIN, "c.py": JOIN}
    said = looked_at(tmp_path, files, baseline(entry("b.py"), **{"a.py": "why"}))
    assert [each.span.filename for each in said.kept] == ["c.py"]
    assert [(each.finding.span.filename, each.by, each.reason) for each in said.suppressed] == [
        ("a.py", Suppressor.BASELINE, "why"),
        ("b.py", Suppressor.BASELINE, ""),
    ]
    (change,) = said.changes
    assert (change.stale, change.new) == ((), (entry("c.py"),))


@pytest.mark.parametrize(
    "changed",
    [
        "# moved\n\n" + JOIN,
        JOIN.replace(
            "torch.cat([prefix, keys], dim=1)",
            "torch.cat(\n        [prefix, keys],\n        dim=1,\n    )",
        ),
        JOIN.replace(
            "torch.cat([prefix, keys], dim=1)",
            "(\n        torch\n        .cat([prefix, keys], dim=1)  # why\n        .sum()\n    )",
        ),
        JOIN.replace("    keys = ", "    print('more')\n    keys = "),
    ],
    ids=["shifted", "another layout", "lines broken before dots", "more before it"],
)
def test_an_entry_survives_changes_around_its_place(tmp_path, changed):
    said = looked_at(tmp_path, {"a.py": changed}, baseline(entry()))
    assert (said.kept, said.changes[0].stale) == ((), ())
    assert len(said.suppressed) == 1


@pytest.mark.parametrize(
    ("files", "stale"),
    [
        ({"a.py": "x = 1\n"}, True),
        ({"a.py": JOIN.replace("dim=1", "dim=2")}, True),
        ({"a.py": JOIN.replace("def f", "def g")}, True),
        ({"b.py": JOIN}, True),
        ({"a.py": "def f(:\n"}, False),
        ({"a.py": JOIN}, False),
    ],
    ids=["gone", "other text", "other function", "renamed", "unparsable", "there"],
)
def test_stale_is_what_is_known_to_be_gone(tmp_path, files, stale):
    said = looked_at(tmp_path, files, baseline(entry()))
    assert said.changes[0].stale == ((entry(),) if stale else ())


def test_one_fixed_of_two_alike_leaves_one_entry_stale(tmp_path):
    both = baseline(entry(), entry(occurrence=2))
    said = looked_at(tmp_path, {"a.py": TWICE}, both)
    assert (said.kept, said.changes[0].stale) == ((), ())
    said = looked_at(tmp_path, {"a.py": JOIN}, both)
    assert (said.kept, said.changes[0].stale) == ((), (entry(occurrence=2),))
    said = looked_at(tmp_path, {"a.py": TWICE}, baseline(entry()))
    assert [each.span.start.row for each in said.kept] == [9]


def test_nothing_is_stale_that_was_not_looked_for(tmp_path):
    gone = [entry(rule="SG101"), entry(rule="SG304"), entry(rule="XX1"), entry("other.py")]
    (tmp_path / "other.py").write_text("", "utf-8")
    said = looked_at(tmp_path, {"a.py": "x = 1\n"}, baseline(*gone), select=("SG304",))
    assert said.changes[0].stale == (entry(rule="SG304"),)
    said = looked_at(
        tmp_path, {"a.py": JOIN}, baseline(entry()), per_file_ignores={"a.py": ("SG",)}
    )
    assert (said.changes[0].stale, said.suppressed) == ((), ())


def test_a_code_that_no_rule_has_is_stale_where_its_pack_is_installed(tmp_path):
    wrong = [entry(rule=code) for code in ("SG1O1", "SG999", "XX1", "sg101")]
    wrong.append(entry(function="", rule="SG901", text="SG998"))
    elsewhere = entry("../other/a.py", rule="SG999")
    known = baseline(*wrong, elsewhere, entry("gone.py", rule="SG999"), entry())
    (change,) = looked_at(tmp_path, {"a.py": JOIN}, known, select=("SG101",)).changes
    assert change.unknown == {
        **{each: each.rule for each in wrong[:4]},
        wrong[4]: "SG998",
        entry("gone.py", rule="SG999"): "SG999",
    }
    assert set(change.unknown) - set(change.stale) == {entry(rule="XX1")}
    assert set(change.stale) <= set(change.unknown)


def test_a_code_that_no_rule_has_is_stale_in_a_file_that_does_not_parse_as_well(tmp_path):
    known = baseline(entry(rule="SG999"), entry())
    (change,) = looked_at(tmp_path, {"a.py": "def f(:\n"}, known).changes
    assert change.stale == (entry(rule="SG999"),)


def test_a_finding_that_is_not_sure_enough_is_still_there(tmp_path):
    said = looked_at(tmp_path, {"a.py": WEIGHTED}, baseline())
    assert [each.confidence for each in said.kept] == [Confidence.MEDIUM]
    known = baseline(*said.changes[0].new)
    said = looked_at(tmp_path, {"a.py": WEIGHTED}, known, min_confidence=Confidence.HIGH)
    assert (said.kept, said.changes[0].stale) == ((), ())


def test_a_comment_speaks_before_the_baseline(tmp_path):
    suppressed = JOIN.replace("dim=1)", "dim=1)  # shapeguard: ignore[SG101] why")
    said = looked_at(tmp_path, {"a.py": suppressed}, baseline(entry()))
    assert said.suppressed == ()
    assert said.changes[0].stale == (entry(),)


def test_an_unused_suppression_is_stale_only_where_its_rule_was_asked(tmp_path):
    unused = entry(function="", rule="SG901", text="SG101")
    files = {"a.py": "x = 1  # shapeguard: ignore[SG101] why\n"}
    assert looked_at(tmp_path, files, baseline(unused)).kept == ()
    (change,) = looked_at(tmp_path, files, baseline(unused), select=("SG9",)).changes
    assert change.stale == ()
    (change,) = looked_at(tmp_path, {"a.py": "x = 1\n"}, baseline(unused)).changes
    assert change.stale == (unused,)


def test_a_file_that_cannot_be_parsed_is_reported_whatever_the_baseline_has(tmp_path):
    said = looked_at(tmp_path, {"a.py": "def f(:\n"}, baseline())
    assert [each.code for each in said.kept] == ["SG900"]
    assert said.changes[0].new == ()
    known = baseline(entry(function="", rule="SG900", text=said.kept[0].message))
    assert [each.code for each in looked_at(tmp_path, {"a.py": "def f(:\n"}, known).kept] == [
        "SG900"
    ]


def test_paths_are_relative_to_the_baseline(tmp_path):
    inside, outside = tmp_path / "project", tmp_path / "lib"
    (inside / "src").mkdir(parents=True)
    (inside / "link").symlink_to(inside / "src", target_is_directory=True)
    held = Baseline(inside / "b.json")
    assert held.name_of(inside / "src" / "a.py") == "src/a.py"
    assert held.name_of(outside / "a.py") == "../lib/a.py"
    (tmp_path / "alias").symlink_to(inside, target_is_directory=True)
    assert held.name_of(tmp_path / "alias" / "src" / "a.py") == "src/a.py"
    assert Baseline(tmp_path / "alias" / "b.json").name_of(inside / "src" / "a.py") == "src/a.py"


def test_the_file_of_an_entry_is_missed_only_where_one_was_asked_for(tmp_path):
    (tmp_path / "there.py").write_text("", "utf-8")
    held = Baseline(tmp_path / "sub" / "b.json")
    (tmp_path / "sub").mkdir()
    assert held.lacks_file(entry("gone.py"), [tmp_path])
    assert held.lacks_file(entry("../there.py/gone.py"), [tmp_path])
    assert held.lacks_file(entry("nul\0.py"), [tmp_path])
    assert not held.lacks_file(entry("../there.py"), [tmp_path])
    assert not held.lacks_file(entry("gone.py"), [tmp_path / "other", tmp_path / "there.py"])
