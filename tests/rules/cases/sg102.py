"""SG102: operands that masks of their own narrowed, or a mask that is not of what it selects from.

`# error: CODE column` stands where they meet. Every function without a marker must stay silent; its
docstring says why it is right.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

# --- flagged ------------------------------------------------------------------------------------


def each_drops_its_own_nan(value: Tensor, weight: Tensor):
    value = value[~torch.isnan(value)]
    weight = weight[~torch.isnan(weight)]
    return (value * weight).sum()  # error: SG102 13


class Mean:
    """The pattern of torchmetrics' `MeanMetric` before a mask of both was made."""

    def clean(self, x: Tensor) -> Tensor:
        missing = torch.isnan(x)
        if missing.any():
            x = x[~missing]
        return x.float()

    def update(self, value: Tensor, weight: Tensor):
        value = self.clean(value)
        weight = self.clean(weight)
        if value.numel() == 0:
            return
        self.total += (value * torch.broadcast_to(weight, value.shape)).sum()  # error: SG102 32


def loss_of_what_is_positive(predicted: Tensor, target: Tensor):
    return F.mse_loss(predicted[predicted > 0], target[target > 0], reduction="none")  # error: SG102 12


def two_masks_of_one_tensor(x: Tensor):
    low, high = x < 0.3, x > 0.7
    return x[high] - x[low]  # error: SG102 12


def stacked(x: Tensor, y: Tensor):
    return torch.stack([x[x > 0], y[y > 0]])  # error: SG102 12


def beside_each_other(rows: Tensor, scores: Tensor):
    product = rows * scores
    left = product[product.sum(1) > 0]
    right = product[product.amin(1) > 0]
    return torch.cat([left, right], dim=1)  # error: SG102 12


def where_of_two(mask: Tensor, x: Tensor, y: Tensor):
    return torch.where(mask, torch.masked_select(x, x > 0), torch.masked_select(y, y > 0))  # error: SG102 12


def mask_of_the_whole(x: Tensor, limit: float):
    large = x > limit
    x = x[~torch.isnan(x)]
    return x[large]  # error: SG102 12


def mask_of_a_placeholder(logits: Tensor, targets: list, unmatched: int):
    matched = []
    for target in targets:
        if target["boxes"].numel() == 0:
            matched.append(torch.empty((0,), dtype=torch.int64))
            continue
        matched.append(target["matches"])
    kept = []
    for row, positions in zip(logits, matched):
        kept.append(row[positions >= 0])  # error: SG102 21
    return kept


def positions_that_filters_leave(x: Tensor, rows: list):
    passed = [i for i, row in enumerate(rows) if row.ok]
    good = [i for i, row in enumerate(rows) if row.good]
    return torch.cat([x[passed], x[good]], dim=1)  # error: SG102 12


def neighbours_but_one(x: Tensor):
    return x[:-1] * x[2:]  # error: SG102 12


def slices_side_by_side(x: Tensor, n: int):
    return torch.cat([x[:n], x[: n + 1]], dim=1)  # error: SG102 12


def columns_that_nobody_declares(x):
    return x[:, :-1] + x[:, 2:]  # error: SG102 12


def differences_of_a_sum(x: Tensor):
    total = x.cumsum(0)
    return total[3:] - total[:-2]  # error: SG102 12


# --- silent ------------------------------------------------------------------------------------


def one_mask_for_both(value: Tensor, weight: Tensor):
    """Both are narrowed by the same mask."""
    keep = ~(torch.isnan(value) | torch.isnan(weight))
    return value[keep] * weight[keep]


def joined_along_the_narrowed_axis(x: Tensor, y: Tensor):
    """Rows are put below rows: their numbers may differ."""
    return torch.cat([x[x[:, 0] > 0], y[y[:, 0] > 0]], dim=0)


def reduced_first(x: Tensor, y: Tensor):
    """Two single numbers are added."""
    return x[x > 0].sum() + y[y > 0].sum()


def masks_from_a_caller(x: Tensor, y: Tensor, mask: Tensor, other_mask: Tensor):
    """Whoever gives the masks may know that they select equally many."""
    return x[mask] + y[other_mask]


