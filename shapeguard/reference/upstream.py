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
    from collections.abc import Iterable, Iterator, Mapping
    from types import ModuleType


FIRST_VERSION = (1, 1)
END_OF_VERSIONS = (1, 4)


class Block(Protocol):
    """A composition block of ``adapters.composition``; blocks are told apart by class name."""

    def __iter__(self) -> Iterator[Setup]: ...

    def __len__(self) -> int: ...

    def flatten(self) -> set[str]:
        """Return the names of all adapters in the block."""
        ...

    @property
    def parallel_channels(self) -> int:
        """How many copies of the batch leave the block."""
        ...


Setup: TypeAlias = str | Block


class ModelConfig(Protocol):
    """What a layer knows of its model (a transformers ``PretrainedConfig``)."""

    model_type: str
    is_decoder: bool
    is_encoder_decoder: bool


class Member(Protocol):
    """A method of a class, ``owner`` being ``module:Class``."""

    @property
    def owner(self) -> str:
        """Name the class."""
        ...

    @property
    def method(self) -> str:
        """Name the method."""
        ...

    @property
    def everywhere(self) -> bool:
        """Whether all supported releases of adapters have it."""
        ...


class AdapterLayer(Protocol):
    """A layer of any method: the modules of its adapters, by name."""

    @property
    def layer_idx(self) -> int:
        """The number of the layer in its model; -1 before all layers."""
        ...

    @property
    def adapter_modules(self) -> Mapping[str, Any]:
        """The modules of the adapters in this layer."""
        ...

    def get_active_setup(self) -> Block | None:
        """Return the active setup, if this layer has a module of any of its adapters."""
        ...


class PrefixLayer(AdapterLayer, Protocol):
    """``adapters.methods.prefix_tuning.PrefixTuningLayer``, as far as the reference uses it."""

    location_key: str
    model_config: ModelConfig


def channels(setup: Setup) -> int:
    """How many copies of the batch a setup makes; 1 without ``Parallel``."""
    return 1 if isinstance(setup, str) else setup.parallel_channels


def composition() -> ModuleType:
    """``adapters.composition``: the blocks."""
    return load("adapters.composition")


def forward_context() -> Any:
    """Return the context of the forward pass that is running in this thread; None outside of one."""
    return load("adapters.context").ForwardContext.get_context()


def adapter_setup(setup: Setup) -> Any:
    """Make an ``AdapterSetup``: a block in which this setup is the active one, in this thread."""
    return load("adapters.context").AdapterSetup(setup)


def active_setup(model: Any) -> Any:
    """Return the setup that a forward pass of ``model`` has in this thread; None without one."""
    config = getattr(model, "adapters_config", None)
    if config is None:
        return None
    context = load("adapters.context").AdapterSetup.get_context()
    return config.active_setup if context is None else context.adapter_setup


def setup_context_is_active() -> bool:
    """Tell whether an ``AdapterSetup`` block of this thread overrides the active adapters."""
    return load("adapters.context").AdapterSetup.get_context() is not None


def require_version() -> None:
    """Check that the installed adapters is one that the reference corrects.

    Raises :class:`MissingExtraError` without adapters, and :class:`UnsupportedVersionError` when its
    version is another.
    """
    load("adapters")
    version = importlib.metadata.version("adapters")
    if not FIRST_VERSION <= _major_minor(version) < END_OF_VERSIONS:
        message = f"the reference corrects adapters >=1.1,<1.4; installed is {version}"
        raise UnsupportedVersionError(message)


def require_members(places: Iterable[Member]) -> None:
    """Check that everything is there that all releases have; raises :class:`UnsupportedVersionError`."""
    for place in places:
        if place.everywhere and not has(place.owner, place.method):
            version = importlib.metadata.version("adapters")
            message = (
                f"{place.owner} of adapters {version} has no {place.method}, "
                "which the reference corrects"
            )
            raise UnsupportedVersionError(message)


def found(place: str) -> Any:
    """Load ``module:Class``, or ``module``."""
    module, _, name = place.partition(":")
    return getattr(load(module), name) if name else load(module)


def has(place: str, member: str = "__name__") -> bool:
    """Whether the installed adapters has ``module:Class``, and in it a member."""
    try:
        return hasattr(found(place), member)
    except (MissingExtraError, AttributeError):
        return False


def load(module: str) -> ModuleType:
    """Import a module of adapters; raises :class:`MissingExtraError` without adapters."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] != "adapters":
            raise
        feature = "the reference"
        raise MissingExtraError(feature, "adapters", "adapters") from error


def is_tuple(value: Any) -> bool:
    """Whether an output of a model is a plain tuple, and no ``ModelOutput`` or named tuple."""
    return type(value) is tuple


def _major_minor(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])
