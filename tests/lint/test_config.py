from __future__ import annotations

import re

import pytest
from msgspec import structs

from shapeguard.errors import ConfigError, UsageError
from shapeguard.finding import Confidence, Severity
from shapeguard.lint.config import (
    Hierarchy,
    Settings,
    check_codes,
    check_entries,
    check_options,
    has_settings,
    load_settings,
)
from shapeguard.lint.discover import Excludes
from shapeguard.lint.options import Options
from shapeguard.lint.wanted import per_file_ignores


def write(directory, text, name="shapeguard.toml"):
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / name
    path.write_text(text, "utf-8")
    return path


def test_defaults_without_a_file(tmp_path):
    settings = load_settings(None, tmp_path)
    assert settings == Settings()
    assert settings.min_confidence is Confidence.MEDIUM


def test_every_key(tmp_path):
    path = write(
        tmp_path,
        'select = ["SG1"]\nextend-select = ["SG3"]\nignore = ["SG101"]\nexclude = ["a"]\n'
        'extend-exclude = ["b"]\nforce-exclude = true\nmin-confidence = "low"\npreview = true\n'
        'empty-axes = ["share"]\nbaseline = "known.json"\nsrc = ["python"]\n'
        '[per-file-ignores]\n"tests/*" = ["SG3"]\n[rules.SG101]\nseverity = "info"\n',
    )
    assert load_settings(None, tmp_path) == Settings(
        select=("SG1",),
        extend_select=("SG3",),
        ignore=("SG101",),
        exclude=("a",),
        extend_exclude=("b",),
        force_exclude=True,
        min_confidence=Confidence.LOW,
        preview=True,
        empty_axes=("share",),
        baseline=tmp_path / "known.json",
        src=(tmp_path / "python",),
        per_file_ignores={"tests/*": ("SG3",)},
        rules={"SG101": {"severity": "info"}},
        origin=path,
    )


def test_nearest_file_wins_and_other_pyprojects_are_passed_over(tmp_path):
    outer = write(tmp_path, "[tool.shapeguard]\npreview = true\n", "pyproject.toml")
    write(tmp_path / "a", "[tool.other]\nx = 1\n", "pyproject.toml")
    (tmp_path / "a" / "b").mkdir()
    assert load_settings(None, tmp_path / "a" / "b").origin == outer
    inner = write(tmp_path / "a" / "b", "", "shapeguard.toml")
    assert load_settings(None, tmp_path / "a" / "b") == Settings(origin=inner)
    assert has_settings(tmp_path)
    assert not has_settings(tmp_path / "a")


def test_own_file_beats_pyproject_beside_it(tmp_path):
    write(tmp_path, "[tool.shapeguard]\npreview = true\n", "pyproject.toml")
    own = write(tmp_path, "", "shapeguard.toml")
    assert load_settings(None, tmp_path).origin == own


