from __future__ import annotations

import re

import pytest

from shapeguard.errors import ConfigError, UsageError
from shapeguard.finding import Confidence
from shapeguard.lint.config import (
    Settings,
    check_codes,
    check_entries,
    has_settings,
    load_settings,
)


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
        'empty-axes = ["share"]\n',
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
        ('origin = "x"', ["origin: unknown key"]),
        ('select = "SG1"', ["select: expected a list of rule codes", "found 'SG1' (str)"]),
        ('select = ["SG1", 2]', ["select[1]: expected a string, found 2 (int)"]),
        ("preview = 1", ["preview: expected true or false, found 1 (int)"]),
        ('min-confidence = "hi"', ['expected one of "low", "medium", "high"', "found 'hi' (str)"]),
        ("preview = maybe", ["not valid TOML", "line 1, column 11"]),
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
