from __future__ import annotations

import textwrap

import pytest

from shapeguard.lint import roots
from shapeguard.lint.flow.program import Class, Function, Module
from shapeguard.lint.layout import Layout
from shapeguard.lint.project import MAX_MENTIONS, Project
from shapeguard.lint.roots import project_root, python_files


def write(directory, files):
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), "utf-8")


def project_of(directory, files):
    write(directory, files)
    return Project(directory, lambda path: path.relative_to(directory).as_posix())


def module(project, name):
    outline = project.outline(project.root / name)
    assert outline is not None
    return outline.module


# --- roots ---


@pytest.fixture
def tree(tmp_path):
    """A git repository with a package, a script beside it and a namespace directory."""
    write(
        tmp_path,
        {
            ".git/HEAD": "",
            "pkg/__init__.py": "",
            "pkg/sub/__init__.py": "",
            "pkg/sub/a.py": "",
            "tools/script.py": "",
        },
    )
    return tmp_path


def test_the_topmost_package_alone_is_a_project(tree):
    assert project_root(tree / "pkg/sub/a.py") == tree / "pkg"
    assert project_root(tree / "pkg/__init__.py") == tree / "pkg"


def test_outside_of_packages_the_git_root_is_a_project(tree):
    assert project_root(tree / "tools/script.py") == tree


def test_without_git_the_directory_of_a_file_is_its_project(tmp_path):
    write(tmp_path, {"a/b/c.py": "", "a/d.py": ""})
    assert project_root(tmp_path / "a/b/c.py") == tmp_path / "a/b"


@pytest.mark.parametrize(
    ("name", "text"), [("shapeguard.toml", ""), ("pyproject.toml", "[tool.shapeguard]\n")]
)
def test_the_nearest_configuration_makes_a_project_of_all_below_it(tree, name, text):
    write(tree, {name: text})
    assert project_root(tree / "pkg/sub/a.py") == tree
    write(tree, {f"pkg/{name}": text})
    assert project_root(tree / "pkg/sub/a.py") == tree / "pkg"
    assert project_root(tree / "tools/script.py") == tree


def test_a_configuration_about_other_tools_makes_no_project(tree):
    write(tree, {"pyproject.toml": "[tool.other]\n"})
    assert project_root(tree / "pkg/sub/a.py") == tree / "pkg"


@pytest.mark.parametrize("where", [".venv/lib/site-packages", "build/lib", ".tox"])
def test_installed_and_built_packages_do_not_belong_to_the_project_around_them(tree, where):
    write(tree, {"shapeguard.toml": "", f"{where}/dep/__init__.py": "", f"{where}/dep/a.py": ""})
    assert project_root(tree / where / "dep/a.py") == tree / where / "dep"


def test_files_of_a_project_are_listed_without_hidden_and_installed_ones(tree):
    write(tree, {".hidden/x.py": "", "venv/y.py": "", "pkg/__pycache__/z.py": "", "b.pyi": ""})
    names = [path.relative_to(tree).as_posix() for path in python_files(tree)]
    assert names == ["pkg/__init__.py", "pkg/sub/__init__.py", "pkg/sub/a.py", "tools/script.py"]


# --- names ---


@pytest.mark.parametrize(
    ("name", "dotted"),
    [
        ("pkg/__init__.py", "pkg"),
        ("pkg/a.py", "pkg.a"),
        ("pkg/sub/__init__.py", "pkg.sub"),
        ("pkg/sub/b.py", "pkg.sub.b"),
        ("script.py", "script"),
        ("space/tool.py", "space.tool"),
    ],
)
def test_a_module_is_named_by_its_packages(tmp_path, name, dotted):
    files = dict.fromkeys(("pkg/__init__.py", "pkg/sub/__init__.py", name), "")
    write(tmp_path, files)
    assert Layout(tmp_path, None).name_of(tmp_path / name) == dotted


def test_a_package_that_is_the_root_keeps_its_name(tmp_path):
    write(tmp_path, {"pkg/__init__.py": "", "pkg/a.py": "", "pkg/sub/__init__.py": ""})
    layout = Layout(tmp_path / "pkg", None)
    assert layout.name_of(tmp_path / "pkg/__init__.py") == "pkg"
    assert layout.name_of(tmp_path / "pkg/a.py") == "pkg.a"
    assert layout.name_of(tmp_path / "pkg/sub/__init__.py") == "pkg.sub"


# --- imports ---