def test_named_file_is_read_whatever_its_name(tmp_path):
    path = write(tmp_path, "preview = true", "strict.toml")
    assert load_settings(path, tmp_path / "elsewhere").preview


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ('selct = ["SG1"]', ["selct: unknown key", "did you mean 'select'?", "Valid keys: select"]),
        ("min_confidence = 1", ["did you mean 'min-confidence'?"]),
        ('origin = "x"', ["origin: unknown key; valid keys: select, "]),
        (
            "[tool.shapeguard]\npreview = true",
            ["tool: unknown key; keys stand at the top level of this file"],
        ),
        ('select = "SG1"', ["select: expected a list of rule codes", "found 'SG1' (str)"]),
        ('select = ["SG1", 2]', ["select[1]: expected a string, found 2 (int)"]),
        ("preview = 1", ["preview: expected true or false, found 1 (int)"]),
        ('min-confidence = "hi"', ['expected one of "low", "medium", "high"', "found 'hi' (str)"]),
        ("preview = maybe", ["not valid TOML", "line 1, column 11"]),
        (
            '[per-file-ignores]\n"a b/*" = "SG1"',
            ['per-file-ignores."a b/*": expected a list of rule codes', "found 'SG1' (str)"],
        ),
        (
            '[per-file-ignores]\nplain = ["SG1", 3]',
            ["per-file-ignores.plain[1]: expected a string, found 3 (int)"],
        ),
        (
            '[per-file-ignores]\n"" = ["SG1"]',
            [
                "per-file-ignores.\"\": expected a gitignore pattern, found '', which matches nothing"
            ],
        ),
        (
            '[per-file-ignores]\n"!" = ["SG1"]',
            ['per-file-ignores."!": expected a gitignore pattern', "which matches nothing"],
        ),
        (
            '[per-file-ignores]\n"!!a" = ["SG1"]',
            ['per-file-ignores."!!a": expected a gitignore pattern with one ! at most in front'],
        ),
        ('[per-file-ignores]\n"../" = ["SG1"]', ['per-file-ignores."../": expected a gitignore']),
        ('exclude = ["a", "[a"]', ["exclude[1]: expected a gitignore pattern, found '[a', which"]),
        ('exclude = [" "]', ["exclude[0]: expected a gitignore pattern, found ' '"]),
        ('exclude = ["!"]', ["exclude[0]: expected a gitignore pattern, found '!'"]),
        ('exclude = ["[z-a]"]', ["exclude[0]: expected a gitignore pattern, found '[z-a]'"]),
        (
            'extend-exclude = ["#a"]',
            ["extend-exclude[0]:", "matches nothing; a name that starts with # is written \\#a"],
        ),
        ("extend-exclude = ['a\\']", ["extend-exclude[0]: expected a gitignore pattern"]),
        ("per-file-ignores = []", ["per-file-ignores: expected a table of gitignore patterns"]),
        ("rules = 1", ["rules: expected a table of rule codes", "found 1 (int)"]),
        ("[rules]\nSG101 = true", ["rules.SG101: expected a table of options, found True (bool)"]),
        (
            '[rules.SG101]\nseverity = "fatal"',
            ["rules.SG101.severity: expected one of", '"error", "warning", "info"', "'fatal'"],
        ),
        ("baseline = 1", ["baseline: expected the path of a baseline, found 1 (int)"]),
        ('src = "python"', ["src: expected a list of directories, found 'python' (str)"]),
        ("extend = 1", ["extend: expected the path of another configuration file"]),
    ],
)
def test_mistakes_name_file_key_and_what_would_be_valid(text, phrases, tmp_path):
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_settings(None, tmp_path)
    for phrase in (str(path), *phrases):
        assert phrase in str(caught.value)


def test_mistakes_in_pyproject_name_the_whole_key(tmp_path):
    write(tmp_path, "[tool.shapeguard]\nprevieuw = true\n", "pyproject.toml")
    with pytest.raises(ConfigError, match=r"tool\.shapeguard\.previeuw: unknown key"):
        load_settings(None, tmp_path)


def test_section_that_is_no_table(tmp_path):
    write(tmp_path, "[tool]\nshapeguard = 3\n", "pyproject.toml")
    with pytest.raises(ConfigError, match=r"tool\.shapeguard: expected a table, found 3 \(int\)"):
        load_settings(None, tmp_path)


def test_undecodable_and_missing_files(tmp_path):
    (tmp_path / "shapeguard.toml").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_settings(None, tmp_path)
    with pytest.raises(ConfigError, match=r"no\.toml: cannot be read: No such file"):
        load_settings(tmp_path / "no.toml", tmp_path)


