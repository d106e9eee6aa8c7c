"""SG105: something of the whole batch where other things are of a share of it.

`# error: CODE column` stands at the call, the view or the join. Every function without a marker must stay
silent; its docstring says why it is right.
"""

from typing import NamedTuple, Optional

import torch
import torch.nn.functional as F
from torch import Tensor


class State(NamedTuple):
    hidden: Tensor
    attention_mask: Optional[Tensor]
    labels: Optional[Tensor]


def share_of(state: State, part: slice) -> State:
    """What is narrowed together here is of one batch."""
    return State(
        hidden=state.hidden[part],
        attention_mask=state.attention_mask[part] if state.attention_mask is not None else None,
        labels=state.labels[part] if state.labels is not None else None,
    )


# --- flagged ------------------------------------------------------------------------------------


class FlexibleHeads:
    """The pattern of adapters' heads under `BatchSplit`."""

    def forward_head(self, outputs, cls_output=None, attention_mask=None, return_dict=False, **kwargs):
        def head_input(outputs, cls_output, batch):
            inputs = tuple()
            for each in outputs:
                inputs = inputs + (each[batch],)
            return inputs, cls_output[batch] if cls_output is not None else None

        labels = kwargs.pop("labels", None)
        eos_mask = kwargs.pop("eos_mask", None)
        results = []
        for i, head in enumerate(self.active_head):
            module = self.heads[head]
            batch = range(sum(self.sizes[:i]), sum(self.sizes[: i + 1]))
            kwargs["labels"] = labels[batch] if labels is not None else None
            kwargs["eos_mask"] = eos_mask[batch] if eos_mask is not None else None
            inputs, cls = head_input(outputs, cls_output, batch)
            results.append(module(inputs, cls, attention_mask, return_dict, **kwargs))  # error: SG105 28
        return results


def by_position(heads, hidden, labels, attention_mask, sizes):
    for i, head in enumerate(heads):
        part = slice(sum(sizes[:i]), sum(sizes[: i + 1]))
        yield head(hidden[part], labels[part], attention_mask)  # error: SG105 15


def by_keyword(model, input_ids, positions, labels, size: int):
    losses = []
    for start in range(0, input_ids.size(0), size):
        stop = start + size
        losses.append(
            model(  # error: SG105 13
                input_ids=input_ids[start:stop],
                positions=positions[start:stop],
                labels=labels,
            )
        )
    return losses


class Experts:
    def route(self, hidden, weights, attention_mask, chosen, number):
        keep = chosen == number
        return self.experts(hidden[keep], weights[keep], attention_mask)  # error: SG105 16


def into_a_record(state: State, part: slice):
    labels, hidden = state.labels[part], state.hidden[part]
    attention_mask = state.attention_mask
    return State(hidden, attention_mask, labels)  # error: SG105 12


def view_of_before(x: Tensor, lengths: Tensor):
    rows = x.size(0)
    keep = torch.arange(rows) < lengths.max()
    x = x[keep]
    return x.reshape(rows, -1)  # error: SG105 12


def share_viewed(x: Tensor, part: slice):
    batch, steps, width = x.shape
    x = x[part]
    return x.view(batch, steps * width)  # error: SG105 12


def column_of_before(x: Tensor, limit: float):
    rows, width = x.shape
    x = x[x.sum(1) > limit]
    return torch.cat([x, torch.zeros(rows, 1)], dim=1)  # error: SG105 12


def positions_of_before(x: Tensor, part: slice):
    rows, width = x.shape
    x = x[part]
    offsets = torch.arange(rows)[:, None].expand(rows, width)
    return x + offsets  # error: SG105 12


# --- silent -------------------------------------------------------------------------------------
