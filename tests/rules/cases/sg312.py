"""SG312: a condition that has the same answer for every tensor."""

from typing import Optional, Union

import numpy as np
import torch
from torch import Tensor

# --- flagged ------------------------------------------------------------------------------------


def number_of_entries(scores: Tensor):
    if scores.numel == 0:  # error: SG312 8
        return None
    return scores.max()


def size_of_an_annotated_tensor(boxes: torch.Tensor, labels):
    if boxes.size == 0:  # error: SG312 8
        return boxes.new_zeros(0, 5)
    return torch.cat([boxes, labels[:, None]], dim=1)


def size_of_an_argument_that_may_be_missing(boxes: Tensor, labels: Optional[Tensor]):
    if labels is None or boxes.size == 0:  # error: SG312 26
        return boxes
    return torch.cat([boxes, labels[:, None]], dim=1)


def any_of_a_mask(scores: Tensor, threshold: float):
    keep = scores > threshold
    if not keep.any:  # error: SG312 12
        return scores[:1]
    return scores[keep]


def kind_of_entries(preds: Tensor, target: Tensor, num_outputs: int):
    if num_outputs == 1:
        preds = preds.view(-1)
    preds = preds if preds.is_floating_point else preds.float()  # error: SG312 22
    return torch.sum(torch.abs(preds - target), dim=0)


def number_of_axes(x: Tensor):
    while x.dim != 2:  # error: SG312 11
        x = x.squeeze(0)
    return x


def one_class(labels: Tensor):
    counts = torch.bincount(torch.unique(labels, return_inverse=True)[1])
    counts = counts[counts > 0]
    if counts.size() == 1:  # error: SG312 8
        return torch.tensor(0.0)
    return counts / counts.sum()


def either_has_one_cluster(contingency: Tensor):
    rows, columns = contingency.sum(dim=1), contingency.sum(dim=0)
    if rows.size() == 1 or columns.size() == 1:  # error: SG312 8  # error: SG312 28
        return 0.0
    return torch.log(rows) - torch.log(columns)


def one_exact_shape(boxes: Tensor):
    if boxes.shape == [0, 4]:  # error: SG312 8
        return boxes
    return boxes[boxes[:, 2].argmax()]


def another_shape(mask: Tensor, height: int, width: int):
    if mask.size() != [height, width]:  # error: SG312 8
        mask = mask[:height, :width]
    return mask


def true_with_axes(class_ids: Tensor):
    if torch.nonzero(class_ids > 0).size():  # error: SG312 8
        return torch.nonzero(class_ids > 0)[:, 0]
    return None


def at_least_none(detections: list[Tensor], truth: list[Tensor]):
    if len(truth) == 0 and len(detections) >= 0:  # error: SG312 28
        return None
    return torch.stack(detections)


def fewer_than_none(x: Tensor):
    if x.shape[0] < 0:  # error: SG312 8
        return x.sum()
    return x.max(dim=0).values


def checked_count(rows: Tensor):
    assert rows.size(0) > -1  # error: SG312 12
    return rows[0]


def made_here(x: Tensor):
    rows = torch.nonzero(x)
    if rows.size == 0:  # todo: SG312 8
        return None
    return rows[0]


def default_in_place_of_none(scores: Tensor, top_k: Optional[int] = None):
    if top_k is not None and top_k < 0:
        raise ValueError(top_k)
    top_k = top_k or scores.size(-1)  # error: SG312 13
    return scores.topk(top_k)


def default_in_a_slice(x: Tensor, limit: Optional[int] = None):
    assert limit is None or limit >= 0
    return x[: limit or len(x)]  # error: SG312 16


def default_under_a_test(x: Tensor, length: Optional[int] = None):
    if length is not None and not 0 <= length <= x.size(0):
        raise ValueError(length)
    if not length:  # error: SG312 8
        length = x.size(0)
    return x.narrow(0, 0, length)


def _check_count(count):
    if not isinstance(count, int) or count < 0:
        raise ValueError(count)


def default_behind_a_helper(x: Tensor, count=None):
    if count is not None:
        _check_count(count)
    count = count if count else x.shape[0]  # error: SG312 13
    return [x[i] for i in range(count)]


