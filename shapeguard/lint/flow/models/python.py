"""Functions of Python's own library: what needs something to choose from, what gives its argument."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.models.vocabulary import (
    Between,
    Full,
    Parameter,
    Passes,
    Requires,
    Within,
)

if TYPE_CHECKING:
    from shapeguard.lint.flow.models.vocabulary import Model

_START = Parameter("start", 0)

PYTHON: tuple[Model, ...] = (
    Passes("typing.cast", Parameter("val", 1)),
    Passes("typing_extensions.cast", Parameter("val", 1)),
    Requires("random.choice", (Full(Parameter("seq", 0)),)),
    Requires("random.choices", (Full(Parameter("population", 0)),)),
    Requires("random.sample", (Within(Parameter("k", 1), 0),)),
    Requires("random.randint", (Between(Parameter("a", 0), Parameter("b", 1), inclusive=True),)),
    Requires("random.randrange", (Between(_START, Parameter("stop", 1)),)),
)