@pytest.mark.parametrize("text", ["preview = true\n", "# first\r\npreview = true\r\n"])
def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path, text):
    (tmp_path / "shapeguard.toml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load_settings(None, tmp_path).preview


def test_named_pyproject_without_the_table(tmp_path):
    path = write(tmp_path, "", "pyproject.toml")
    with pytest.raises(ConfigError, match=r"there is no \[tool\.shapeguard\] table"):
        load_settings(path, tmp_path)


@pytest.mark.parametrize(
    ("select", "ignore", "wanted"),
    [
        (("ALL",), (), True),
        (("SG1",), (), True),
        (("SG3",), (), False),
        ((), (), False),
        (("ALL",), ("SG1",), False),
        (("SG101",), ("SG1",), True),
        (("SG1",), ("SG101",), False),
        (("SG101",), ("SG101",), False),
        (("SG1",), ("ALL",), True),
    ],
)
def test_most_specific_entry_decides(select, ignore, wanted):
    assert Settings(select=select, ignore=ignore).selects("SG101") is wanted
    assert Settings(select=(), extend_select=select, ignore=ignore).selects("SG101") is wanted


def test_unknown_codes_name_the_nearest():
    known = ["SG101", "SG301"]
    check_entries(["SG1", "SG301", "ALL"], known, "--select")
    with pytest.raises(UsageError, match="--select: unknown rule code 'SG110'; nearest: SG101"):
        check_entries(["SG110"], known, "--select")
    with pytest.raises(UsageError, match="'E501'; known: SG101, SG301"):
        check_entries(["E501"], known, "--select")


@pytest.mark.parametrize(
    ("entry", "meant"),
    [
        ("SG1O1", "SG101"),
        ("SGI0l", "SG101"),
        ("sg301", "SG301"),
        ("SG301 ", "SG301"),
        ("sg3", "SG3"),
        ("SG3O", "SG30"),
        ("all", "ALL"),
        (" ALL ", "ALL"),
    ],
)
def test_what_only_looks_different_is_named_alone(entry, meant):
    said = f"--select: unknown rule code {entry!r}; did you mean {meant!r}?"
    with pytest.raises(UsageError) as caught:
        check_entries([entry], ["SG101", "SG110", "SG301"], "--select")
    assert str(caught.value) == said


def test_no_code_at_all():
    with pytest.raises(UsageError, match="--select: unknown rule code ''; known: SG101, SG301"):
        check_entries([""], ["SG301", "SG101"], "--select")


def test_unknown_code_in_a_file_names_file_and_key(tmp_path):
    path = write(tmp_path, 'extend-select = ["SG199"]')
    with pytest.raises(ConfigError) as caught:
        check_codes(load_settings(None, tmp_path), ["SG101"])
    assert f"{path}: extend-select: unknown rule code 'SG199'" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            '["share", "two words"]',
            "empty-axes[1]: expected the name of one axis, found 'two words'",
        ),
        ('["share", 0]', "empty-axes[1]: expected"),
        ('"share"', "empty-axes: expected a list of axis names, found 'share'"),
    ],
)
def test_axes_that_may_be_empty_are_named_one_by_one(tmp_path, value, said):
    write(tmp_path, f"empty-axes = {value}\n")
    with pytest.raises(ConfigError, match=re.escape(said)):
        load_settings(None, tmp_path)


# --- the nearest file of each ---


def test_each_file_has_the_settings_of_its_nearest_configuration(tmp_path):
    outer = write(tmp_path, "preview = true")
    inner = write(tmp_path / "pkg" / "core", "[tool.shapeguard]\n", "pyproject.toml")
    hierarchy = Hierarchy(tmp_path)
    assert hierarchy.main.origin == outer
    assert hierarchy.of(tmp_path / "pkg" / "a.py").origin == outer
    assert hierarchy.of(tmp_path / "pkg" / "core" / "deep" / "a.py").origin == inner


def test_a_file_without_configuration_has_that_of_the_start(tmp_path):
    own = write(tmp_path / "here", "preview = true")
    elsewhere = tmp_path / "elsewhere" / "a.py"
    assert Hierarchy(tmp_path / "here").of(elsewhere).origin == own
    assert Hierarchy(tmp_path / "nowhere").of(elsewhere) == Settings()


def test_what_the_command_line_says_holds_for_every_file(tmp_path):
    write(tmp_path, 'select = ["SG1"]')
    write(tmp_path / "pkg", 'select = ["SG2"]')
    hierarchy = Hierarchy(tmp_path, lambda each: structs.replace(each, preview=True))
    found = [hierarchy.of(tmp_path / name) for name in ("a.py", "pkg/a.py")]
    assert [each.select for each in found] == [("SG1",), ("SG2",)]
    assert all(each.preview for each in found)


# --- extend ---


def test_a_file_extends_another(tmp_path):
    write(
        tmp_path,
        'select = ["SG1"]\nextend-select = ["SG201"]\nextend-exclude = ["/gen"]\npreview = true\n'
        'baseline = "known.json"\n[rules.SG101]\nseverity = "info"\n[rules.SG102]\n'
        'severity = "info"\n',
        "base.toml",
    )
    path = write(
        tmp_path / "pkg",
        'extend = "../base.toml"\nextend-select = ["SG301"]\nextend-exclude = ["own"]\n'
        'select = ["SG2"]\n[rules.SG101]\nmin-confidence = "high"\nseverity = "error"\n',
    )
    settings = load_settings(None, tmp_path / "pkg")
    assert settings.select == ("SG2",)
    assert settings.extend_select == ("SG201", "SG301")
    assert settings.preview
    assert settings.baseline == tmp_path / "known.json"
    assert settings.rules == {
        "SG101": {"severity": "error", "min-confidence": "high"},
        "SG102": {"severity": "info"},
    }
    assert settings.extend_exclude == ("../gen", "own")
    assert (settings.origin, settings.extended) == (path, (tmp_path / "base.toml",))


