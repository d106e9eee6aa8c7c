"""SG306: more entries are asked for than an axis or a list may have.

`# error: CODE column` stands on the line of the call. Every function without a marker must stay silent;
its docstring says why it is right.
"""

import random

import torch


# --- flagged ------------------------------------------------------------------------------------


def best_of_those_above(scores: torch.Tensor, limit):
    return scores[scores > limit].topk(10).values  # error: SG306 12


def first_positions(scores: torch.Tensor, limit, k: int):
    found = torch.nonzero(scores > limit).squeeze(1)
    return torch.topk(found, k, largest=False)  # error: SG306 12


def third_smallest_loss(losses: torch.Tensor):
    kept = losses[losses.isfinite()]
    return torch.kthvalue(kept, 3).values  # error: SG306 12


def drawn_from_what_is_left(weights: torch.Tensor):
    left = weights[weights > 0]
    return torch.multinomial(left, 5)  # error: SG306 12


def best_rows(scores: torch.Tensor, valid: torch.Tensor, k: int):
    return scores[valid > 0].topk(k, dim=0).indices  # error: SG306 12


def of_an_axis_of_unknown_rank(scores: torch.Tensor, valid: torch.Tensor):
    return scores[valid > 0].topk(10).values  # low: SG306 12


def sample_of_the_long_ones(rows):
    long = [row for row in rows if len(row) > 10]
    return random.sample(long, 3)  # error: SG306 12


def nothing_is_left_to_keep(scores: torch.Tensor, mask: torch.Tensor):
    budget = int(mask.sum())
    return torch.kthvalue(scores, budget).values  # error: SG306 12


def best_of_a_share(x: torch.Tensor, mask: torch.Tensor, k: int):
    share = x.masked_select(mask)
    return share.topk(k, largest=False).indices  # error: SG306 12


# --- silent -------------------------------------------------------------------------------------


def as_many_as_there_are(scores: torch.Tensor, valid: torch.Tensor):
    """No more are asked for than there are."""
    kept = scores[valid > 0]
    return kept.topk(min(10, kept.size(0))).values


def best_classes(logits: torch.Tensor):
    """Nothing says that there are fewer than five classes."""
    return logits.topk(5, dim=-1).indices


def best_where_there_are_enough(scores: torch.Tensor, mask: torch.Tensor, k: int):
    """The number is asked for."""
    kept = scores[mask]
    if kept.numel() < k:
        return kept
    return kept.topk(k).values


def best_one_of_some(scores: torch.Tensor, mask: torch.Tensor):
    """There is one."""
    kept = scores[mask]
    if kept.size(0) == 0:
        return None
    return kept.topk(1).values


def drawn_with_replacement(weights: torch.Tensor, labels: torch.Tensor, n: int):
    """With replacement a small population is enough; that there is one is tested."""
    negative = weights[labels == 0]
    if len(negative) == 0:
        return None
    return torch.multinomial(negative, n, replacement=True)


def all_in_order(scores: torch.Tensor, mask: torch.Tensor):
    """As many as there are are taken."""
    kept = scores[mask]
    return kept.topk(len(kept)).indices


def sample_of_all(rows, n: int):
    """Nothing says that there are fewer rows."""
    return random.sample(rows, n)


def sample_of_some(rows):
    """No more than there are."""
    long = [row for row in rows if len(row) > 10]
    return random.sample(long, min(3, len(long)))


def whole_order(scores: torch.Tensor, mask: torch.Tensor):
    """An order of nothing is nothing."""
    return scores[mask].sort().values[:10]


def as_many_as_there_are_where_nothing_is_traced(scores: torch.Tensor, limit, k: int):
    """What is traced for an export is another branch, which is not run here."""
    kept = scores[scores > limit]
    if torch.jit.is_tracing():
        k = traced_minimum(k, torch._shape_as_tensor(kept)[0])
    else:
        k = min(k, kept.size(0))
    return kept.topk(k).values
