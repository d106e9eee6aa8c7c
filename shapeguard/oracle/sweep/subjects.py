"""What is swept: a model with adapters and inputs for it, built in or the user's own."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any

from shapeguard.errors import OracleError
from shapeguard.oracle.execution import MASK, Runner
from shapeguard.oracle.sweep import models, recipes
from shapeguard.oracle.sweep.families import FAMILIES
from shapeguard.oracle.sweep.methods import METHODS, NAMES
from shapeguard.reference import upstream
from shapeguard.runtime.extras import import_extra

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.oracle.regression import Recipe


@dataclass(frozen=True, slots=True)
class Subject:
    """A model and a batch to run compositions on.

    ``truth`` is the same model with attention ``eager`` (or the same). ``names`` says which
    adapters stand for the placeholders a, b, c and d; ``tokens`` is the length of all hidden
    states, 0 if it is not the same everywhere. ``unpadded`` says whether padding can be taken away,
    ``recipe`` how an emitted test makes the model.
    """

    runner: Runner
    truth: Runner
    names: Mapping[str, str]
    tokens: int
    unpadded: bool
    recipe: Recipe


def built_in(method: str, family: str, attention: str, padding: str) -> Subject:
    """Build a tiny model of a family with four adapters of a method. Raises what adapters raises."""
    kind = FAMILIES[family]
    runners: dict[str, Runner] = {}
    for each in {attention, "eager"}:
        model = models.add_adapters(kind.build(each), METHODS[method]())
        _add_fusions(model)
        runners[each] = Runner(model, kind.inputs(padding))
    return Subject(
        runner=runners[attention],
        truth=runners["eager"],
        names=dict(zip(NAMES, NAMES, strict=True)),
        tokens=kind.tokens,
        unpadded=padding == "padded",
        recipe=recipes.built_in(method, family, attention, padding),
    )


def _add_fusions(model: Any) -> None:  # noqa: ANN401 - a model with adapters
    torch: Any = import_extra("torch", "the sweep", "adapters")
    torch.manual_seed(0)
    blocks = upstream.composition()
    for members in recipes.FUSIONS:
        model.add_adapter_fusion(blocks.Fuse(*members))


def own(factory: str) -> Subject:
    """Call a user's ``module:function`` for a model with adapters and its inputs.

    Raises :class:`OracleError` that says what is wrong with it.
    """
    model, inputs = _called(factory)
    runner = Runner(model, inputs)
    adapters = list(model.adapters_config.adapters)
    if not adapters:
        message = f"the model of {factory} has no adapter: add one or more in the function"
        raise OracleError(message)
    model.eval()
    return Subject(
        runner=runner,
        truth=runner,
        names=dict(zip(NAMES, cycle(adapters), strict=False)),
        tokens=0,
        unpadded=_is_padded_at_its_end(runner),
        recipe=recipes.own(factory),
    )


def _called(factory: str) -> tuple[Any, dict[str, Any]]:
    module, _, function = factory.partition(":")
    try:
        made: Any = getattr(importlib.import_module(module), function)()
    except Exception as error:
        message = f"{factory} fails: {type(error).__name__}: {error}"
        raise OracleError(message) from error
    try:
        model, inputs = made
        return model, dict(inputs)
    except (TypeError, ValueError):
        message = (
            f"{factory} returns no pair of a model and its inputs by name: {type(made).__name__}"
        )
        raise OracleError(message) from None


def _is_padded_at_its_end(runner: Runner) -> bool:
    try:
        return MASK in runner.inputs and any(map(runner.padding, range(runner.rows)))
    except OracleError:
        return False
