"""How an emitted test makes a model of the sweep: the source of the functions that made it here."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

from shapeguard.oracle.regression import Recipe
from shapeguard.oracle.sweep import models
from shapeguard.oracle.sweep.families import FAMILIES
from shapeguard.oracle.sweep.methods import METHODS

if TYPE_CHECKING:
    from collections.abc import Callable

FUSIONS = (["a", "b"], ["c", "b"])
"""Which adapters have a fusion layer in every model of the sweep."""

_BUILD = """\
def build(attention: str) -> Any:
    model = add_adapters({family}(attention), {method}())
    torch.manual_seed(0)
    for members in {fusions}:
        model.add_adapter_fusion(members)
    return model, {inputs}({padding!r})
"""


def built_in(method: str, family: str, attention: str, padding: str) -> Recipe:
    """Return how a built-in model is made; nothing of shapeguard is needed."""
    kind, configured = FAMILIES[family], METHODS[method]
    functions: list[Callable[..., Any]] = [kind.build, configured, models.add_adapters, kind.inputs]
    build = _BUILD.format(
        family=_name(kind.build),
        method=_name(configured),
        fusions=FUSIONS,
        inputs=_name(kind.inputs),
        padding=padding,
    )
    parts = ["from typing import Any", *map(_source, functions), build.rstrip()]
    title = f"{method} on {family}, attention {attention}, padding {padding}"
    return Recipe(title, "\n\n\n".join(parts), attention)


def own(factory: str) -> Recipe:
    """Return how a user's own model is made: by the function that made it."""
    module, _, function = factory.partition(":")
    source = f"from {module} import {function}\n\n\ndef build(attention):\n    return {function}()"
    return Recipe(factory, source)


def _source(function: Callable[..., Any]) -> str:
    return re.sub(r"  # noqa[^\n]*", "", inspect.getsource(function)).rstrip()


def _name(function: Callable[..., Any]) -> str:
    return function.__name__
