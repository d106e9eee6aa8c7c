"""Which projects use a tensor library, and what is still said of the files of one that does not."""

from __future__ import annotations

import os

import pytest

from shapeguard.lint.cache import Cache
from shapeguard.lint.config import Hierarchy, Settings
from shapeguard.lint.engine import check
from shapeguard.lint.flow.models import MODELS
from shapeguard.lint.libraries import DESCRIBED, HANDING_OUT, described, mentions, without_tensors
from shapeguard.lint.texts import Texts
from shapeguard.lint.unexamined import FEW

NAMES = DESCRIBED | HANDING_OUT
HAZARD = """\
def share(batch, sizes, i):
    part = batch[sum(sizes[:i]) : sum(sizes[: i + 1])]
    return part.max(dim=0)
"""
"""An alarm, if ``batch`` is a tensor at all."""


def write(directory, **files):
    for name, text in files.items():
        path = directory / f"{name}.py"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def codes(directory, **given):
    files = sorted(directory.glob("*.py"))
    outcome = check(files, Hierarchy(directory), root=directory, **given)
    assert not outcome.problems
    return [(each.span.filename, each.code) for each in outcome.findings]


@pytest.fixture
def project(tmp_path):
    (tmp_path / "shapeguard.toml").write_text("", "utf-8")
    write(tmp_path, a=HAZARD, b="import re\n")
    return tmp_path


def test_the_constant_is_what_the_built_in_models_describe():
    assert described(model.name for model in MODELS) == DESCRIBED


@pytest.mark.parametrize(
    "text",
    [
        "import torch",
        "import os, torch",
        "import os as o, \\\n  numpy as np",
        "import os as o, \\\r\n  numpy as np",
        "from torch.nn import functional as F",
        "from torch import(nn)",
        "from torch import \\\n    nn",
        "x = 1\rimport torch\r",
        "  try: import jax",
        "x = 1; import jax",
        "from a import b; import torch",
        "import importlib\ntorch = importlib.import_module('torch.nn')",
        'np = pytest.importorskip("numpy")',
        "__import__('numpy')",
        ">>> import numpy as np",
        "import torch_geometric",
        "from pytorch_lightning.callbacks import Callback",
        "import\ttorch",
        "exec('import torch')",
        "if TYPE_CHECKING:\n    from jaxtyping import Float",
        "\ufeffimport torch",
    ],
)
def test_what_imports_a_tensor_library(text):
    assert mentions(text.encode(), NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "torch = 1",
        "# as torch does",
        '"""Converted from numpy arrays, and imported from datasets."""',
        "from requests import adapters",
        "from .adapters import HTTPAdapter",
        "from requests.adapters import HTTPAdapter",
        "from . import datasets",
        "from x import (a, datasets)",
        "import mydatasets",
        "import datasets_of",
        "import a.torch",
        "import typing as torch",
    ],
)
def test_what_imports_none(text):
    assert not mentions(text.encode(), NAMES)


@pytest.mark.parametrize(
    "text", [b"import", b"import ", b"import a;", b"import a,", b"from x import a;", b"import '"]
)
def test_a_very_long_line_comes_to_an_end(text):
    assert not mentions(text * 50_000, NAMES)


def test_without_an_import_nothing_is_examined(project):
    outcome = check(sorted(project.glob("*.py")), Hierarchy(project), root=project)
    assert (outcome.findings, outcome.checked, outcome.unexamined) == ((), 2, 2)
    assert outcome.analysed == 0


def test_one_file_that_imports_one_is_enough(project):
    write(project, b="import torch\n")
    assert codes(project) == [("a.py", "SG301")]
    (only,) = check([project / "a.py"], Hierarchy(project), root=project).findings
    assert only.code == "SG301"


