from __future__ import annotations

import textwrap

import pytest

from shapeguard.lint.config import Settings
from shapeguard.lint.engine import check
from shapeguard.lint.flow.events import Annotation
from shapeguard.lint.flow.events.hints import Decoration, Enforcement, Hint, Role
from shapeguard.lint.flow.evidence.promises import contradictions
from shapeguard.lint.flow.interpreter import analyse_function
from shapeguard.lint.packs import load_models
from shapeguard.lint.project import Project

HEAD = """
from dataclasses import dataclass
from typing import NamedTuple
from beartype import beartype
from jaxtyping import Bool, Float, Int, jaxtyped
from torch import Tensor
import shapeguard
import torch
"""


def happened(directory, text, kind):
    """Return the events of a kind in every function of a module, and in its classes."""
    path = directory / "module.py"
    path.write_text(HEAD + textwrap.dedent(text), "utf-8")
    project = Project(directory, str)
    found = []
    for function in project.outline(path).functions:
        analyse_function(project, load_models(), function, found.append, function.owner)
    return [each for each in found if isinstance(each, kind)]


@pytest.mark.parametrize(
    ("decorators", "expected"),
    [
        ("", Enforcement.NONE),
        ("@torch.no_grad()", Enforcement.NONE),
        ("@cached", Enforcement.UNKNOWN),
        ("@jaxtyped", Enforcement.OPEN),
        ("@jaxtyped(typechecker=None)", Enforcement.OPEN),
        ("@jaxtyped(typechecker=beartype)", Enforcement.FULL),
        ("@jaxtyped\n@beartype", Enforcement.FULL),
        ("@beartype\n@jaxtyped", Enforcement.LOOSE),
        ("@beartype", Enforcement.LOOSE),
        ("@shapeguard.contract", Enforcement.WALKED),
        ("@typecheck", Enforcement.FULL),
    ],
)
def test_decorators_say_who_compares(tmp_path, decorators, expected):
    text = f"typecheck = jaxtyped(typechecker=beartype)\n{decorators}\n"
    text += 'def f(x: Float[Tensor, "batch"]):\n    return x\n'
    (hint,) = happened(tmp_path, text, Hint)
    assert hint.signature.checking.how is expected


def test_a_hint_knows_what_stands_around_and_before_it(tmp_path):
    text = """
        def f(x: list[Float[Tensor, "a"]] | None, *, y: "Int[Tensor, 'b']") -> Float[Tensor, "a"]:
            return x
        """
    x, y, result = happened(tmp_path, text, Hint)
    assert x.around == ("list",)
    assert x.kind == "jaxtyping.Float"
    assert (x.before, y.before, result.before) == (0, 1, 2)
    assert y.text == "b"
    assert result.role is Role.RESULT
    assert result.signature.strings == ("a", "b", "a")
    assert result.signature.arguments == ("x", "y")


def test_fields_of_a_class_are_hints_of_the_module(tmp_path):
    text = """
        @jaxtyped(typechecker=beartype)
        class State(NamedTuple):
            keys: Float[Tensor, "batch keys"]

        def f(state: State):
            return state
        """
    hints = happened(tmp_path, text, Hint)
    assert [(each.name, each.role) for each in hints] == [("keys", Role.FIELD)]
    (decoration,) = happened(tmp_path, text, Decoration)
    assert decoration.owner is not None
    assert not decoration.is_dataclass


def test_what_wraps_the_words_of_jaxtyping_is_something_else(tmp_path):
    text = """
        class Wrapper:
            def __init__(self, kind): self.kind = kind

        Float = Wrapper(Float)

        def f(x: Float["batch seq"]):
            return x
        """
    assert not happened(tmp_path, text, Hint)


@pytest.mark.parametrize(
    ("result", "value", "expected"),
    [
        ("batch dim", "x", []),
        ("batch", "x", [None]),
        ("batch dim", "x[1:]", [0]),
        ("batch-1 dim", "x[1:]", []),
        ("batch 2*dim", "torch.cat([x, x], 1)", []),
        ("batch dim", "torch.cat([x, x], 1)", [1]),
        ("dim batch", "x", [0]),
        ("dim batch", "x.t()", []),
        ("batch dim", "x[keep]", [0]),
        ("... dim", "x[keep]", []),
        ("batch dim", "x * other", []),
        ("batch dim", "x[:n]", []),
    ],
)
def test_what_contradicts_an_annotation(tmp_path, result, value, expected):
    parameters = 'x: Float[Tensor, "batch dim"], keep: Bool[Tensor, "batch"], other, n: int'
    text = f'def f({parameters}) -> Float[Tensor, "{result}"]:\n    return {value}\n'
    found = [c for each in happened(tmp_path, text, Annotation) for c in contradictions(each)]
    assert [each.axis for each in found] == expected


def test_the_arguments_of_a_call_are_compared_with_each_other(tmp_path):
    text = """
        def g(x: Float[Tensor, "n"], y: Float[Tensor, "n"]):
            return x

        def f(x: Float[Tensor, "rows"]):
            g(x, x)
            return g(x, x[1:])
        """
    found = [c for each in happened(tmp_path, text, Annotation) for c in contradictions(each)]
    assert [(each.axis, each.declared) for each in found] == [(0, "n")]


def test_a_project_with_an_import_hook_checks_more(tmp_path):
    text = HEAD + '@jaxtyped\ndef f(x: Float[Tensor, "a"]):\n    return x\n'
    path = tmp_path / "module.py"
    path.write_text(text, "utf-8")
    settings = Settings(select=("SG403",))
    assert len(check([path], settings, root=tmp_path).findings) == 1
    hook = (
        'from jaxtyping import install_import_hook\ninstall_import_hook("m", "beartype.beartype")\n'
    )
    (tmp_path / "conftest.py").write_text(hook, "utf-8")
    assert not check([path], settings, root=tmp_path).findings
