"""Cache files of several machines brought together: what is found stays what a fresh check finds."""

from __future__ import annotations

import random
import sqlite3

import pytest

from shapeguard.lint.cache import Cache
from shapeguard.lint.config import Hierarchy
from shapeguard.lint.engine import check
from shapeguard.lint.merging import MergeError, merge

HELPER = "import torch\n\ndef joined(xs):\n    return torch.cat(xs)\n"
USER = "from pkg.helper import joined\n\ndef use(xs):\n    return joined([x for x in xs if x.ok])\n"
ALONE = "def mean(xs):\n    good = [x for x in xs if x > 0]\n    return sum(good) / len(good)\n"
FILES = {
    "pkg/__init__.py": "",
    "pkg/helper.py": HELPER,
    "pkg/user.py": USER,
    "pkg/alone.py": ALONE,
}


def project(directory):
    for name, text in {"shapeguard.toml": "", **FILES}.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, "utf-8")
    return directory


def checked(directory, path, names=None, environment="here"):
    """Check with a cache file, compare with a check without one, and return the hits."""
    paths = sorted(directory.rglob("*.py")) if names is None else [directory / n for n in names]
    cache = Cache(path, environment)
    found = check(paths, Hierarchy(directory), root=directory, cache=lambda: cache)
    assert cache.trouble == ""
    assert found == check(paths, Hierarchy(directory), root=directory)
    return cache.hits


def test_two_projects_are_known_after_the_merge_and_a_change_drops_its_dependants(tmp_path):
    one, two = project(tmp_path / "one"), project(tmp_path / "two")
    a, b, into = (tmp_path / name / "results.sqlite" for name in ("a", "b", "into"))
    checked(one, a)
    checked(two, b)
    assert merge(into, [a, b]).copied == 2
    assert merge(into, [a, b]).joined == 2
    assert checked(one, into) == checked(two, into) == len(FILES)
    (one / "pkg/user.py").write_text(USER.replace("if x.ok", ""), "utf-8")
    assert checked(one, into) == 2
    assert checked(two, into) == len(FILES)


@pytest.mark.parametrize("seed", range(4))
def test_any_histories_merged_in_any_order(tmp_path, seed):
    chance = random.Random(seed)  # noqa: S311 - no secret
    here = project(tmp_path / "here")
    caches = [tmp_path / name / "results.sqlite" for name in "abc"]
    texts = {
        "pkg/user.py": [USER, USER.replace("if x.ok", "")],
        "pkg/more.py": [USER.replace("use", "more"), "x = 1\n"],
        "pkg/alone.py": [ALONE, "x = 2\n"],
    }
    for _ in range(5):
        name = chance.choice(sorted(texts))
        (here / name).write_text(chance.choice(texts[name]), "utf-8")
        some = sorted(path.relative_to(here).as_posix() for path in here.rglob("*.py"))
        checked(here, chance.choice(caches), chance.sample(some, 2))
    for path in caches:
        checked(here, path, ["pkg/helper.py"])
    forth, back = tmp_path / "x" / "results.sqlite", tmp_path / "y" / "results.sqlite"
    merge(forth, caches)
    merge(back, caches[::-1])
    assert checked(here, forth) == checked(here, back)


def test_a_file_that_only_one_knows_drops_what_it_has_an_effect_on(tmp_path):
    here = project(tmp_path / "here")
    a, b = tmp_path / "a" / "results.sqlite", tmp_path / "b" / "results.sqlite"
    (here / "pkg/user.py").unlink()
    checked(here, a)
    (here / "pkg/user.py").write_text(USER, "utf-8")
    checked(here, b, ["pkg/alone.py"])
    assert merge(a, [b]).joined == 1
    assert checked(here, a) < len(FILES)


def test_where_a_file_differs_the_later_state_is_kept(tmp_path):
    here = project(tmp_path / "here")
    a, b = tmp_path / "a" / "results.sqlite", tmp_path / "b" / "results.sqlite"
    checked(here, a)
    (here / "pkg/alone.py").write_text("x = 1\n", "utf-8")
    checked(here, b)
    assert merge(a, [b]).left_out == 1
    assert checked(here, a) == len(FILES)


@pytest.mark.parametrize("content", [b"no database" * 999, b"", None])
def test_what_is_no_cache_leaves_the_target_as_it_was(tmp_path, content):
    here, a, b = project(tmp_path / "here"), tmp_path / "a" / "r.sqlite", tmp_path / "b.sqlite"
    checked(here, a)
    if content is not None:
        b.write_bytes(content)
    with pytest.raises(MergeError, match=r"b\.sqlite: "):
        merge(a, [b])
    assert checked(here, a) == len(FILES)


def test_other_environment_itself_and_a_locked_target(tmp_path):
    here = project(tmp_path / "here")
    a, b, c = (tmp_path / name / "r.sqlite" for name in "abc")
    checked(here, a)
    checked(here, b, environment="there")
    checked(here, c)
    with pytest.raises(MergeError, match=r"environment .* '.* there', not '.* here'"):
        merge(a, [b])
    with pytest.raises(MergeError, match="into itself"):
        merge(a, [a])
    holder = sqlite3.connect(a, isolation_level=None)
    holder.execute("begin immediate")
    with pytest.raises(MergeError, match="locked"):
        merge(a, [c])
    holder.close()
    assert checked(here, a) == len(FILES)
