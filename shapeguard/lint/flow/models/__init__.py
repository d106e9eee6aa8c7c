"""Op models: what library functions do to shapes, as declarations.

One file a library. A model is found by its dotted name (``torch.cat``) or, for a method of a tensor,
by its name with a leading dot (``.repeat``). What is not declared gives Unknown, never an alarm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.models.adapters import ADAPTERS
from shapeguard.lint.flow.models.einops import EINOPS
from shapeguard.lint.flow.models.endings import ENDINGS
from shapeguard.lint.flow.models.functional import FUNCTIONAL
from shapeguard.lint.flow.models.modules import MODULES
from shapeguard.lint.flow.models.numpy import NUMPY
from shapeguard.lint.flow.models.python import PYTHON
from shapeguard.lint.flow.models.tensor import TENSOR
from shapeguard.lint.flow.models.torch import TORCH
from shapeguard.lint.flow.models.torchvision import TORCHVISION

if TYPE_CHECKING:
    from shapeguard.lint.flow.models.vocabulary import Model

LIBRARIES: dict[str, tuple[Model, ...]] = {
    "Methods of tensors": TENSOR,
    "torch": TORCH,
    "torch.nn.functional": FUNCTIONAL,
    "torch.nn": MODULES,
    "torchvision.ops": TORCHVISION,
    "einops": EINOPS,
    "numpy": NUMPY,
    "random and typing": PYTHON,
    "adapters": ADAPTERS,
    "Ends and assertions": ENDINGS,
}
MODELS: tuple[Model, ...] = tuple(model for models in LIBRARIES.values() for model in models)