PACKAGE = {
    "pkg/__init__.py": "from .core import Layer as PublicLayer\nfrom . import core\n",
    "pkg/core.py": """
        from torch import nn

        class Layer(nn.Module):
            def run(self): ...

        def helper(): ...
        """,
    "pkg/sub/__init__.py": "from ..core import helper\n",
    "pkg/sub/deep.py": """
        import torch.nn.functional as F
        import torch
        import pkg.core
        import pkg.core as renamed
        from . import helper
        from .. import core, PublicLayer
        from ..core import Layer
        from .other import missing
        from pkg import PublicLayer as Absolute

        class Child(PublicLayer): ...
        """,
    "pkg/sub/other.py": "",
}


@pytest.mark.parametrize(
    ("dotted", "found"),
    [
        ("Layer", "pkg.core.Layer"),
        ("PublicLayer", "pkg.core.Layer"),
        ("Absolute", "pkg.core.Layer"),
        ("core.Layer", "pkg.core.Layer"),
        ("pkg.core.Layer", "pkg.core.Layer"),
        ("pkg.PublicLayer", "pkg.core.Layer"),
        ("renamed.helper", "pkg.core.helper"),
        ("helper", "pkg.core.helper"),
        ("core", "pkg.core"),
        ("Child", "pkg.sub.deep.Child"),
    ],
)
def test_names_are_resolved_through_imports_and_re_exports(tmp_path, dotted, found):
    project = project_of(tmp_path, PACKAGE)
    named = project.find(module(project, "pkg/sub/deep.py"), dotted)
    assert isinstance(named, Module | Class | Function)
    assert repr(named) == found


@pytest.mark.parametrize(
    ("dotted", "outside"),
    [
        ("F.relu", "torch.nn.functional.relu"),
        ("torch.cat", "torch.cat"),
        ("missing", "pkg.sub.other.missing"),
        ("core.nn.Module", "torch.nn.Module"),
        ("core.absent", "pkg.core.absent"),
        ("undefined", "undefined"),
        ("len", "len"),
    ],
)
def test_what_is_not_in_the_project_is_a_dotted_name(tmp_path, dotted, outside):
    project = project_of(tmp_path, PACKAGE)
    assert project.find(module(project, "pkg/sub/deep.py"), dotted) == outside


def test_a_project_that_is_one_package_finds_itself_by_its_name(tmp_path):
    write(tmp_path, PACKAGE)
    project = Project(tmp_path / "pkg", str)
    named = project.find(module(project, "sub/deep.py"), "pkg.core.Layer")
    assert repr(named) == "pkg.core.Layer"


def test_neighbours_of_a_package_are_outside(tmp_path):
    write(tmp_path, {"pkg/__init__.py": "from other import f\n", "other.py": "def f(): ...\n"})
    project = Project(tmp_path / "pkg", str)
    assert project.find(module(project, "__init__.py"), "f") == "other.f"


def test_namespace_packages_and_a_src_directory_are_found(tmp_path):
    project = project_of(
        tmp_path,
        {
            "space/a.py": "from space.b import f\nfrom .b import f as g\nfrom lib.c import h\n",
            "space/b.py": "def f(): ...\n",
            "src/lib/__init__.py": "",
            "src/lib/c.py": "def h(): ...\n",
        },
    )
    home = module(project, "space/a.py")
    assert repr(project.find(home, "f")) == repr(project.find(home, "g")) == "space.b.f"
    assert repr(project.find(home, "h")) == "lib.c.h"


def test_imports_in_circles_end(tmp_path):
    project = project_of(tmp_path, {"a.py": "from b import f\n", "b.py": "from a import f\n"})
    assert isinstance(project.find(module(project, "a.py"), "f"), str)


def test_conditional_definitions_and_imports_are_seen(tmp_path):
    text = """
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from b import f
        if sys.platform == "linux":
            def backend(): ...
        else:
            import other as backend
        """
    project = project_of(tmp_path, {"a.py": text, "b.py": "def f(): ...\n"})
    home = module(project, "a.py")
    assert repr(project.find(home, "f")) == "b.f"
    assert repr(project.find(home, "backend")) == "a.backend"


def test_a_file_that_cannot_be_parsed_is_outside(tmp_path):
    project = project_of(tmp_path, {"a.py": "from b import f\n", "b.py": "def f(:\n"})
    assert project.find(module(project, "a.py"), "f") == "b.f"
    assert project.outline(tmp_path / "b.py") is None


# --- classes ---

CLASSES = {
    "base.py": """
        from typing import NamedTuple

        class Root:
            def one(self): ...
            def two(self): ...

        class State(NamedTuple):
            keys: int
            rows: "int"
        """,
    "mixin.py": "class Mixin:\n    def two(self): ...\n    def three(self): ...\n",
    "child.py": """
        from dataclasses import dataclass
        import base
        from mixin import Mixin

        class Child(Mixin, base.Root, library.Unknown):
            def one(self): ...

        class Loop(Loop):
            pass

        @dataclass
        class Box:
            width: int

        class Deep(Box):
            depth: float
            width: str
        """,
}


