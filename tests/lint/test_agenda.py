"""Who comes to the functions of a file is kept; a change that brings or takes somebody is not missed."""

from __future__ import annotations

import pytest

from shapeguard.lint.cache import Cache
from shapeguard.lint.config import Hierarchy
from shapeguard.lint.engine import check
from shapeguard.lint.project import Project
from tests.lint.test_stale import checked as checked_with_and_without
from tests.lint.test_stale import write

OPS = "import torch\n\ndef joined(xs):\n    return torch.cat(xs)\n"
POOL = (
    "import torch\n\nclass Base:\n    pass\n\nclass Pool:\n    def merge(self, xs):\n"
    "        return torch.cat(xs)\n"
)
USE = "from pkg.{} import {}\n\ndef use(xs{}):\n    return {}([x for x in xs if x.ok])\n"
MIDDLE = "from pkg.ops import joined\n\ndef middle(xs):\n    return {}(xs)\n"
MADE = (
    "from pkg.ops import Pool\n\nclass Kept:\n    def __init__(self):\n        self.step = {}\n\n"
    "    def run(self, xs):\n        return self.step.merge([x for x in xs if x.ok])\n"
)


def checked(directory):
    """Check one file with the cache, compare with a check without, and return what is found."""
    return checked_with_and_without(directory, names=["pkg/ops.py"])


CHANGES = {
    "a new caller": (
        {"pkg/ops.py": OPS, "pkg/use.py": "import pkg.ops\n"},
        {"pkg/use.py": USE.format("ops", "joined", "", "joined")},
    ),
    "a new file": (
        {"pkg/ops.py": OPS},
        {"pkg/use.py": USE.format("ops", "joined", "", "joined")},
    ),
    "another import": (
        {"pkg/ops.py": OPS, "pkg/use.py": USE.format("other", "joined", "", "joined")},
        {"pkg/use.py": USE.format("ops", "joined", "", "joined")},
    ),
    "what a file in between imports": (
        {
            "pkg/ops.py": OPS,
            "pkg/again.py": "from pkg.other import joined\n",
            "pkg/use.py": USE.format("again", "joined", "", "joined"),
        },
        {"pkg/again.py": "from pkg.ops import joined\n"},
    ),
    "what a function in between calls": (
        {
            "pkg/ops.py": OPS,
            "pkg/mid.py": MIDDLE.format("list"),
            "pkg/use.py": USE.format("mid", "middle", "", "middle"),
        },
        {"pkg/mid.py": MIDDLE.format("joined")},
    ),
    "the class that an argument has": (
        {"pkg/ops.py": POOL, "pkg/use.py": USE.format("ops", "Pool", ", pool", "pool.merge")},
        {"pkg/use.py": USE.format("ops", "Pool", ", pool: Pool", "pool.merge")},
    ),
    "the class that an attribute has": (
        {"pkg/ops.py": POOL, "pkg/use.py": MADE.format("None")},
        {"pkg/use.py": MADE.format("Pool()")},
    ),
    "what a class inherits": (
        {
            "pkg/ops.py": POOL,
            "pkg/deep.py": "from pkg.ops import Base, Pool\n\nclass Deep(Base):\n    pass\n",
            "pkg/use.py": USE.format("deep", "Deep", ", pool: Deep", "pool.merge"),
        },
        {"pkg/deep.py": "from pkg.ops import Base, Pool\n\nclass Deep(Pool):\n    pass\n"},
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_somebody_who_comes_to_a_file_is_found_in_spite_of_what_is_kept(tmp_path, change):
    before, after = change
    write(tmp_path, {"shapeguard.toml": "", "pkg/__init__.py": "", **before})
    assert checked(tmp_path) == checked(tmp_path) == []
    write(tmp_path, after)
    assert checked(tmp_path)
    assert checked(tmp_path)
    write(tmp_path, before)
    for name in after.keys() - before.keys():
        (tmp_path / name).unlink()
    assert checked(tmp_path) == []


def test_nothing_is_read_for_what_is_known(tmp_path, monkeypatch):
    read: list[str] = []
    whole = Project.read

    def noted(project, path):
        read.append(path.name)
        return whole(project, path)

    monkeypatch.setattr(Project, "read", noted)
    calling = "from pkg.ops import joined\n\ndef use(xs):\n    return joined(xs)\n"
    write(tmp_path, {"shapeguard.toml": "", "pkg/ops.py": OPS, "pkg/use.py": calling})

    def checked_alone():
        read.clear()
        cache = Cache(tmp_path / ".shapeguard_cache" / "results.sqlite", "here")
        files = [tmp_path / "pkg" / "ops.py"]
        return check(files, Hierarchy(tmp_path), root=tmp_path, cache=lambda: cache).analysed

    assert checked_alone() == 2
    assert "use.py" in read
    write(tmp_path, {"pkg/ops.py": f"{OPS}\ndef more(x):\n    return x / 2\n"})
    assert checked_alone() == 2
    assert {*read} == {"ops.py"}
    write(tmp_path, {"pkg/ops.py": f"{OPS}\ndef more(x):\n    return x / joined(x)\n"})
    assert checked_alone() == 3
    assert "use.py" in read


LEVELS = "def use(xs):\n    from {}ops import joined\n    return joined([x for x in xs if x.ok])\n"
CALLED = (
    "from pkg.ops import joined\n\ndef use(xs):\n    return joined{}([x for x in xs if x.ok])\n"
)
HISTORIES = {
    "how far a relative import goes": (
        "pkg/sub/use.py",
        [LEVELS.format(dots) for dots in (".", "..", ".", "..")],
    ),
    "a blank before the bracket": (
        "pkg/use.py",
        [CALLED.format(blank) for blank in ("", " ", "", " ")],
    ),
}


@pytest.mark.parametrize(("name", "texts"), HISTORIES.values(), ids=HISTORIES.keys())
def test_a_history_of_one_file(tmp_path, name, texts):
    others = {"pkg/sub/__init__.py": "", "pkg/sub/ops.py": "def joined(xs):\n    return xs\n"}
    write(tmp_path, {"shapeguard.toml": "", "pkg/__init__.py": "", "pkg/ops.py": OPS, **others})
    found = []
    for text in texts:
        write(tmp_path, {name: text})
        found.append(len(checked(tmp_path)))
    assert found[:2] == found[2:]
    assert found[0] != found[1]
