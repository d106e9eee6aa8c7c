"""SG309: an argument gets another shape in place."""

import torch
from torch import nn

# --- flagged ------------------------------------------------------------------------------------


def mask_repeated(hidden_states, mask: torch.Tensor):
    mask.set_(mask.repeat(hidden_states.shape[0], 1))  # error: SG309 5


def each_of_the_rest(hidden_states, *tensors):
    for tensor in tensors:
        if tensor is not None and hidden_states.shape[0] > tensor.shape[0]:
            repeats = [1] * len(tensor.shape)
            repeats[0] = hidden_states.shape[0]
            widened = tensor.repeat(*repeats)
            tensor.set_(widened)  # error: SG309 13


def row_added(cache: torch.Tensor, row: torch.Tensor):
    cache.set_(torch.cat([cache, row]))  # error: SG309 5
    return cache


def shortened(tokens, limit):
    tokens.set_(tokens[:limit])  # error: SG309 5


def by_keyword(ids, *, positions: torch.Tensor):
    if ids.shape[0] != positions.shape[0]:
        positions.set_(positions.repeat(ids.shape[0], 1))  # error: SG309 9
    return ids + positions


def by_another_name(x: torch.Tensor, n):
    rows = x
    rows.set_(rows.repeat(n, 1))  # todo: SG309 5


def other_sizes(data: torch.Tensor, steps, batch):
    data.resize_(steps, batch)  # error: SG309 5
    return data.t()


class Memory(nn.Module):
    def forward(self, states: torch.Tensor, past):
        past.set_(torch.cat([past, states], dim=1))  # error: SG309 9
        return past.mean(1)


def last_rows(history: torch.Tensor, steps):
    history.resize_(steps, history.size(1))  # error: SG309 5


def padded(x: torch.Tensor, n):
    x.set_(nn.functional.pad(x, (0, n)))  # todo: SG309 5


def expanded(x: torch.Tensor, n):
    x.set_(x.expand(n, -1))  # todo: SG309 5


# --- silent -------------------------------------------------------------------------------------


def of_a_copy(x: torch.Tensor, n):
    """The caller keeps what was passed."""
    x = x.clone()
    x.set_(x.repeat(n, 1))
    return x


def of_a_second_view(x: torch.Tensor, n):
    """What is detached is a tensor of its own."""
    x = x.detach()
    x.set_(x.repeat(n, 1))
    return x


def returned(mask: torch.Tensor, n):
    """A new tensor is returned."""
    mask = mask.repeat(n, 1)
    return mask


def made_here(rows, n):
    """The tensor is made in the function."""
    data = torch.stack(rows)
    data.resize_(n, data.size(1))
    return data


def result_slot(x: torch.Tensor, out: torch.Tensor):
    """A parameter for the result is there to get its shape."""
    out.resize_(x.size(0), 2)
    torch.stack([x, x], dim=1, out=out)


def widen_(x: torch.Tensor, rows, columns):
    """The name says that the argument changes."""
    x.resize_(rows, columns)


def moved(x: torch.Tensor, storage):
    """The same tensor gets another place in memory."""
    x.set_(storage)


def scaled(x: torch.Tensor, scale):
    """The shape stays."""
    x.set_(x * scale)


def copied(x: torch.Tensor, y: torch.Tensor):
    """`copy_` keeps the shape."""
    x.copy_(torch.cat([x, y])[: x.size(0)])


class Cache(nn.Module):
    def __init__(self, rows):
        super().__init__()
        self.register_buffer("rows", torch.zeros(rows, 4))

    def grow(self, n):
        """The object changes what is its own."""
        self.rows.set_(self.rows.repeat(n, 1))
