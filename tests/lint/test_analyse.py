from __future__ import annotations

import pytest

from shapeguard.errors import UsageError
from shapeguard.lint import analyse


@pytest.fixture
def unparsable(tmp_path, monkeypatch):
    (tmp_path / "a.py").write_text("def f(:\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "a.py"


def test_one_path_is_as_good_as_a_list_of_one(unparsable):
    expected = analyse(["a.py"])
    assert [(each.code, each.span.filename) for each in expected] == [("SG900", "a.py")]
    assert analyse("a.py") == expected
    assert analyse(unparsable) == expected
    assert analyse([unparsable]) == expected


def test_a_missing_path_is_wrong_usage(unparsable):
    with pytest.raises(UsageError, match=r"^gone\.py: no such file or directory$"):
        analyse("gone.py")


def test_a_deleted_working_directory_is_wrong_usage(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(UsageError, match="the working directory cannot be used"):
        analyse(tmp_path)
