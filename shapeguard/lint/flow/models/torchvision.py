"""Functions of ``torchvision.ops``: boxes have four coordinates, even if there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.models.vocabulary import Parameter, Requires, Wide

if TYPE_CHECKING:
    from shapeguard.lint.flow.models.vocabulary import Model

_COORDINATES = 4
_OF_BOXES = "batched_nms box_area box_convert clip_boxes_to_image nms remove_small_boxes"
_OF_PAIRS = "box_iou complete_box_iou distance_box_iou generalized_box_iou"


def _boxes(keyword: str, position: int) -> Wide:
    return Wide(Parameter(keyword, position), -1, _COORDINATES)


_NAMES = {
    **{name: (_boxes("boxes", 0),) for name in _OF_BOXES.split()},
    **{name: (_boxes("boxes1", 0), _boxes("boxes2", 1)) for name in _OF_PAIRS.split()},
}

TORCHVISION: tuple[Model, ...] = tuple(
    Requires(f"torchvision.ops{module}.{name}", needs)
    for name, needs in _NAMES.items()
    for module in ("", ".boxes")
)
