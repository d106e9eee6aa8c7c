"""SG103: a list that may have no member is joined.

`# error: CODE column` stands on the line of the join. Every function without a marker must stay silent;
its docstring says why it is right.
"""

from typing import Optional

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence


# --- flagged ------------------------------------------------------------------------------------


def rows_of_those_that_pass(rows):
    kept = [row.values for row in rows if row.valid]
    return torch.cat(kept)  # error: SG103 12


def parts_under_masks(rows, masks):
    parts = []
    for row, mask in zip(rows, masks):
        if mask.any():
            parts.append(row[mask])
    return torch.cat(parts)  # error: SG103 12


def losses_of_heads_with_labels(heads, labels):
    losses = []
    for head, label in zip(heads, labels):
        if label is None:
            continue
        losses.append(head(label))
    return torch.stack(losses).mean()  # error: SG103 12


def gradients_of_what_is_trained(parameters):
    norms = [p.grad.norm() for p in parameters if p.grad is not None]
    return torch.stack(norms).max()  # error: SG103 12


def padded_words(tokens):
    words = [token.vector for token in tokens if token.is_word]
    return pad_sequence(words, batch_first=True)  # error: SG103 12


def tested_behind_the_join(outputs):
    joined = torch.cat(outputs)  # error: SG103 14
    if len(outputs) == 0:
        return None
    return joined


def tested_in_one_branch(chunks, axis):
    if axis == 0:
        return np.concatenate(chunks) if chunks else None
    return np.concatenate(chunks, axis=axis)  # error: SG103 12


class Buffer:
    """A list begins empty and is filled by another method."""

    def __init__(self):
        self.rows = []

    def add(self, row):
        self.rows.append(row)

    def all(self):
        return torch.stack(self.rows)  # error: SG103 16


def states_of_children_in_this_layer(children, modules, x):
    states = []
    for child in children:
        if child in modules:
            states.append(modules[child](x))
    return torch.stack(states, dim=0).mean(0)  # error: SG103 12


def experts_that_get_a_token(experts, tokens: torch.Tensor, chosen: torch.Tensor):
    outputs = []
    for number, expert in enumerate(experts):
        mine = tokens[chosen == number]
        if mine.size(0) > 0:
            outputs.append(expert(mine))
    return torch.cat(outputs)  # error: SG103 12


def backwards(rows):
    kept = [row for row in rows if row.valid]
    return torch.cat(kept[::-1])  # error: SG103 12


def neither_is_given(a: Optional[torch.Tensor] = None, b: Optional[torch.Tensor] = None):
    given = []
    if a is not None:
        given.append(a)
    if b is not None:
        given.append(b)
    return torch.cat(given, dim=1)  # low: SG103 12


def rows_of_bins(x: torch.Tensor, bounds: torch.Tensor):
    rows = []
    for i in range(len(bounds) - 1):
        low, high = bounds[i], bounds[i + 1]
        inside = torch.where((low <= x) & (x < high))[0]
        if len(inside) == 0:
            continue
        rows.append(inside[:3])
    return torch.cat(rows)  # low: SG103 12


def means_of_bins(x: torch.Tensor, edges: torch.Tensor):
    means = []
    for right in range(1, len(edges)):
        below = x.lt(edges[right]) if right < len(edges) - 1 else x <= edges[right]
        inside = torch.logical_and(x.ge(edges[right - 1]), below)
        if inside.any():
            means.append(x[inside].mean())
    return torch.stack(means)  # low: SG103 12


def rows_of_bins_that_are_valid(x: torch.Tensor, valid: torch.Tensor, bounds: torch.Tensor):
    rows = []
    for i in range(len(bounds) - 1):
        inside = torch.where((bounds[i] <= x) & valid & (x < bounds[i + 1]))[0]
        if len(inside) == 0:
            continue
        rows.append(inside[:3])
    return torch.cat(rows)  # error: SG103 12


def rows_of_full_bins(x: torch.Tensor, bounds: torch.Tensor):
    rows = []
    for i in range(len(bounds) - 1):
        inside = torch.where((bounds[i] <= x) & (x < bounds[i + 1]))[0]
        if len(inside) > 8:
            rows.append(inside[:8])
    return torch.cat(rows)  # error: SG103 12