def test_patterns_are_relative_to_the_file_that_has_them(tmp_path):
    write(
        tmp_path, 'exclude = ["/pkg/old"]\n[per-file-ignores]\n"/pkg/a.py" = ["SG1"]', "base.toml"
    )
    write(tmp_path / "pkg", 'extend = "../base.toml"')
    settings = load_settings(None, tmp_path / "pkg")
    excludes = Excludes(settings, tmp_path)
    assert excludes.hides(tmp_path / "pkg" / "old" / "x.py")
    assert not excludes.hides(tmp_path / "pkg" / "new" / "x.py")
    assert list(per_file_ignores(settings, tmp_path / "pkg" / "a.py")) == ["SG1"]
    assert list(per_file_ignores(settings, tmp_path / "pkg" / "pkg" / "a.py")) == []


def test_extending_goes_on_through_files(tmp_path):
    write(tmp_path, '[tool.shapeguard]\nignore = ["SG1"]', "pyproject.toml")
    write(tmp_path, 'extend = "pyproject.toml"\npreview = true', "middle.toml")
    write(tmp_path / "a", f'extend = "{tmp_path / "middle.toml"}"')
    settings = load_settings(None, tmp_path / "a")
    assert (settings.ignore, settings.preview) == (("SG1",), True)
    assert settings.extended == (tmp_path / "middle.toml", tmp_path / "pyproject.toml")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("base.toml", 'extend = "shapeguard.toml"', "shapeguard.toml extends itself"),
        ("base.toml", "previw = true", "base.toml: previw: unknown key; did you mean 'preview'?"),
        ("other.toml", "", "base.toml: cannot be read: No such file"),
        ("base.toml", "[", "base.toml: not valid TOML"),
    ],
)
def test_mistakes_in_what_is_extended_name_both_files(tmp_path, name, text, said):
    write(tmp_path, text, name)
    path = write(tmp_path, 'extend = "base.toml"')
    with pytest.raises(ConfigError) as caught:
        load_settings(None, tmp_path)
    assert str(caught.value).startswith(f"{path}: extend: ")
    assert said in str(caught.value)


# --- options of rules ---


class Limits(Options, frozen=True):
    smallest: int = 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[rules.SG110]\nsmallest = 2",
            "rules.SG110: no rule has the code 'SG110'; nearest: SG101",
        ),
        (
            "[rules.SG3]\nsmallest = 2",
            "rules.SG3: no rule has the code 'SG3'; options are of one rule, and a whole code is wanted",
        ),
        (
            "[rules.ALL]\nseverity = 'info'",
            "rules.ALL: no rule has the code 'ALL'; options are of one rule, and a whole code is wanted",
        ),
        (
            "[rules.sg3]\nsmallest = 2",
            "rules.sg3: no rule has the code 'sg3'; nearest: SG301",
        ),
        (
            "[rules.sg3O1]\nsmallest = 2",
            "rules.sg3O1: no rule has the code 'sg3O1'; did you mean 'SG301'?",
        ),
        (
            "[rules.SG101]\nsmalest = 2",
            "rules.SG101.smalest: unknown key; did you mean 'smallest'? Valid keys: min-confidence,",
        ),
        (
            '[rules.SG101]\nsmallest = "2"',
            "rules.SG101.smallest: Expected `int`, got `str`, found '2' (str)",
        ),
    ],
)
def test_wrong_options_of_rules_name_file_and_key(tmp_path, text, said):
    path = write(tmp_path, text)
    settings = load_settings(None, tmp_path)
    with pytest.raises(ConfigError, match=re.escape(f"{path}: {said}")):
        check_options(settings, {"SG101": Limits, "SG301": Options})


def test_options_that_every_rule_has_and_those_of_one(tmp_path):
    write(tmp_path, '[rules.SG101]\nsmallest = 2\nseverity = "info"')
    settings = load_settings(None, tmp_path)
    check_options(settings, {"SG101": Limits})
    assert settings.own_options_of("SG101") == {"smallest": 2}
    assert settings.options_of("SG101").severity is Severity.INFO
    assert settings.options_of("SG102").severity is None


def test_codes_for_files_are_held_against_the_rules(tmp_path):
    path = write(tmp_path, '[per-file-ignores]\n"tests/*" = ["SG199"]')
    with pytest.raises(ConfigError) as caught:
        check_codes(load_settings(None, tmp_path), ["SG101"])
    said = f"{path}: per-file-ignores.\"tests/*\": unknown rule code 'SG199'; nearest: SG101"
    assert said in str(caught.value)
