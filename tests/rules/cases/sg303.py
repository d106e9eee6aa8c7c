"""SG303: an extent that is inferred beside others that may be 0, or beside another batch.

`# error: CODE column` stands on the line of the view. Every function without a marker must stay
silent; its docstring says why it is right.
"""

import torch


# --- flagged ------------------------------------------------------------------------------------


def rows_of_a_mask(x: torch.Tensor, mask: torch.Tensor):
    rows = x[mask > 0]
    return rows.view(rows.size(0), -1)  # error: SG303 12


def boxes_of_all_images(proposals, codes: torch.Tensor):
    kept = [each for each in proposals if each.score > 0]
    return codes.reshape(len(kept), -1, 4)  # error: SG303 12


def heads_of_the_selected(x: torch.Tensor, mask: torch.Tensor, heads: int):
    rows = x[mask > 0]
    return torch.reshape(rows, (rows.shape[0], heads, -1))  # error: SG303 12


def splits_of_an_axis(x: torch.Tensor, mask: torch.Tensor):
    count = int((mask > 0).sum())
    return x.unflatten(0, (count, -1))  # error: SG303 12


def inferred_in_front(x: torch.Tensor, names, columns):
    used = [name for name in names if name in columns]
    return x.view(-1, len(used))  # error: SG303 12


def each_share(x: torch.Tensor, batch_sizes: list[int]):
    if sum(batch_sizes) != x.size(0):
        raise ValueError(batch_sizes)
    return [part.view(part.size(0), -1) for part in x.split(batch_sizes)]  # error: SG303 13


def last_position_of_each(x: torch.Tensor, ends: torch.Tensor, cache: torch.Tensor):
    if x.size(0) > cache.size(0):
        cache = cache.repeat(x.size(0), 1)
    return x[ends > 0].view(x.size(0), -1, x.size(-1)).sum(1), cache  # error: SG303 12


def matched(query: torch.Tensor, key: torch.Tensor):
    largest = max(query.shape[0], key.shape[0])
    query = query.repeat(largest // max(query.shape[0], 1), 1, 1)
    return query, key


def matched_without_a_guard(query: torch.Tensor, key: torch.Tensor):
    largest = max(query.shape[0], key.shape[0])
    return query.repeat(largest // query.shape[0], 1, 1), key


class Attention:
    def forward(self, hidden: torch.Tensor):
        shape = hidden.shape[0], -1, self.heads
        query = self.query(hidden).view(*shape)  # error: SG303 17
        key = self.key(hidden).view(*shape)  # error: SG303 15
        return matched_without_a_guard(query, key)


# --- silent -------------------------------------------------------------------------------------


def plain_argument(x: torch.Tensor):
    """Nothing shows that there may be no rows."""
    return x.view(x.size(0), -1)


def all_extents_written(x: torch.Tensor, mask: torch.Tensor):
    """Nothing is inferred."""
    rows = x[mask > 0]
    return rows.view(rows.size(0), rows.size(1) * rows.size(2))


def flattened(x: torch.Tensor, mask: torch.Tensor):
    """Flattening takes any extent."""
    return x[mask > 0].flatten(1)


def beside_a_literal(x: torch.Tensor, mask: torch.Tensor):
    """The other extent is 4: there are 0 rows of four."""
    return x[mask > 0].view(-1, 4)


def beside_another_axis(x: torch.Tensor, mask: torch.Tensor):
    """The axis that may be 0 is the one that is inferred."""
    rows = x[mask > 0]
    return rows.view(-1, rows.size(-1))


def left_where_there_are_none(x: torch.Tensor, mask: torch.Tensor):
    """The function has returned where no row is selected."""
    rows = x[mask > 0]
    if rows.size(0) == 0:
        return rows
    return rows.view(rows.size(0), -1)


def conditional(proposals, codes: torch.Tensor):
    """The view is evaluated where there is a box."""
    kept = [each for each in proposals if each.score > 0]
    return codes.reshape(len(kept), -1, 4) if kept else codes


def at_least_one(x: torch.Tensor, names, columns):
    """The extent is at least one."""
    used = [name for name in names if name in columns]
    return x.view(-1, max(len(used), 1))


def projected(x: torch.Tensor, layer: torch.nn.Linear, cache: torch.Tensor):
    """The projection of a tensor has its batch, whatever the cache has."""
    if x.size(0) > cache.size(0):
        cache = cache.repeat(2, 1)
    return layer(x).view(x.size(0), -1, 8), cache


def of_an_unknown_layer(x: torch.Tensor, block):
    """Nothing says that the batch of the result is another one."""
    return block(x).view(x.size(0), -1, 8)