def rows_above_each_bound(x: torch.Tensor, bounds: torch.Tensor):
    rows = []
    for i in range(len(bounds) - 1):
        above = torch.where(x > bounds[i])[0]
        if len(above) == 0:
            continue
        rows.append(above[:3])
    return torch.cat(rows)  # error: SG103 12


def rows_of_a_bin_of_their_own(parts, bounds: torch.Tensor):
    rows = []
    for i, part in enumerate(parts):
        inside = torch.where((bounds[i] <= part) & (part < bounds[i + 1]))[0]
        if len(inside) == 0:
            continue
        rows.append(inside[:3])
    return torch.cat(rows)  # error: SG103 12


# --- silent -------------------------------------------------------------------------------------


def list_as_given(tensors):
    """Nothing says that there is no tensor."""
    return torch.cat(tensors)


def one_for_each_layer(layers, x):
    """One for each of what nothing says that there is none of."""
    return torch.stack([layer(x) for layer in layers])


def asked_for_a_member(rows):
    """The list is asked for a member."""
    kept = [row.values for row in rows if row.valid]
    if not kept:
        return None
    return torch.cat(kept)


def asked_in_an_expression(rows, x: torch.Tensor):
    """So it is here."""
    kept = [row.values for row in rows if row.valid]
    return torch.cat(kept) if len(kept) > 0 else x.new_zeros(0)


def beside_something_that_is_there(rows, first: torch.Tensor):
    """There is one member at least."""
    kept = [row.values for row in rows if row.valid]
    return torch.cat([first, *kept])


def filled_with_one_at_least(rows, first: torch.Tensor):
    """The list begins with a member."""
    parts = [first]
    for row in rows:
        if row.valid:
            parts.append(row.values)
    return torch.cat(parts)


def refused(rows):
    """Nothing is refused."""
    kept = [row.values for row in rows if row.valid]
    if len(kept) == 0:
        raise ValueError("no row is valid")
    return torch.cat(kept)


def repaired(rows, x: torch.Tensor):
    """The list is given a member where it has none."""
    kept = [row.values for row in rows if row.valid]
    if not kept:
        kept.append(x.new_zeros(0, 4))
    return torch.cat(kept)


def caught(rows):
    """What is raised is caught."""
    kept = [row.values for row in rows if row.valid]
    try:
        return torch.cat(kept)
    except RuntimeError:
        return None


def every_one_asked_about_something_else(outputs):
    """`all` asks each member, not whether there are any."""
    if all(each.dim() == 1 for each in outputs):
        return torch.stack(outputs)
    return torch.cat(outputs)


def all_or_none(rows):
    """There are as many as rows, of which nothing says that there is none."""
    parts = []
    for row in rows:
        if row.valid:
            parts.append(row.values)
        else:
            parts.append(row.values.new_zeros(row.values.shape))
    return torch.stack(parts)


class Filled:
    """The list is asked for a member where it is read."""

    def __init__(self):
        self.rows = []

    def add(self, row):
        self.rows.append(row)

    def all(self):
        return torch.stack(self.rows) if self.rows else torch.zeros(0, 4)


def padded(instances, longest: int, zero: torch.Tensor):
    """It has no member only where the longest has none either, of which nothing tells."""
    joined = []
    for instance in instances:
        vectors = [vector for vector in instance if vector.any()]
        if len(vectors) < longest:
            for _ in range(longest - len(vectors)):
                vectors.append(zero)
        joined.append(torch.cat(vectors))
    return joined


def all_of_them(tensors, patterns):
    """There are as many as in the dictionary, of which nothing tells that it has none."""
    ordered = [tensors[pattern] for pattern in patterns if pattern in tensors]
    if len(ordered) != len(tensors):
        raise ValueError(patterns)
    return torch.block_diag(*ordered)


