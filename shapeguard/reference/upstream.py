"""The parts of ``adapters`` that the reference stands on: found at run time, typed here.

``adapters`` ships no annotations, so what the reference relies on is written down as protocols.
Nothing is imported before a function of this module is called.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import re
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from shapeguard.errors import MissingExtraError, UnsupportedVersionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import ModuleType

    from torch import Tensor


FIRST_VERSION = (1, 1)
END_OF_VERSIONS = (1, 4)
STATE_FIELDS = (
    "key_states",
    "value_states",
    "residual_input",
    "attention_mask",
    "invert_mask",
    "idx_slice",
)


class Block(Protocol):
    """A composition block of ``adapters.composition``; blocks are told apart by class name."""

    def __iter__(self) -> Iterator[Setup]: ...

    def __len__(self) -> int: ...

    def flatten(self) -> set[str]:
        """Return the names of all adapters in the block."""
        ...


class SizedBlock(Block, Protocol):
    """``BatchSplit``: how many rows each child gets."""

    batch_sizes: Sequence[int]


Setup: TypeAlias = str | Block


class ModelConfig(Protocol):
    """What a layer knows of its model (a transformers ``PretrainedConfig``)."""

    model_type: str
    is_decoder: bool


class ForwardContext(Protocol):
    """What adapters keeps for the time of one forward pass.

    ``prefix_states[adapter][location][layer]`` is ``2 input_rows heads prefix head_dim``: keys
    and values, one prefix for every row of the *model's input*, replicated rows not counted.
    """

    prefix_states: Mapping[str, Mapping[str, Sequence[Tensor]]]
    adapters_parallelized: bool


class UpstreamState(Protocol):
    """``PrefixTuningState``, as ``PrefixTuningLayer.forward`` makes it (see ``PrefixState``)."""

    key_states: Tensor
    value_states: Tensor
    residual_input: Tensor
    attention_mask: Tensor | None
    invert_mask: bool


class PrefixLayer(Protocol):
    """``adapters.methods.prefix_tuning.PrefixTuningLayer``, as far as the reference uses it."""

    prefixes: Mapping[str, int]
    prefix_gates: Mapping[str, Any]
    location_key: str
    layer_idx: int
    model_config: ModelConfig


def composition() -> ModuleType:
    """``adapters.composition``: the blocks."""
    return _load("adapters.composition")


def prefix_tuning() -> ModuleType:
    """``adapters.methods.prefix_tuning``: the layer, its pool and its state."""
    return _load("adapters.methods.prefix_tuning")


def composable_base() -> Any:  # noqa: ANN401 - a class without annotations
    """Load ``ComposableAdapterLayerBase``: the composition methods that all methods share."""
    return _load("adapters.methods.adapter_layer_base").ComposableAdapterLayerBase


def forward_context() -> ForwardContext:
    """Return the context of the forward pass that is running in this thread."""
    context: ForwardContext = _load("adapters.context").ForwardContext.get_context()
    return context


def setup_context_is_active() -> bool:
    """Tell whether an ``AdapterSetup`` block of this thread overrides the active adapters."""
    return _load("adapters.context").AdapterSetup.get_context() is not None


def store_gating_score(layer: Any, adapter: str, gate: Tensor) -> None:  # noqa: ANN401 - a layer
    """Record a gate the way adapters does, for ``output_adapter_gating_scores``."""
    layer._store_gating_score(adapter, gate)  # noqa: SLF001 - there is no public way


def require_supported() -> None:
    """Check that the installed adapters is one that the reference corrects.

    Raises :class:`MissingExtraError` without adapters, and :class:`UnsupportedVersionError` when
    its version, or the state of its prefix tuning, is another.
    """
    state = prefix_tuning().PrefixTuningState
    version = importlib.metadata.version("adapters")
    if not FIRST_VERSION <= _major_minor(version) < END_OF_VERSIONS:
        message = f"the reference corrects adapters >=1.1,<1.4; installed is {version}"
        raise UnsupportedVersionError(message)
    if state._fields != STATE_FIELDS:
        message = (
            f"PrefixTuningState of adapters {version} has the fields {', '.join(state._fields)}; "
            f"the reference knows {', '.join(STATE_FIELDS)}"
        )
        raise UnsupportedVersionError(message)


def _load(module: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] != "adapters":
            raise
        feature = "the reference"
        raise MissingExtraError(feature, "adapters", "adapters") from error


def _major_minor(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])
