"""Changes that are easily missed by what a result rests on: each makes a finding that was not there before."""

from __future__ import annotations

import pytest

from shapeguard.lint import labour
from shapeguard.lint.cache import Cache
from shapeguard.lint.config import Hierarchy
from shapeguard.lint.engine import check
from shapeguard.lint.labour import Jobs
from shapeguard.lint.project import Project
from shapeguard.lint.tracking import Tracker
from shapeguard.lint.workshop import alone

JOINING = "import torch\n\ndef joined(xs):\n    return torch.cat(xs)\n"
CALLING = "from pkg.ops import joined\n\n" + "".join(
    f"def call{number}(xs):\n    return joined([x for x in xs if x.ok])\n\n" for number in range(22)
)
NESTED = (
    "from pkg.ops import joined\n\ndef outer(xs):\n    def one(xs):\n        return joined(xs)\n"
    "    def two(xs):\n        return {}(xs)\n    return joined(one(two(xs)))\n"
)
STAR = "import torch\nfrom {} import *\n\ndef use(xs):\n    return torch.cat(fresh([x for x in xs if x.ok]))\n"
OTHER = "def other(xs):\n    return xs\n"
FRESH = "\ndef fresh(xs):\n    return xs\n"
LOADING = "import torch\n\ndef load(grads):\n    return torch.stack(grads)\n"
GUARD = "{0}if not grads:\n{0}    return None\n"
TWIN = (
    "import torch\n\ndef outer(grads):\n{}    def load(grads):\n{}"
    "        return torch.stack(grads)\n    return load(grads)\n"
)
POOL = (
    "import torch\n\nclass Pool:\n    flag = False\n    def rows(self, xs):\n        return xs\n"
    "    def joined(self, xs):\n        if self.flag:\n"
    "            return torch.cat(self.rows([x for x in xs if x.ok]))\n        return xs\n"
)
MAKING = (
    "import torch\nfrom pkg.ops import Pool\n\ndef make(xs):\n    class Made(Pool):\n        flag = {}\n"
    "        def rows(self, ys):\n            return torch.cat(ys)\n    return Made\n"
)


def write(directory, files):
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, "utf-8")


def checked(directory, execute=alone, names=None):
    """Check with the cache, compare with a check without, and return what is found."""
    files = sorted(directory.rglob("*.py")) if names is None else [directory / n for n in names]
    cache = Cache(directory / ".shapeguard_cache" / "results.sqlite", "here")
    settings = Hierarchy(directory)
    outcome = check(files, settings, root=directory, cache=lambda: cache, labour=execute)
    assert cache.trouble == ""
    assert outcome == check(files, Hierarchy(directory), root=directory)
    return [*outcome.findings, *outcome.unsure]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            {"pkg/ops.py": OTHER, "pkg/use.py": STAR.format("pkg.ops")},
            {"pkg/ops.py": OTHER + FRESH},
            id="a name that comes with all others",
        ),
        pytest.param(
            {"src/ops.py": OTHER, "use.py": STAR.format("ops")},
            {"ops.py": FRESH},
            id="a module that stands before another",
        ),
        pytest.param(
            {"pkg/ops.py": JOINING, "pkg/use.py": CALLING, "pkg/f.py": NESTED.format("joined")},
            {"pkg/f.py": NESTED.format("list")},
            id="one caller less than too many",
        ),
        pytest.param(
            {
                "pkg/third.py": LOADING,
                "pkg/twin.py": TWIN.format(GUARD.format("    "), ""),
            },
            {"pkg/twin.py": TWIN.format("", GUARD.format("        "))},
            id="a test that moves into a function within",
        ),
        pytest.param(
            {"pkg/ops.py": POOL, "pkg/f.py": MAKING.format("False")},
            {"pkg/f.py": MAKING.format("True")},
            id="a class within a function",
        ),
    ],
)
def test_what_a_change_makes_known_is_found(tmp_path, before, after):
    write(tmp_path, {"shapeguard.toml": "", "pkg/__init__.py": "", **before})
    known = checked(tmp_path)
    assert checked(tmp_path) == known
    write(tmp_path, after)
    assert len(checked(tmp_path)) > len(known)


