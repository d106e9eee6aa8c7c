from __future__ import annotations

import textwrap

import pytest

from shapeguard.lint.gate import comers
from shapeguard.lint.project import Project

FILES = {
    "ops.py": """
        def share(total, parts):
            return total / parts

        class Pool:
            def share(self, total, parts):
                return total / parts

            def take(self, total):
                return self.share(total, 1)

        class Deep(Pool):
            pass

        class Plain:
            def share(self, total, parts):
                return 0

        class Made:
            def __init__(self, parts):
                self.one = 1 / parts

        def make(parts):
            return Made(parts)
        """,
    "other.py": """
        def share(total, parts):
            return total
        """,
}


def executed(tmp_path, caller, target):
    """Return the names of what is executed for one function of ``ops.py``, itself left out."""
    for name, text in {**FILES, "caller.py": caller}.items():
        (tmp_path / name).write_text(textwrap.dedent(text), "utf-8")
    project = Project(tmp_path, lambda path: path.name)
    outline = project.outline(tmp_path / "ops.py")
    function = next(each for each in outline.functions if each.qualname == target)
    return {(each.qualname, owner and owner.name) for each, owner in comers(project, function)}


COMING = {
    "an import": ("share", "from ops import share\ndef f(x):\n    return share(x, 2)\n"),
    "an import under another name": (
        "share",
        "import ops as tools\ndef f(x):\n    return tools.share(x, 2)\n",
    ),
    "an import in the function": (
        "share",
        "def f(x):\n    from ops import share\n    return share(x, 2)\n",
    ),
    "an import of what a module imports": (
        "share",
        "from again import share\ndef f(x):\n    return share(x, 2)\n",
    ),
    "a name that the function binds": (
        "share",
        "def f(x, share):\n    return share(x, 2)\n",
    ),
    "a name of the function around it": (
        "share",
        "def outer(share):\n    def f(x):\n        return share(x, 2)\n    return f\n",
    ),
    "a method of an object that is made": (
        "Pool.share",
        "from ops import Pool\ndef f():\n    pool = Pool()\n    return pool.share(1, 2)\n",
    ),
    "a method of what is annotated": (
        "Pool.share",
        "from ops import Pool\ndef f(x: Pool):\n    return x.share(1, 2)\n",
    ),
    "a method of what is annotated in quotes": (
        "Pool.share",
        "import ops\ndef f(x: 'list[ops.Pool]'):\n    return x[0].share(1, 2)\n",
    ),
    "a method of an object of a class below": (
        "Pool.share",
        "from ops import Deep\ndef f(x: Deep):\n    return x.share(1, 2)\n",
    ),
    "a method of what a call gives": (
        "Pool.share",
        "import ops\ndef make():\n    return ops.Pool()\ndef f():\n    return make().share(1, 2)\n",
    ),
    "a method of what a table has": (
        "Pool.share",
        "import ops\nPOOLS = {'deep': ops.Pool}\ndef f(x):\n    return POOLS[x]().share(1, 2)\n",
    ),
    "a method of what an attribute holds": (
        "Pool.share",
        (
            "from ops import Pool\nclass C:\n    def f(self):\n        return self.pool.share(1, 2)\n"
            "    def prepare(self):\n        self.pool = Pool()\n"
        ),
    ),
    "a method of what an attribute of an attribute holds": (
        "Pool.share",
        (
            "from ops import Pool\nclass Inner:\n    pool: Pool\n"
            "class C:\n    def __init__(self):\n        self.inner = Inner()\n"
            "    def f(self):\n        return self.inner.pool.share(1, 2)\n"
        ),
    ),
    "a method that is inherited": (
        "Pool.share",
        "from ops import Deep\nclass C(Deep):\n    def f(self):\n        return self.share(1, 2)\n",
    ),
    "a method through its class": (
        "Pool.share",
        "import ops\ndef f(x):\n    return ops.Deep.share(x, 1, 2)\n",
    ),
    "a method of the class above": (
        "Pool.share",
        "from ops import Pool\nclass C(Pool):\n    def f(self):\n        return super().share(1, 2)\n",
    ),
    "an attribute that is set": (
        "share",
        (
            "import ops\nclass C:\n    def __init__(self):\n        self.share = ops.share\n"
            "    def f(self):\n        return self.share(1, 2)\n"
        ),
    ),
}


@pytest.mark.parametrize(("target", "caller"), COMING.values(), ids=COMING)
def test_a_caller_that_can_come_to_the_function_is_executed(tmp_path, target, caller):
    (tmp_path / "again.py").write_text("from ops import share\n", "utf-8")
    names = {name.rpartition(".")[2] for name, _ in executed(tmp_path, caller, target)}
    assert "f" in names


