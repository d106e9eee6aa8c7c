"""SG205: fewer pieces than consumers.

`# error: CODE column` stands on the line where the pieces are taken. Every function without a marker must
stay silent; its docstring says why it is right.
"""

import torch


# --- flagged ------------------------------------------------------------------------------------


def pair_of_those_that_are_kept(x: torch.Tensor, mask: torch.Tensor):
    left, right = x[mask].unbind(0)  # error: SG205 5
    return left - right


def rows_of_hits(scores: torch.Tensor, limit):
    hits = torch.nonzero(scores > limit)
    first, second = hits.unbind(0)  # error: SG205 5
    return first, second


def halves_of_a_selection(x: torch.Tensor, mask: torch.Tensor):
    halves = torch.chunk(x[mask], 2)
    return halves[0], halves[1]  # error: SG205 23


def batches_of_eight(x: torch.Tensor, mask: torch.Tensor):
    batches = torch.split(x[mask], 8)
    return batches[1]  # error: SG205 12


def thirds_of_positions(x: torch.Tensor, limit):
    positions = (x > limit).nonzero()
    first, second, third = positions.chunk(3)  # error: SG205 5
    return first, second, third


def step_of_a_count(xs, mask: torch.Tensor):
    kept = int(mask.sum())
    return [xs[i] for i in range(0, len(xs), kept)]  # error: SG205 28


def step_of_a_filtered_list(xs, ys):
    kept = [y for y in ys if y.ok]
    for i in range(0, len(xs), len(kept)):  # error: SG205 14
        yield xs[i : i + len(kept)]


def columns_of_the_classes_that_occur(labels: torch.Tensor, mask: torch.Tensor):
    negative, positive = labels[mask].unique().unbind(0)  # error: SG205 5
    return negative, positive


def one_piece_for_each(x: torch.Tensor, adapters: list):
    pieces = x.chunk(len(adapters))
    return [adapter(pieces[i]) for i, adapter in enumerate(adapters)]  # error: SG205 21


def six_rows_in_four_pieces_are_three(x: torch.Tensor, adapters: list):
    if x.size(0) < len(adapters):
        raise ValueError(x.size(0))
    pieces = x.chunk(len(adapters))
    return [adapter(pieces[i]) for i, adapter in enumerate(adapters)]  # error: SG205 21


def as_many_as_are_asked_for(x: torch.Tensor, n: int):
    pieces = torch.chunk(x, n)
    for i in range(n):
        yield pieces[i] * i  # low: SG205 15


# --- silent -------------------------------------------------------------------------------------


def projections(qkv: torch.Tensor):
    """The feature axis is as wide as the layer makes it."""
    query, key, value = qkv.chunk(3, dim=-1)
    return query, key, value


def tensor_split_gives_what_it_is_asked_for(x: torch.Tensor, mask: torch.Tensor):
    """`tensor_split` gives three pieces of anything, the last of them empty."""
    first, second, third = torch.tensor_split(x[mask], 3)
    return first, second, third


def pair_that_was_counted(x: torch.Tensor, mask: torch.Tensor):
    """The number is asked for."""
    kept = x[mask]
    if kept.size(0) != 2:
        raise ValueError(kept.size(0))
    left, right = kept.unbind(0)
    return left - right


def one_column_for_each(x: torch.Tensor, heads: list):
    """The feature axis is as wide as the layer makes it."""
    pieces = x.chunk(len(heads), dim=-1)
    return [head(pieces[i]) for i, head in enumerate(heads)]


def the_same_for_each(x: torch.Tensor, adapters: list):
    """The rows are shared out evenly."""
    if x.size(0) % len(adapters) != 0:
        raise ValueError(x.size(0))
    pieces = x.chunk(len(adapters))
    return [adapter(pieces[i]) for i, adapter in enumerate(adapters)]


def as_many_as_there_are(x: torch.Tensor, mask: torch.Tensor):
    """A walk takes as many as there are."""
    return [row.sum() for row in x[mask].unbind(0)]


def coordinates(boxes: torch.Tensor):
    """Boxes have four columns; nothing says otherwise."""
    left, top, right, bottom = boxes.unbind(1)
    return (right - left) * (bottom - top)


def first_batch(x: torch.Tensor, mask: torch.Tensor):
    """`split` gives one piece at least, of nothing too."""
    return torch.split(x[mask], 8)[0]


def step_of_at_least_one(xs, mask: torch.Tensor):
    """The step is at least 1."""
    step = max(int(mask.sum()), 1)
    return [xs[i] for i in range(0, len(xs), step)]


def step_as_given(xs, size: int):
    """Nothing says that the argument can be 0."""
    return [xs[i : i + size] for i in range(0, len(xs), size)]


def axes_of_positions(x: torch.Tensor):
    """`nonzero` gives one column for each axis, whatever it finds."""
    rows, columns = (x > 0).nonzero().unbind(1)
    return rows, columns


def in_parts_of_at_least_one(rows, workers: int):
    """The step is bounded from below."""
    step = max(1, len(rows) // workers)
    return [rows[i : i + step] for i in range(0, len(rows), step)]


def of_one_copy_for_each(x: torch.Tensor, adapters: list):
    """There are as many rows as adapters, or a multiple."""
    pieces = torch.cat([x] * len(adapters)).chunk(len(adapters))
    return [adapter(pieces[i]) for i, adapter in enumerate(adapters)]
