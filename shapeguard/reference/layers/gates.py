"""Gates: how far a row opens what an adapter adds, as a mean over the row's own tokens.

adapters takes the mean inside of its modules, over padding as well. The update of a row is corrected
behind the module by the ratio of the two means, which is exactly 1 for a row without padding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shapeguard.reference.models import tokens

if TYPE_CHECKING:
    from torch import Tensor

    from shapeguard.reference.plans import Group, Plan


def corrected(
    layer: Any, module: Any, states: Tensor, where: tuple[Plan, Group] | None
) -> tuple[Tensor, Tensor] | None:
    """Return the gate of every row, and its ratio to what the module takes for it: ``rows outputs``.

    ``states`` (``rows tokens features``) is what the gate reads. None where no row is padded.
    """
    real = None if where is None else tokens.real(layer, *where, states.size(1))
    if real is None:
        return None
    opened: Tensor = module.gate(states).sigmoid()
    gate = tokens.mean(opened, real)
    return gate, gate / opened.mean(dim=1)