ELSEWHERE = {
    "a function of another module": (
        "share",
        "from other import share\ndef f(x):\n    return share(x, 2)\n",
    ),
    "a function of a library": ("share", "import torch\ndef f(x):\n    return torch.share(x, 2)\n"),
    "a function of another module, not a method": (
        "Pool.share",
        "import other\ndef f(x):\n    return other.share(x, 2)\n",
    ),
    "a method of an object of a class that nothing names": (
        "Pool.share",
        "def f(x):\n    return x.share(1, 2)\n",
    ),
    "a method of an object of another class": (
        "Pool.share",
        "from ops import Plain\ndef f(x: Plain):\n    return x.share(1, 2)\n",
    ),
    "a name that nobody binds": ("Pool.share", "def f(x):\n    return share(x, 2)\n"),
    "a method of what a call gives, not a function": (
        "share",
        "def f(x):\n    return x().share(1, 2)\n",
    ),
    "a method of its own class": (
        "Pool.share",
        (
            "class C:\n    def f(self):\n        return self.share(1, 2)\n"
            "    def share(self, total, parts):\n        return total\n"
        ),
    ),
    "a method of another class": (
        "Pool.share",
        "import ops\ndef f(x):\n    return ops.Plain.share(x, 1, 2)\n",
    ),
}


@pytest.mark.parametrize(("target", "caller"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_caller_that_calls_something_else_of_the_name_is_not(tmp_path, target, caller):
    names = {name.rpartition(".")[2] for name, _ in executed(tmp_path, caller, target)}
    assert "f" not in names


def test_a_caller_above_keeps_its_class_on_the_way(tmp_path):
    caller = """
        from ops import Pool
        class Other(Pool):
            def f(self, total):
                return self.take(total)
            def share(self, total, parts):
                return total
        class Same(Pool):
            def g(self, total):
                return self.take(total)
        """
    found = executed(tmp_path, caller, "Pool.share")
    assert ("Same.g", "Same") in found
    assert ("Pool.take", "Pool") in found
    assert not any(name == "Other.f" for name, _ in found)


def test_what_makes_an_object_in_the_same_file_comes_to_its_constructor(tmp_path):
    assert executed(tmp_path, "", "Made.__init__") == {("make", None)}


def test_a_mixin_that_calls_on_self_lets_through_what_calls_it_in_a_class_with_both(tmp_path):
    caller = """
        from ops import Pool
        class Mixin:
            def split(self, total):
                return self.share(total, 2)
        class Both(Mixin, Pool):
            pass
        def f():
            return Both().split(4)
        """
    found = executed(tmp_path, caller, "Pool.share")
    assert ("f", None) in found
    assert not any(name == "Mixin.split" for name, _ in found)


def test_what_calls_a_caller_of_something_else_is_not_read(tmp_path):
    (tmp_path / "far.py").write_text("import caller\ndef g(x):\n    return caller.f(x)\n", "utf-8")
    text = "import {} as ops\ndef f(x):\n    return ops.share(x, 2)\n"
    read = []
    for name in ("other", "ops"):
        (tmp_path / "caller.py").write_text(text.format(name), "utf-8")
        project = Project(tmp_path, lambda path: path.name)
        (tmp_path / "ops.py").write_text(textwrap.dedent(FILES["ops.py"]), "utf-8")
        (tmp_path / "other.py").write_text(textwrap.dedent(FILES["other.py"]), "utf-8")
        functions = project.outline(tmp_path / "ops.py").functions
        list(comers(project, next(each for each in functions if each.qualname == "share")))
        read.append("far.py" in {path.name for path in project.taken()})
    assert read == [False, True]


def test_who_makes_an_object_elsewhere_comes_to_its_constructor_and_to_what_that_calls(tmp_path):
    (tmp_path / "part.py").write_text(
        "import ops\nclass Part:\n    def __init__(self, parts):\n        ops.share(2, parts)\n",
        "utf-8",
    )
    caller = """
        import ops
        from part import Part
        class Net:
            def __init__(self, parts):
                object.__init__(self)
                self.part = ops.make(parts)
        def f(parts):
            return Part(parts)
        """
    assert ("Net.__init__", "Net") in executed(tmp_path, caller, "Made.__init__")
    found = executed(tmp_path, caller, "share")
    assert ("Part.__init__", "Part") in found
    assert ("f", None) in found
