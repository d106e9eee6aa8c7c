"""What operations refuse, on the paths on which they are given it."""

from __future__ import annotations

import pytest
from flow_observation import happened

from shapeguard.lint.flow.events import Call
from shapeguard.lint.flow.evidence.reasons import may_break

HEAD = """import torch
from torch import Tensor
from torchvision.ops import box_area, box_convert, box_iou

"""


def broken(tmp_path, text, name="f"):
    """Return the needs of calls that may not be met."""
    calls = [each for each in happened(tmp_path, HEAD + text, name) if isinstance(each, Call)]
    return [
        requirement.text
        for call in calls
        for requirement in call.requirements
        if may_break(requirement.condition, call.moment) is not None
    ]


RANKED = """
class Schedule:
    def budget(self, step):
        if step <= self.warmup:
            return self.whole, False
        return self.final, True

    def threshold(self, scores, step, force):
        budget, due = self.budget(step)
        if {test}:
            return torch.kthvalue(scores, self.whole - budget)
        return None
"""


@pytest.mark.parametrize("test", ["due or force", "step != 7", "True"])
def test_a_number_that_one_path_makes_0_is_refused(tmp_path, test):
    found = broken(tmp_path, RANKED.format(test=test), "Schedule.threshold")
    assert found == ["`kthvalue` takes k of at least 1"]


@pytest.mark.parametrize("test", ["due", "due and force", "step > self.warmup", "force and due"])
def test_the_path_that_makes_it_0_may_be_excluded(tmp_path, test):
    assert broken(tmp_path, RANKED.format(test=test), "Schedule.threshold") == []


BOXES = """
def fixed(boxes):
    if boxes.numel() == 0 and boxes.ndim == 1:
        return boxes.unsqueeze(0)
    return boxes

def f(item, other):
    boxes = {boxes}
    return {use}
"""


@pytest.mark.parametrize(
    "use",
    [
        "box_convert(boxes, in_fmt='xywh', out_fmt='xyxy')",
        "box_area(boxes)",
        "box_iou(other, boxes)",
        "box_iou(boxes1=boxes, boxes2=other)",
    ],
)
def test_a_row_without_columns_is_no_box(tmp_path, use):
    (text,) = broken(tmp_path, BOXES.format(boxes="fixed(item['boxes'])", use=use))
    assert "needs 4 columns" in text


@pytest.mark.parametrize(
    ("boxes", "use"),
    [
        ("item['boxes']", "box_area(boxes)"),
        ("fixed(item['boxes'])", "box_area(boxes) if boxes.numel() > 0 else boxes"),
        ("fixed(item['boxes'])", "box_area(boxes.reshape(-1, 4))"),
        ("torch.zeros(0, 4)", "box_area(boxes)"),
    ],
)
def test_no_box_has_four_coordinates_all_the_same(tmp_path, boxes, use):
    assert broken(tmp_path, BOXES.format(boxes=boxes, use=use)) == []


@pytest.mark.parametrize(
    "body",
    [
        "return torch.topk(x, min(k, x.size(-1) - 1))",
        "n = x.shape[1]\n    return x.topk(min(n - 1, k), dim=1)",
        "return torch.topk(x, min(k, len(x[0]) - 1), dim=1)",
    ],
)
def test_who_bounds_by_an_extent_less_one_forgets_that_it_may_be_small(tmp_path, body):
    found = broken(tmp_path, f"def f(x: Tensor, k: int):\n    {body}\n")
    assert found == ["`topk` takes k of at least 0"]


@pytest.mark.parametrize(
    "body",
    [
        "return torch.topk(x, min(k, x.size(-1)))",
        "return torch.topk(x, max(min(k, x.size(-1) - 1), 1))",
        "if x.size(-1) > 1:\n        return torch.topk(x, min(k, x.size(-1) - 1))",
        "return torch.topk(x, k)",
    ],
)
def test_other_bounds_say_nothing(tmp_path, body):
    assert broken(tmp_path, f"def f(x: Tensor, k: int):\n    {body}\n") == []


CROP = """
def f(large: bool, height: int, width: int, h: int):
    side = height if large else width
    if {test}:
        return torch.randint(0, side - h + 1, (1,))
"""


@pytest.mark.parametrize(("test", "refused"), [("0 < h <= side", 0), ("h == side + 1", 1)])
def test_the_bounds_of_a_choice_may_depend_on_the_path(tmp_path, test, refused):
    found = broken(tmp_path, CROP.format(test=test))
    assert found == ["`randint` needs a number to choose from"] * 2 * refused


@pytest.mark.parametrize("bounds", ["0, n", "n", "n, size=(1,)", "low=0, high=n", "n, x.shape"])
def test_a_bound_of_which_nothing_is_known_says_nothing(tmp_path, bounds):
    assert broken(tmp_path, f"def f(x: Tensor, n):\n    return torch.randint({bounds})\n") == []