def test_each_project_by_itself(project):
    inner = project / "inner"
    inner.mkdir()
    (inner / "shapeguard.toml").write_text("", "utf-8")
    write(inner, a=f"import torch\n\n\n{HAZARD}")
    files = [project / "a.py", inner / "a.py"]
    assert without_tensors(files, {}) == {}  # what is below belongs to a project as well
    (project / "shapeguard.toml").unlink()
    (other := project / "other").mkdir()
    (other / "shapeguard.toml").write_text("", "utf-8")
    write(other, a=HAZARD)
    files = [other / "a.py", inner / "a.py"]
    assert without_tensors(files, {}) == {other / "a.py": other}
    outcome = check(files, Hierarchy(project), root=project)
    assert [each.span.filename for each in outcome.findings] == ["inner/a.py"]
    assert outcome.unexamined == 1


def test_given_contents_count_in_place_of_files(project):
    a, b = project / "a.py", project / "b.py"
    assert codes(project, overrides={b: b"import torch\n"}) == [("a.py", "SG301")]
    assert codes(project, overrides={project / "new.py": b"import torch\n"}) == [("a.py", "SG301")]
    write(project, b="import torch\n")
    assert without_tensors([a], {b: b"x = 1\n"}) == {a: project, b: project}


def test_a_file_without_the_suffix_counts_where_it_is_checked(project):
    path = project / "script"
    path.write_text(f"import torch\n\n\n{HAZARD}", "utf-8")
    assert without_tensors([project / "a.py"], {}) == {project / "a.py": project}
    assert without_tensors([path], {}) == {}


def test_what_cannot_be_read_imports_nothing(project):
    os.mkfifo(project / "pipe.py")
    (project / "dangling.py").symlink_to("nowhere")
    assert without_tensors([project / "a.py"], {}) == {project / "a.py": project}


@pytest.mark.parametrize(
    "text",
    [
        "def f(:\n",
        "x = 1\n  y = 2\n",
        b"x = '\xff'\n",
        b"# coding: latin-1\nx = '\xff'\n",
        b"# coding: nonsense\nx = 1\n",
        "x = '\0'\n",
        "\ufeffx = 1\n",
        "return 1\n",
        "nonlocal x\n",
        "x = '\\d'\n",
        "(" * 300 + ")" * 300,
        "def f[T: int = str](x: T): ...\n",
        "x" + " + x" * 20_000,
    ],
    ids=range(13),
)
def test_syntax_is_reported_as_where_everything_is_examined(project, text):
    write(project, c=text)
    without = codes(project)
    write(project, a="x = 1\n", b="import torch\n")
    assert without == codes(project)


def test_suppressions_are_judged(project):
    comment = "x = 1  # shapeguard: ignore[{}] outlived\n"
    write(project, a=comment.format("SG301"), b=comment.format("SG000"))
    assert codes(project) == [("a.py", "SG901"), ("b.py", "SG902")]


def test_rules_that_are_given_are_not_asked_either(project):
    assert codes(project, rules=()) == []
    outcome = check([project / "a.py"], Settings(), root=project, rules=())
    assert outcome.unexamined == 1


@pytest.mark.parametrize("number", [1, 20])
def test_an_import_that_comes_later_is_seen_in_spite_of_the_cache(project, number):
    write(project, **{f"m{i}": "x = 1\n" * (FEW // 60) for i in range(number)})

    def checked():
        cache = Cache(project / ".shapeguard_cache" / "results.sqlite", "here")
        texts = Texts(project / ".shapeguard_cache" / "texts.sqlite")
        found = codes(project, cache=lambda: cache, texts=lambda: texts)
        assert (cache.trouble, texts.trouble) == ("", "")
        return found, cache.hits, texts.hits

    assert checked() == ([], 0, 0)
    assert checked() == ([], 0, number + 2 if number > 1 else 0)
    write(project, m0="import torch\n")
    assert checked() == ([("a.py", "SG301")], 0, 0)
    assert checked() == ([("a.py", "SG301")], number + 2, 0)
    write(project, m0="x = 2\n")
    assert checked()[0] == []