def no_more_than(x: torch.Tensor, labels: torch.Tensor, most: int):
    """Some are left of what has some, unless none is asked for."""
    found = (labels == 1).nonzero().squeeze(1)
    if len(found) == 0:
        return None
    rows = [x[i] for i in found]
    if len(rows) > most:
        rows = rows[:most]
    return torch.stack(rows)


def but_the_background(scores: torch.Tensor, classes: int):
    """A classifier has more than one class."""
    parts = []
    for label in range(1, classes):
        parts.append(scores[:, label])
    return torch.cat(parts)


def pooled(modes, x: torch.Tensor):
    """A mode is one of those that are told apart."""
    parts = []
    for mode in modes:
        if mode == "first":
            parts.append(x[:, 0])
        elif mode in ("mean", "sqrt"):
            if x.numel():
                parts.append(x.mean(1))
            else:
                parts.append(x.sum(1))
    return torch.cat(parts, dim=-1)


def in_batches(samples, rounds: int, size: int):
    """What is not full behind the last round is taken behind the loop."""
    parts, batch = [], []
    for _ in range(rounds):
        batch.append(next(samples))
        if len(batch) == size:
            parts.append(torch.stack(batch))
            batch = []
    if len(batch) > 0:
        parts.append(torch.stack(batch))
    return torch.cat(parts)


def gradients(model: torch.nn.Module):
    """A model that is trained has parameters."""
    return torch.cat([p.grad.reshape(-1) for p in model.parameters() if p.requires_grad])


class Layer:
    """Whether any member needs a gradient is not whether there is one."""

    def needs_gradient(self, inputs):
        for each in inputs:
            if each.requires_grad:
                return True
        return False

    def joined(self, inputs):
        return torch.cat(inputs, 1)

    def forward(self, given):
        inputs = [given] if isinstance(given, torch.Tensor) else given
        if self.saving and self.needs_gradient(inputs):
            return self.checkpoint(inputs)
        return self.joined(inputs)


def boxes_of_each(anchors, targets):
    """What is tested behind it is the result, not the list."""
    anchors = torch.stack(anchors)
    if len(anchors) == 0:
        return anchors.new_zeros(1)
    return anchors * targets


def counted_by_a_sum(losses):
    """The number of those that are there is tested, in another way than it is made."""
    number = sum(loss is not None for loss in losses)
    if number == 0:
        return None
    return torch.stack([loss for loss in losses if loss is not None])


def in_groups(rows, size: int):
    """What is left over when the loop ends makes a group as well."""
    groups, group = [], []
    for row in rows:
        group.append(row)
        if len(group) == size:
            groups.append(torch.stack(group))
            group = []
    if len(group) > 0:
        groups.append(torch.stack(group))
    return torch.cat(groups)


def in_batches(data, size: int, model):
    """Left out is at most the last one: the position alone tells where it begins and ends."""
    made = []
    number = int(len(data) // size + 1)
    for index in range(number):
        start = index * size
        if index == number - 1:
            end = len(data)
        else:
            end = start + size
        if start >= end:
            continue
        made.append(model(data[start:end]))
    return torch.cat(made)


def digits_backwards(index: torch.Tensor, shape: tuple):
    """As many digits as there are axes."""
    digits = []
    for extent in reversed(shape):
        digits.append(index % extent)
        index = index // extent
    return torch.stack(digits[::-1])


def one_must_be_given(a: Optional[torch.Tensor] = None, b: Optional[torch.Tensor] = None):
    """Neither is refused."""
    if a is None and b is None:
        raise ValueError("give one of them")
    given = []
    if a is not None:
        given.append(a)
    if b is not None:
        given.append(b)
    return torch.cat(given, dim=1)


def the_first_is_always_there(a: torch.Tensor, b: Optional[torch.Tensor] = None):
    """There is one."""
    given = [a]
    if b is not None:
        given.append(b)
    return torch.cat(given, dim=1)


def what_has_entries_if_anything_has(parts: "list[torch.Tensor]", x: torch.Tensor):
    """Asked in front, of the same members."""
    if any(part.numel() > 0 for part in parts):
        return torch.cat([part for part in parts if part.numel() > 0])
    return x[:0]