def test_methods_are_found_on_bases_in_other_files(tmp_path):
    project = project_of(tmp_path, CLASSES)
    child = module(project, "child.py").classes["Child"]
    assert [repr(base) for base in project.bases(child)] == [
        "child.Child",
        "mixin.Mixin",
        "base.Root",
    ]
    owners = {name: repr(project.method(child, name).owner) for name in ("one", "two", "three")}
    assert owners == {"one": "child.Child", "two": "mixin.Mixin", "three": "mixin.Mixin"}
    assert project.method(child, "four") is None


def test_a_class_that_is_its_own_base_is_harmless(tmp_path):
    project = project_of(tmp_path, CLASSES)
    loop = module(project, "child.py").classes["Loop"]
    assert [repr(base) for base in project.bases(loop)] == ["child.Loop"]


def test_records_have_the_fields_of_their_bases(tmp_path):
    project = project_of(tmp_path, CLASSES)
    home = module(project, "child.py")
    assert project.record(home.classes["Deep"]) == {"width": "str", "depth": "float"}
    state = module(project, "base.py").classes["State"]
    assert project.record(state) == {"keys": "int", "rows": "'int'"}
    assert project.record(home.classes["Child"]) is None


def test_axes_of_a_declared_class_are_known_by_its_dotted_name(tmp_path):
    files = {
        "adapters/__init__.py": "",
        "adapters/methods/__init__.py": "",
        "adapters/methods/prefix_tuning.py": "class PrefixTuningState: ...\nclass Other: ...\n",
    }
    project = project_of(tmp_path, files)
    classes = module(project, "adapters/methods/prefix_tuning.py").classes
    axes = project.axes(classes["PrefixTuningState"])
    assert axes["key_states"] == axes["value_states"]
    assert len(axes["key_states"]) == 4
    assert project.axes(classes["Other"]) == {}


# --- callers ---


def test_callers_are_found_in_the_whole_project(tmp_path):
    project = project_of(
        tmp_path,
        {
            "a.py": "def target(): ...\n",
            "b.py": "def by_name():\n    target()\n",
            "c/d.py": "class C:\n    def by_attribute(self):\n        self.x.target(1)\n",
            "e.py": "def mentions():\n    '''target()'''\n    target\n",
            ".hidden/f.py": "def hidden():\n    target()\n",
            "g.py": "target(  # not Python\n",
        },
    )
    assert [each.qualname for each in project.callers("target")] == ["by_name", "C.by_attribute"]
    assert project.callers("nobody") == ()


def test_a_name_that_everybody_calls_tells_nothing(tmp_path):
    files = {f"m{i:02}.py": f"def f{i}():\n    forward()\n" for i in range(MAX_MENTIONS + 1)}
    project = project_of(tmp_path, files)
    assert project.callers("forward") == ()
    (tmp_path / "m00.py").unlink()
    assert len(Project(tmp_path, str).callers("forward")) == MAX_MENTIONS


# --- names from modules of which everything is imported ---


@pytest.fixture
def stars(tmp_path):
    """A package that imports everything of two others, one of which imports everything of a third."""
    return project_of(
        tmp_path,
        {
            "pkg/__init__.py": "from .one import *\nfrom .two import \\\n    *\n",
            "pkg/one.py": "def first(): ...\n",
            "pkg/two.py": "from pkg.three import*\n",
            "pkg/three.py": "def second(): ...\n",
        },
    )


@pytest.mark.parametrize(("name", "home"), [("first", "pkg.one"), ("second", "pkg.three")])
def test_a_name_is_found_where_everything_is_imported(stars, name, home):
    found = stars.absolute(f"pkg.{name}")
    assert isinstance(found, Function)
    assert found.module.name == home


def test_a_module_that_does_not_have_the_name_is_not_outlined(stars, monkeypatch):
    outlined: list[str] = []
    whole = Project.read

    def noted(project, path):
        outlined.append(path.name)
        return whole(project, path)

    monkeypatch.setattr(Project, "read", noted)
    assert isinstance(stars.absolute("pkg.second"), Function)
    assert "three.py" in outlined
    assert "one.py" not in outlined


def test_a_large_directory_that_nothing_makes_a_project_is_not_read_below(tmp_path, monkeypatch):
    monkeypatch.setattr(roots, "MAX_UNMARKED", 3)
    for name in ("a.py", "b.py", "deep/c.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("", "utf-8")
    assert len(list(python_files(tmp_path))) == 3
    (tmp_path / "deep" / "d.py").write_text("", "utf-8")
    assert [path.name for path in python_files(tmp_path)] == ["a.py", "b.py"]
    (tmp_path / "shapeguard.toml").write_text("", "utf-8")
    assert len(list(python_files(tmp_path))) == 4
