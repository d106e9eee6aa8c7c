"""SG105: something of the whole batch where other things are of a share of it.

`# error: CODE column` stands at the call, the view or the join. Every function without a marker must stay
silent; its docstring says why it is right.
"""

from typing import NamedTuple, Optional

import torch
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
            if isinstance(outputs, dict):
                inputs = outputs.__class__({k: v[batch] for k, v in outputs.items()})
                return inputs, cls_output[batch] if cls_output is not None else None
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


def all_narrowed(heads, hidden, labels, attention_mask, part: slice):
    """Everything is of the share."""
    return heads(hidden[part], labels[part], attention_mask[part])


def narrowed_where_present(heads, hidden, labels, attention_mask, part: slice):
    """The mask is narrowed on each path on which there is one."""
    mask = attention_mask[part] if attention_mask is not None else None
    return heads(hidden[part], labels[part], mask)


def nothing_narrowed(heads, hidden, labels, attention_mask):
    """The whole batch goes in."""
    return heads(hidden, labels, attention_mask)


def one_is_a_share(attend, hidden, attention_mask, labels, part: slice):
    """Queries of a share may well attend to all."""
    return attend(hidden[part], attention_mask, labels)


def shared_by_all_rows(heads, hidden, labels, table, part: slice):
    """Nothing narrows what is called `table`: it need not have a row for each."""
    return heads(hidden[part], labels[part], table)


def none_is_given(heads, hidden, labels, part: slice):
    """No mask is there to be narrowed."""
    return heads(hidden[part], labels[part], attention_mask=None)


def share_and_whole_of_one(contrast, hidden, labels, part: slice):
    """What is whole is what the share was taken of: they are told apart."""
    return contrast(hidden[part], labels[part], labels)


def different_shares(heads, hidden, labels, attention_mask, first: slice, second: slice):
    """There is no one share that the call is about."""
    return heads(hidden[first], labels[second], attention_mask)


def columns(heads, hidden, labels, attention_mask, part: slice):
    """The second axis is narrowed, which the mask need not have."""
    return heads(hidden[:, part], labels[:, part], attention_mask)


def read_again(x: Tensor, part: slice):
    """The extent is that of what is left."""
    x = x[part]
    rows = x.size(0)
    return x.view(rows, -1)


def off_the_diagonal(similarities: Tensor):
    """A mask of two axes selects equally many entries of each row."""
    rows = similarities.size(0)
    others = ~torch.eye(rows, dtype=torch.bool)
    return similarities[others].view(rows, -1)


def selected_by_a_mask_of_pairs(similarities: Tensor, mask: Tensor):
    """The mask may have two axes."""
    rows = similarities.size(0)
    return similarities[mask].view(rows, -1)


def below_the_others(x: Tensor, part: slice):
    """Rows are put below rows."""
    rows, width = x.shape
    return torch.cat([x[part], torch.zeros(rows, width)], dim=0)


def nothing_was_dropped(x: Tensor, limit: float):
    """A view of the extent of before is behind the test that it still is the extent."""
    rows = x.size(0)
    x = x[x.sum(1) > limit]
    if x.size(0) != rows:
        raise ValueError("some rows are too small")
    return x.view(rows, -1)


def extent_goes_along(x: Tensor, part: Optional[slice]):
    """Where it is narrowed, the extent is read again."""
    rows = x.size(0)
    if part is not None:
        x = x[part]
        rows = x.size(0)
    return x.view(rows, -1)


def prepared_from_the_share(prepare, heads, hidden, labels, attention_mask, part: slice):
    """What was made of the share is of the share."""
    attention_mask = prepare(attention_mask[part])
    return heads(hidden[part], labels[part], attention_mask)


def told_which_share(heads, hidden, labels, attention_mask, part: slice):
    """What is called can narrow the mask itself."""
    return heads(hidden[part], labels[part], attention_mask, part)


def told_where_it_begins(heads, hidden, labels, attention_mask, start: int, size: int):
    """What is called can narrow the mask itself."""
    stop = start + size
    return heads(hidden[start:stop], labels[start:stop], attention_mask, start)


def the_mask_that_selected(heads, hidden, labels, limit: float):
    """The mask is handed on beside what it selected."""
    attention_mask = hidden.sum(1) > limit
    return heads(hidden[attention_mask], labels[attention_mask], attention_mask)


def repeated_for_each_reader(readers, hidden, pooled, attention_mask):
    """The batch was repeated, once for each reader: the mask has the rows of one."""
    size = hidden.size(0) // 2
    for i, reader in enumerate(readers[:2]):
        part = slice(i * size, (i + 1) * size)
        yield reader(hidden[part], pooled[part], attention_mask)


def filter_together(gt_boxes, gt_labels, valid):
    """What is of one image is narrowed together here."""
    return gt_boxes[valid == 1], gt_labels[valid == 1]


def matched(evaluator, gt_boxes, gt_labels, detected_boxes, detected_labels, scores, limit: float):
    """Of two things, each with boxes and labels, one is narrowed: they are of as many as they are."""
    keep = scores > limit
    return evaluator(gt_boxes, gt_labels, detected_boxes[keep], detected_labels[keep])
