"""What is swept: a model with adapters and inputs for it, built in or the user's own."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any, TypeAlias

from shapeguard.errors import OracleError
from shapeguard.oracle.execution import MASK, Runner
from shapeguard.oracle.sweep import models, recipes
from shapeguard.oracle.sweep.families import FAMILIES
from shapeguard.oracle.sweep.methods import METHODS, NAMES
from shapeguard.reference import upstream
from shapeguard.runtime.extras import import_extra

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.oracle.alone import Known
    from shapeguard.oracle.regression import Recipe

Shared: TypeAlias = "dict[tuple[Runner, bool], Known]"


@dataclass(frozen=True, slots=True)
class Subject:
    """A model and a batch to run compositions on.

    ``truth`` is the same model with attention ``eager`` (or the same). ``names`` says which
    adapters stand for the placeholders a, b, c and d; ``tokens`` is the length of all hidden
    states, 0 if it is not the same everywhere. ``unpadded`` says whether padding can be taken away,
    ``recipe`` how an emitted test makes the model. ``known`` are rows alone, by the runner that ran
    them and by whether their padding was taken away.
    """

    runner: Runner
    truth: Runner
    names: Mapping[str, str]
    tokens: int
    unpadded: bool
    recipe: Recipe
    known: Shared


class BuiltIn:
    """A tiny model of a family with four adapters of a method, for all settings.

    It is built once with each attention; rows alone are run once for all settings that share them.
    """

    def __init__(self, method: str, family: str) -> None:
        self._method = method
        self._name = family
        self._family = FAMILIES[family]
        self._models: dict[str, Any] = {}
        self._runners: dict[tuple[str, str], Runner] = {}
        self._known: Shared = {}

    def subject(self, attention: str, padding: str) -> Subject:
        """Return the model in a setting. Raises what adapters raises when it is built."""
        return Subject(
            runner=self._runner(attention, padding),
            truth=self._runner("eager", padding),
            names=dict(zip(NAMES, NAMES, strict=True)),
            tokens=self._family.tokens,
            unpadded=padding == "padded",
            recipe=recipes.built_in(self._method, self._name, attention, padding),
            known=self._known,
        )

    def _runner(self, attention: str, padding: str) -> Runner:
        key = (attention, padding)
        if key not in self._runners:
            self._runners[key] = Runner(self._model(attention), self._family.inputs(padding))
        return self._runners[key]

    def _model(self, attention: str) -> Any:  # noqa: ANN401 - a model with adapters
        if attention not in self._models:
            model = models.add_adapters(self._family.build(attention), METHODS[self._method]())
            _add_fusions(model)
            self._models[attention] = model
        return self._models[attention]


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
    model.eval()
    return of_model(model, inputs, recipes.own(factory))


def of_model(model: Any, inputs: Mapping[str, Any], recipe: Recipe) -> Subject:  # noqa: ANN401 - any model with adapters
    """Take a model that has adapters, which stand for a, b, c and d in turn.

    Raises :class:`OracleError` if it has none, or no batch.
    """
    runner = Runner(model, inputs)
    adapters = list(model.adapters_config.adapters)
    if not adapters:
        message = f"the model of {recipe.title} has no adapter: add one or more"
        raise OracleError(message)
    return Subject(
        runner=runner,
        truth=runner,
        names=dict(zip(NAMES, cycle(adapters), strict=False)),
        tokens=0,
        unpadded=_is_padded_at_its_end(runner),
        recipe=recipe,
        known={},
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
