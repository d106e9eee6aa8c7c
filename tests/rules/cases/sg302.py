"""SG302: a mean, a deviation or a mean-reduced loss over what may be empty.

`# error: CODE column` stands on the line of the reduction. Every function without a marker must stay
silent; its docstring says why it is right.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


# --- flagged ------------------------------------------------------------------------------------


def masked_loss(logits: torch.Tensor, target: torch.Tensor):
    valid = target >= 0
    return F.cross_entropy(logits[valid], target[valid])  # error: SG302 12


def loss_beside_targets_of_which_something_else_is_asked(logits: torch.Tensor, labels, targets):
    if targets is None:
        return logits.sum() * 0
    return F.binary_cross_entropy_with_logits(logits[labels > 0], targets)  # error: SG302 12


def mean_over_edges(loss: torch.Tensor, edges: torch.Tensor):
    return loss[edges == 1].mean()  # error: SG302 12


class Masked(nn.Module):
    def __init__(self):
        super().__init__()
        self.criterion = nn.MSELoss()

    def forward(self, prediction: torch.Tensor, target: torch.Tensor, mask: torch.Tensor):
        return self.criterion(prediction[mask > 0], target[mask > 0])  # error: SG302 16


def mean_of_what_passes(samples):
    scores = []
    for sample in samples:
        if not sample.positive:
            continue
        scores.append(sample.score)
    return np.mean(scores)  # error: SG302 12


def mean_of_each_share(x: torch.Tensor, batch_sizes: list[int]):
    if sum(batch_sizes) != x.size(0):
        raise ValueError(batch_sizes)
    return [part.mean(0) for part in x.split(batch_sizes)]  # error: SG302 13


def deviation_of_the_selected(x: torch.Tensor, keep: torch.Tensor):
    kept = x[keep > 0]
    return kept.std(), torch.var(kept, 0)  # error: SG302 12  # error: SG302 24


def median_of_all(x: torch.Tensor, keep: torch.Tensor):
    return torch.median(x[keep > 0])  # error: SG302 12


def joined_and_narrowed(rows: list[torch.Tensor], valid: list[torch.Tensor]):
    kept = [row[ok > 0] for row, ok in zip(rows, valid)]
    return kept[0].mean()  # error: SG302 12


def repaired_in_another_place(x: torch.Tensor, keep: torch.Tensor):
    low = torch.nan_to_num(x[keep > 0].mean())
    return low + x[keep > 1].mean()  # error: SG302 18


def deviation_of_one(x: torch.Tensor, seen: int):
    rows = x.size(0)
    if rows == 1 and seen == 0:
        seen = 1
    return torch.var(x, 0) * (rows - 1) + seen  # error: SG302 12


def mean_of_nonzero(x: torch.Tensor):
    found = torch.nonzero(x).float()
    return found.mean(dim=0)  # error: SG302 12


def tested_before_it_is_narrowed_again(x: torch.Tensor, keep: torch.Tensor):
    if x.size(0) == 0:
        return None
    return x[keep > 0].mean()  # error: SG302 12


# --- silent -------------------------------------------------------------------------------------


def plain_argument(x: torch.Tensor):
    """Nothing shows that there may be no element."""
    return x.mean() + x.std()


def zero_where_nothing_is_valid(logits: torch.Tensor, target: torch.Tensor):
    """The function has returned where no entry is valid."""
    valid = target >= 0
    if not valid.any():
        return logits.sum() * 0
    return F.cross_entropy(logits[valid], target[valid])


def summed(logits: torch.Tensor, target: torch.Tensor):
    """The sum over nothing is 0."""
    valid = target >= 0
    return F.cross_entropy(logits[valid], target[valid], reduction="sum")


def asked_for(x: torch.Tensor, keep: torch.Tensor):
    """The function asks whether the mean is NaN."""
    mean = x[keep > 0].mean()
    if torch.isnan(mean):
        return x.sum() * 0
    return mean


def replaced(x: torch.Tensor, keep: torch.Tensor):
    """A NaN is replaced."""
    return torch.nan_to_num(x[keep > 0].mean())


def overwritten(x: torch.Tensor, keep: torch.Tensor):
    """Entries that are NaN are overwritten."""
    mean = x[keep > 0].mean(dim=0)
    mean[torch.isnan(mean)] = 0
    return mean


def differs_from_itself(x: torch.Tensor, keep: torch.Tensor):
    """Only NaN differs from itself."""
    loss = x[keep > 0].mean()
    return 0.0 if loss != loss else loss


def chosen(logits: torch.Tensor, target: torch.Tensor):
    """A loss that is NaN is not taken."""
    valid = target >= 0
    loss = F.mse_loss(logits[valid], target[valid])
    return torch.where(torch.isfinite(loss), loss, torch.zeros_like(loss))


def along_another_axis(x: torch.Tensor, keep: torch.Tensor):
    """The axis that may be 0 is not the one of the mean."""
    return x[keep > 0].mean(dim=1)


def conditional_expression(samples):
    """The mean is taken where there is a member."""
    scores = [sample.score for sample in samples if sample.positive]
    return np.mean(scores) if scores else 0.0


def guarded_by_the_number_of_elements(x: torch.Tensor, keep: torch.Tensor):
    """There is an element."""
    kept = x[keep > 0]
    return kept.mean() if kept.numel() > 0 else kept.sum()


def deviation_where_there_are_two(x: torch.Tensor, keep: torch.Tensor):
    """There are two, of which there is a deviation."""
    kept = x[keep > 0]
    if kept.size(0) < 2:
        return None
    return kept.std(0)


def left_where_no_loss_counts(losses: torch.Tensor, weights: torch.Tensor, size: int):
    """The test asks whether any entry is true, which none is where there is none."""
    per_query = losses.sum(dim=1) * weights
    if size == 0 or len(per_query) == 0:
        print("nothing")
    if not torch.any(per_query):
        return losses.sum()
    return torch.mean(per_query)


def each_class_occurs(x: torch.Tensor, labels: torch.Tensor):
    """Every value that occurs selects a row."""
    return torch.stack([x[labels == label].mean(0) for label in labels.unique()])


def every_element(x: torch.Tensor, keep: torch.Tensor):
    """A loss of each element is no mean."""
    return F.mse_loss(x[keep > 0], x[keep > 0], reduction="none")


def mean_of_numbers(scores: torch.Tensor):
    """The mean of what is not NaN is NaN where all is, as it should."""
    known = ~torch.isnan(scores)
    return scores[known].mean()


def positions_of_what_counts(scores: torch.Tensor, target: torch.Tensor):
    """Entries are above 0 where their sum is not 0."""
    if not target.sum():
        return 0.0
    return scores[target > 0].mean()


def both_kinds_sampled(positive: list, negative: list, scores: torch.Tensor):
    """Nothing is left only where two selections find nothing at once: low confidence."""
    found = torch.where(torch.cat(positive))[0]
    others = torch.where(torch.cat(negative))[0]
    return scores[torch.cat([found, others])].mean()


def size_or_default(queries: list, pairs: list, size: int | None):
    """The size of a part is asked for, which is the number of queries without one."""
    part = size or len(queries)
    if part <= 0:
        part = len(pairs)
    scores = torch.full((len(queries), 3), 0.0)
    return F.cross_entropy(scores, scores) / part


def diagonal(similarities: torch.Tensor):
    """A diagonal is there."""
    own = torch.eye(similarities.shape[0], dtype=torch.bool)
    return similarities[own].mean()


def row_that_is_marked(losses: torch.Tensor, rows: list, columns: list):
    """What was set to true selects something."""
    mask = torch.zeros_like(losses, dtype=torch.bool)
    mask[rows, columns] = True
    return losses[mask].mean()


def compared_with_itself(distances: torch.Tensor, labels: torch.Tensor):
    """Of nothing nothing is below its mean."""
    others = distances[labels == 0]
    return others[others < others.mean()]


def decides_for_something_else(x: torch.Tensor, bound: float):
    """NaN is not below a bound, and the other value is taken."""
    mean = torch.mean(x[x != 0])
    return mean if mean < bound else torch.ones_like(mean)


def loss_of_what_is_not_ignored(logits, labels):
    """Left where all are ignored: what is kept is the complement, whatever the argument is."""
    if (labels == -100).all():
        return logits.sum() * 0
    keep = labels != -100
    return F.cross_entropy(logits[keep], labels[keep])


def loss_beside_targets_that_are_there(logits: torch.Tensor, labels, targets):
    """Both have one shape: where there are targets, there are as many predictions."""
    if targets.numel() == 0:
        return logits.sum() * 0
    return F.binary_cross_entropy_with_logits(logits[labels > 0], targets)


def of_the_largest_as_well(x: torch.Tensor, limit: float):
    """The largest is added to what is selected."""
    keep = x > limit
    keep |= x == x.max()
    return x[keep].mean()


def or_of_the_largest(x: torch.Tensor, limit: float):
    """Where nothing is above the limit the largest is taken."""
    keep = x > limit
    keep = keep if keep.any() else x == x.max()
    return x[keep].mean()


def asserted_by_a_call(x: torch.Tensor, labels: torch.Tensor):
    """The call raises where nothing is labelled."""
    keep = labels != -100
    torch._assert(keep.any(), "no labels")
    return x[keep].mean()