def test_what_only_another_process_has_read_moves_with_its_lines(tmp_path, monkeypatch):
    monkeypatch.setattr(labour, "WORTH", 4)
    using = "".join(f"def use{n}(xs):\n    return torch.cat(some(xs))\n\n" for n in range(48))
    source = "def some(xs):\n    return [x for x in xs if x.ok]\n"
    write(
        tmp_path,
        {
            "shapeguard.toml": "",
            "pkg/__init__.py": "",
            "pkg/source.py": source,
            "pkg/use.py": f"import torch\nfrom pkg.source import some\n\n{using}",
        },
    )
    jobs = Jobs(2, tmp_path)
    found = checked(tmp_path, jobs, ["pkg/use.py"])
    assert {each.trace[0].span.filename for each in found} == {"pkg/source.py"}
    write(tmp_path, {"pkg/source.py": f"# one\n# two\n\n{source}"})
    moved = checked(tmp_path, jobs, ["pkg/use.py"])
    assert moved[0].trace[0].span.start.row == found[0].trace[0].span.start.row + 3


def test_what_cannot_be_computed_is_not_what_it_was_for_the_time_being():
    tracker = Tracker()

    def compute():
        tracker.put(("kind", 1), "for now")
        raise RecursionError

    with pytest.raises(RecursionError):
        tracker.remembered(("kind", 1), compute)
    assert tracker.remembered(("kind", 1), lambda: "known") == "known"


def test_who_is_checked_with_a_file_changes_nothing(tmp_path):
    calling = "from ops import joined\n\ndef use(xs):\n    return joined([x for x in xs if x.ok])\n"
    write(tmp_path, {"shapeguard.toml": "", "ops.py": JOINING, "tool": calling})
    for names in (["tool"], ["ops.py"], ["ops.py", "tool"], ["ops.py"]):
        found = checked(tmp_path, names=names)
        assert [each for each in found if each.span.filename == "ops.py"] == []


def test_what_is_imported_from_where_no_files_are_looked_for(tmp_path):
    given = "def rows(xs):\n    return {}\n"
    using = (
        "import torch\nfrom pkg.build.rows import rows\n\n"
        "def use(xs):\n    return torch.cat(rows([x for x in xs if x.ok]))\n"
    )
    write(tmp_path, {"shapeguard.toml": "", "pkg/__init__.py": "", "pkg/build/__init__.py": ""})
    write(tmp_path, {"pkg/build/rows.py": given.format("[xs]"), "pkg/use.py": using})
    assert checked(tmp_path, names=["pkg/use.py"]) == []
    write(tmp_path, {"pkg/build/rows.py": given.format("xs")})
    assert len(checked(tmp_path, names=["pkg/use.py"])) == 1
    (tmp_path / "pkg/build/rows.py").unlink()
    assert checked(tmp_path, names=["pkg/use.py"]) == []


def test_a_package_around_the_project_that_comes(tmp_path):
    calling = " import joined\n\ndef use(xs):\n    return joined([x for x in xs if x.ok])\n"
    write(tmp_path, {"pkg/shapeguard.toml": "", "pkg/__init__.py": "", "pkg/ops.py": JOINING})
    write(tmp_path, {"pkg/use.py": f"from pkg.ops{calling}", "pkg/rel.py": f"from .ops{calling}"})
    checked(tmp_path, names=["pkg/ops.py"])
    write(tmp_path, {"__init__.py": ""})
    checked(tmp_path, names=["pkg/ops.py"])


def test_classes_that_inherit_in_a_circle(tmp_path):
    text = "class Pool:\n    pass\n\nclass Mid(Pool):\n    pass\n\nclass Pool(Mid):\n    pass\n"
    write(tmp_path, {"a.py": text})
    orders = []
    for first, second in (("Pool", "Mid"), ("Mid", "Pool")):
        project = Project(tmp_path, lambda path: path.name)
        classes = project.outline(tmp_path / "a.py").module.classes
        order = {name: [*map(repr, project.bases(classes[name]))] for name in (first, second)}
        orders.append(order)
    assert orders[0] == orders[1]
    assert orders[0]["Mid"] == ["a.Mid", "a.Pool"]