class Window:
    def __init__(self, size: Optional[int] = None, start: Optional[int] = None):
        if size is not None and size < 0:
            raise ValueError(size)
        self.size = size
        self.start = start

    def take(self, x: Tensor):
        return x[: self.size or x.size(0)]  # error: SG312 20

    def begin(self, x: Tensor):
        return x if self.start is None else x[(self.start or x.size(0)) - 1 :]

    def whole(self, x: Tensor):
        return x[x.size(0) // 2 if self.start is None else self.start :]

    def rest(self, x: Tensor):
        return x[self.start or x.size(0) // 2 :]  # error: SG312 18


class Padding:
    def __init__(self, rows: Optional[int] = None):
        self.rows = rows

    def add(self, x: Tensor):
        if self.rows == 0:
            return x
        return torch.cat([x, x.new_zeros(self.rows or 8, 4)])

    def remove(self, x: Tensor):
        rows = min(self.rows or 8, x.size(0))  # error: SG312 20
        return x[: x.size(0) - rows]


class Largest:
    def __init__(self):
        self.value = torch.tensor(-float("inf"))

    def update(self, value: Tensor):
        value = value.float()
        if any(value.flatten()):  # error: SG312 12
            self.value = torch.max(self.value, torch.max(value))


def smallest_so_far(best: Tensor, losses: Tensor):
    if not losses.any():  # error: SG312 12
        return best
    return torch.minimum(best, losses.min())


def values_in_an_expression(best: float, losses: Tensor):
    return min(best, losses.min()) if torch.any(losses) else best  # error: SG312 39


def box_of_what_is_inside(points: Tensor, width: int):
    x, y = points[:, 0], points[:, 1]
    inside = (x >= 0) & (x <= width)
    x, y = x[inside], y[inside]
    return torch.stack([x.min(), y.min()]) if any(x) else torch.zeros(2)  # error: SG312 47


def of_entries_that_are_left(x: Tensor, length: Optional[int] = None):
    if length is not None and length < 0:
        raise ValueError(length)
    return _shortened(x, length or x.size(0))  # todo: SG312 26


def _shortened(x: Tensor, length: int):
    return x[:length]


def no_rows_are_all_rows(x: Tensor, length: Optional[int] = None):
    return x[: length or x.size(0)]  # low: SG312 16


# --- silent -------------------------------------------------------------------------------------


def called(scores: Tensor):
    """The method is called."""
    if scores.numel() == 0 or not scores.any():
        return None
    return scores.max()


def of_an_array(boxes: np.ndarray, labels):
    """The size of an array is a number."""
    if boxes.size == 0:
        return boxes
    return np.concatenate([boxes, labels[:, None]], axis=1)


def of_either(boxes: Union[np.ndarray, Tensor]):
    """An array has a size that is a number."""
    return None if boxes.size == 0 else boxes[0]


def of_what_it_became(boxes: Tensor):
    """The name stands for an array by then."""
    boxes = boxes.cpu().numpy()
    return None if boxes.size == 0 else boxes[0]


def of_something(sampler, group):
    """Nothing says that these are tensors: the size of a group of processes is a number."""
    if sampler.size or group.size() == 1 or sampler.shape == [1, 4]:
        return None
    return sampler.dim == 2


class Transform:
    """The size is that of a picture, a field like any other."""

    def __init__(self, size: int, dim: int):
        self.size = size
        self.dim = dim

    def fits(self, x: Tensor):
        """No tensor is asked."""
        return self.size == 0 or (self.dim == 1 and x.dim() == 1) or not self.size


def as_a_tuple(boxes: Tensor):
    """A tuple equals a shape."""
    return boxes if boxes.shape == (0, 4) or boxes.size() == torch.Size([1, 4]) else boxes[0]


def as_a_list(boxes: Tensor):
    """A list is compared with a list."""
    return boxes if list(boxes.shape) == [0, 4] or boxes.tolist() == [] else boxes[0]


def one_extent(x: Tensor):
    """An extent is a number."""
    return x.shape[0] == 0 or x.size(1) == 1 or len(x) > 0


def told_to_a_compiler(x: Tensor):
    """A hint about a size that is not known yet."""
    torch._check(x.shape[0] >= 0)
    return x[: x.shape[0] // 2]


def has_axes(x: Tensor):
    """Of a tensor without axes the shape is not true."""
    return x.sum() if x.shape else x


def number_that_may_be_negative(x: Tensor, offset: int):
    """A number that is no length may be negative."""
    return x[offset:] if offset >= 0 and len(x) - offset >= 0 else x


def property_of_a_tensor(x: Tensor):
    """These are no methods."""
    return x.cpu() if x.is_cuda or x.requires_grad or x.dtype.is_floating_point else x


def is_there(x: Tensor):
    """Something that imitates a tensor may have no shape."""
    return None if x.shape is None else x.shape[0]


def the_method_itself(reduce):
    """A function is looked for, and nothing says that it is one of a tensor."""
    return torch.mean if reduce.mean else reduce.sum

def default_of_nothing_checked(x: Tensor, k: Optional[int] = None):
    """Nothing says that 0 is meant."""
    k = k or x.size(-1)
    return x.topk(k)


def default_where_none_is_refused(x: Tensor, k: Optional[int] = None):
    """A check refuses 0."""
    if k is not None and k <= 0:
        raise ValueError(k)
    k = k or x.size(-1)
    return x.topk(k)


def zero_is_the_default(x: Tensor, count: int = 0):
    """The number is never missing: 0 stands for all of them."""
    if count < 0:
        raise ValueError(count)
    return x[: count or len(x)]


def never_missing(x: Tensor, count: int):
    """None cannot be given, so that the default is for 0."""
    assert count >= 0
    return x[: count or len(x)]


def none_was_told_apart(x: Tensor, count: Optional[int] = None):
    """What is missing has left by then: the default is for 0."""
    if count is not None and count < 0:
        raise ValueError(count)
    if count is None:
        return x
    return x[: count or 10]


class Kept:
    """Nothing says that 0 is meant, or None has been told apart."""

    def __init__(self, rows: Optional[int] = None):
        self.rows = rows

    def take(self, x: Tensor):
        """All rows are taken."""
        return x[: self.rows or x.size(0)] if self.rows is not None else x

    def last(self, x: Tensor):
        """The same default, without a check."""
        return x[-(self.rows or x.size(0)) :]


def at_least_one(x: Tensor, mask: Tensor, workers: Optional[int] = None):
    """A default of 1 keeps a division from 0."""
    if workers is not None and workers < 0:
        raise ValueError(workers)
    total = x[mask > 0].size(0) or 1
    return x[: (workers or 1)].sum() / total


def no_count(x: Tensor, seed: Optional[int] = None):
    """The number counts nothing."""
    if seed is not None and seed < 0:
        raise ValueError(seed)
    torch.manual_seed(seed or 42)
    return x


def all_if_none_is_left(x: Tensor):
    """A size is never missing: somebody thought of 0."""
    return x[: x[x > 0].size(0) or x.size(0)]


def one_of_two_conditions(x: Tensor, count: Optional[int] = None, more: int = 0):
    """Nothing gets a default."""
    if count is not None and count < 0:
        raise ValueError(count)
    if count or more:
        return x[:count]
    return x


def largest_label(labels: Tensor, most: int):
    """Of labels that are all 0 the largest is 0: nothing is left out."""
    if labels.any():
        most = max(most, int(labels.max()))
    return most


def scaled(x: Tensor):
    """The largest of zeros divides nothing."""
    if x.any():
        x = x / x.max()
    return x


def selected(x: Tensor, mask: Tensor, best: Tensor):
    """A mask that is asked selects what is reduced."""
    keep = x > best
    return torch.max(best, x[keep].max()) if keep.any() and mask.any() else best


def largest_of_what_is_there(x: Tensor, best: Tensor):
    """The size is asked for as well."""
    if x.numel() and x.any():
        best = torch.max(best, x.max())
    return best


def another_tensor(x: Tensor, best: Tensor):
    """The name stands for something else by then."""
    if x.any():
        x = torch.cat([x, best])
        best = torch.max(best, x.max())
    return best


def position_of_one(x: Tensor):
    """Where none of the values counts there is nothing to look for."""
    return x.argmax() if x.any() else None