def compared_first(x: Tensor, y: Tensor):
    """What differs does not come here."""
    x, y = x[x > 0], y[y > 0]
    if x.shape[0] != y.shape[0]:
        raise ValueError("different numbers of positive entries")
    return x - y


def neighbours(x: Tensor):
    """Two slices of one axis, of the same length by their bounds."""
    return x[1:] - x[:-1]


def halves(x: Tensor):
    """Two slices of constant steps: the extents are those of one view."""
    first, second = x.chunk(2, dim=-1)
    return torch.cat([-second, first], dim=-1)


def mask_made_again(x: Tensor, limit: float):
    """The second mask is made of what the first one left."""
    x = x[~torch.isnan(x)]
    return x[x > limit]


def mask_narrowed_along(x: Tensor, limit: float):
    """The mask of the whole is narrowed as the tensor is."""
    large, keep = x > limit, ~torch.isnan(x)
    return x[keep][large[keep]]


def rows_and_columns(x: Tensor):
    """Two masks narrow two different axes of one tensor."""
    rows, columns = x.any(1), x.any(0)
    return x[rows][:, columns]


def pairs_of_what_is_left(x: Tensor, y: Tensor):
    """Rows meet columns: every pair is wanted."""
    x, y = x[x > 0], y[y > 0]
    return x[:, None] * y[None, :]


def a_whole_mask_for_the_placeholder(logits: Tensor, targets: list):
    """What stands for no match has one entry for each row."""
    matched = []
    for row, target in zip(logits, targets):
        if target["boxes"].numel() == 0:
            matched.append(torch.full((row.shape[0],), -1))
            continue
        matched.append(target["matches"])
    return [row[positions >= 0] for row, positions in zip(logits, matched)]


def written_back(x: Tensor, y: Tensor):
    """Each mask selects what is set, and from what it is set."""
    low, high = x < 0, x > 1
    x[low] = y[low]
    x[high] = y[high]
    return x


def a_mask_and_its_opposite(x: Tensor):
    """What both select is joined along the axis of the rows."""
    above = x > 0
    return torch.cat([x[above], x[~above]])


def matched_or_nothing(scores: Tensor):
    """Stands for no match where there is none: both of the pair are empty then."""
    if scores.numel() == 0:
        return scores.new_empty(0), torch.empty(0, 2)
    best, indices = scores.max(dim=1)
    return best, torch.stack([torch.arange(scores.size(0)), indices], dim=1)


def mask_of_a_pair_that_is_not_empty(one: Tensor, other: Tensor):
    """A test of the one tells that the other is not empty either."""
    first, positions = matched_or_nothing(one)
    second, others = matched_or_nothing(other)
    if len(first) > 0 and len(second) > 0:
        near = torch.cdist(positions.float(), others.float()).min(dim=1)[0] < 1e-8
        return positions[near], first[near]
    return first, positions


def neighbours(x: Tensor):
    """Each has one row less than the whole."""
    return x[1:] - x[:-1]


def first_beside_the_rest(x: Tensor):
    """One row stretches."""
    return x[:1] * x[1:]


def halves(x: Tensor):
    """Whether there are two halves is a matter of the caller."""
    half = x.size(-1) // 2
    return torch.cat([-x[..., half:], x[..., :half]], dim=0)


def parts_up_to_a_number(x: Tensor, n: int):
    """The number may be half of all."""
    return x[:n] * x[n:]


def joined_along_the_cut(x: Tensor):
    """The axis of the join is the one that was cut."""
    return torch.cat([x[1:], x[:-3]], dim=0)


def _corners(boxes: Tensor):
    """Boxes have four columns here, and two in a caller that is never meant."""
    return boxes[..., 2:] - boxes[..., :2]


def of_points(points: Tensor):
    """What a caller passes is checked elsewhere."""
    return _corners(points.reshape(-1, 5)) if points.size(-1) != 4 else _corners(points)


def words_but_one(text):
    """A plus joins lists and texts."""
    words = text.split(".")
    return ".".join(words[:-2] + words[1:])
