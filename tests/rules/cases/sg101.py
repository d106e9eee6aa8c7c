"""SG101: an operand narrowed only on some paths, joined with one that is narrowed on all.

`# error: CODE column` stands on the line of the join. Every function without a marker must stay
silent; its docstring says why it is right.
"""

from typing import List, NamedTuple, Optional

import torch
import torch.nn.functional as F


class State(NamedTuple):
    keys: torch.Tensor
    index: Optional[slice] = None


# --- flagged ------------------------------------------------------------------------------------


class BeforeTheFix:
    """The pattern of adapter-hub/adapters#794 in its smallest form."""

    def cut(self, state: State, part: slice) -> State:
        return State(keys=state.keys[part], index=part)

    def single(self, name: str, state: State) -> State:
        prefix = self.pool[name]
        if state.index is not None and state.index.start < prefix.size(0):
            prefix = prefix[state.index]
        keys = torch.cat([prefix, state.keys], dim=2)  # error: SG101 16
        return state._replace(keys=keys)

    def split(self, setup, state: State):
        outputs = []
        for i, child in enumerate(setup):
            bounds = (sum(setup.sizes[:i]), sum(setup.sizes[: i + 1]))
            outputs.append(self.single(child, self.cut(state, slice(*bounds))))
        return outputs


class WidenedGuard:
    """The guard of adapter-hub/adapters#795: an index that was moved by an offset still escapes."""

    def cut(self, state: State, part: slice) -> State:
        if state.index is None:
            index = part
        else:
            index = slice(state.index.start + part.start, state.index.start + part.stop)
        return State(keys=state.keys[part], index=index)

    def single(self, name: str, state: State) -> State:
        prefix = self.pool[name]
        if state.index is not None and (
            state.index.start < prefix.size(0)
            or state.index.start == state.index.stop == prefix.size(0)
        ):
            prefix = prefix[state.index]
        keys = torch.cat([prefix, state.keys], dim=2)  # error: SG101 16
        return state._replace(keys=keys)

    def split(self, setup, state: State):
        outputs = []
        for i, child in enumerate(setup):
            bounds = (sum(setup.sizes[:i]), sum(setup.sizes[: i + 1]))
            outputs.append(self.single(child, self.cut(state, slice(*bounds))))
        return outputs


def share_given_by_the_caller(prefix, state: State):
    if state.index.start < prefix.size(0):
        prefix = prefix[state.index]
    return torch.cat([prefix, state.keys], dim=1)  # error: SG101 12


def renamed_slice(prefix, keys, index: slice):
    rows = index
    part = keys[rows]
    here = rows.start
    if here < len(prefix):
        prefix = prefix[rows]
    return torch.cat([prefix, part], dim=1)  # error: SG101 12


def keyword_axis_and_alias(prefix: torch.Tensor, keys: torch.Tensor, start: int, stop: int):
    part = keys[start:stop]
    if start < prefix.shape[0]:
        prefix = prefix[start:stop]
    return torch.concat(dim=-1, tensors=[prefix, part])  # error: SG101 12


def stacked_side_by_side(prefix, keys, index: slice):
    keys = keys[index]
    if index.start < prefix.size(0):
        prefix = prefix[index]
    return torch.hstack([prefix, keys])  # error: SG101 12


def stacked_on_a_new_axis(left: torch.Tensor, right: torch.Tensor, index: slice):
    right = right[index]
    if index.start < left.size(0):
        left = left[index]
    return torch.stack([left, right])  # error: SG101 12


def arithmetic_between(prefix, keys, index: slice, scale):
    keys = keys[index] * scale
    if index.start < prefix.size(0):
        prefix = prefix[index]
    prefix = F.relu(prefix) * 2
    return torch.cat([prefix, keys + 1], dim=1)  # error: SG101 12


def _select(prefix, index: slice):
    if index.start < prefix.size(0):
        return prefix[index]
    return prefix


def helper_between(prefix, keys, index: slice):
    keys = keys[index]
    return torch.cat([_select(prefix, index), keys], dim=1)  # error: SG101 12


def conditional_expression(prefix, keys, index: slice):
    keys = keys[index]
    prefix = prefix[index] if index.start < prefix.size(0) else prefix
    return torch.cat((prefix, keys), dim=1)  # error: SG101 12


def elementwise(gate: torch.Tensor, keys: torch.Tensor, index: slice):
    keys = keys[index]
    if index.start < gate.size(0):
        gate = gate[index]
    return keys * gate  # error: SG101 12


def mask_applied_only_if_it_keeps_something(x: torch.Tensor, y: torch.Tensor, mask):
    y = y[mask]
    if mask.any():
        x = x[mask]
    return torch.cat([x, y], dim=1)  # error: SG101 12


def positions_applied_only_if_there_are_some(x: torch.Tensor, y: torch.Tensor, rows):
    y = y[rows]
    if len(rows) > 0:
        x = x[rows]
    return torch.cat([x, y], dim=1)  # error: SG101 12


def first_rows_only_if_positive(x: torch.Tensor, y: torch.Tensor, n: int):
    y = y[:n]
    if n > 0:
        x = x[:n]
    return torch.cat([x, y], dim=1)  # error: SG101 12


def one_axis_further(x: torch.Tensor, y: torch.Tensor, start: int, stop: int):
    y = y[:, start:stop]
    if start < x.size(1):
        x = x[:, start:stop]
    return torch.cat([x, y], dim=0)  # error: SG101 12


def replaced_field(prefix, state: State, part: slice):
    state = state._replace(keys=state.keys[part])
    if part.start < prefix.size(0):
        prefix = prefix[part]
    return torch.cat([prefix, state.keys], dim=1)  # error: SG101 12


def narrow_on_one_side(prefix: torch.Tensor, keys: torch.Tensor, start: int, length: int):
    keys = keys.narrow(0, start, length)
    if start < prefix.size(0):
        prefix = prefix.narrow(0, start, length)
    return torch.cat([prefix, keys], dim=1)  # error: SG101 12


def piece_of_a_split(prefix: torch.Tensor, x: torch.Tensor, sizes: List[int]):
    outputs = []
    for piece, size in zip(x.split(sizes), sizes):
        head = prefix
        if size > 0:
            head = prefix[:size]
        outputs.append(torch.cat([head, piece], dim=1))  # error: SG101 24
    return outputs


def elementwise_function(a: torch.Tensor, b: torch.Tensor, index: slice):
    b = b[index]
    if index.start < a.size(0):
        a = a[index]
    return torch.add(a, b)  # error: SG101 12


def elementwise_method(a: torch.Tensor, b: torch.Tensor, index: slice):
    b = b[index]
    if index.start < a.size(0):
        a = a[index]
    return a.mul(b)  # error: SG101 12


def elementwise_choice(a: torch.Tensor, b: torch.Tensor, index: slice):
    b = b[index]
    if index.start < a.size(0):
        a = a[index]
    return torch.where(b.isnan(), a, b)  # error: SG101 12


def elementwise_expansion(a: torch.Tensor, b: torch.Tensor, index: slice):
    b = b[index]
    if index.start < a.size(0):
        a = a[index]
    return a.expand_as(b)  # error: SG101 12


def elementwise_expansion_to_a_shape(a: torch.Tensor, b: torch.Tensor, index: slice):
    b = b[index]
    if index.start < a.size(0):
        a = a[index]
    return a.expand(b.shape)  # error: SG101 12


def elementwise_expansion_after_equal_cuts(a: torch.Tensor, b: torch.Tensor, index: slice):
    if index.start < a.size(0):
        a = a[index]
        b = b[index]
    return torch.where(b.isnan(), a.expand_as(b), b)


def elementwise_keywords(a: torch.Tensor, b: torch.Tensor, index: slice):
    b = b[index]
    if index.start < a.size(0):
        a = a[index]
    return torch.maximum(input=a, other=b)  # error: SG101 12


def without_annotations(a, b, sl):
    b = b[sl]
    if sl.start < a.size(0):
        a = a[sl]
    return torch.cat([a, b], 1)  # error: SG101 12


def mask_counted(a: torch.Tensor, b: torch.Tensor, keep):
    b = b[keep]
    if keep.sum() > 0:
        a = a[keep]
    return torch.cat([a, b], dim=1)  # error: SG101 12


def cut_in_the_other_branch(a: torch.Tensor, b: torch.Tensor, index: slice):
    b = b[index]
    if index.start >= a.size(0):
        pass
    else:
        a = a[index]
    return torch.cat([a, b], dim=1)  # error: SG101 12


def sizes_may_be_zero(prefix, state, sizes: List[int]):
    assert min(sizes) >= 0 and sum(sizes) == len(state) == len(prefix)
    outputs, start = [], 0
    for size in sizes:
        part = slice(start, start + size)
        head = prefix[part] if part.start < prefix.size(0) else prefix
        outputs.append(torch.cat([head, state[part]], dim=1))  # error: SG101 24
        start += size
    return torch.cat(outputs)


def another_share_is_returned_early(prefix, state, start, stop):
    if stop - start == 1:
        return prefix[start:stop]
    keys = state[start:stop]
    if start < prefix.size(0):
        prefix = prefix[start:stop]
    return torch.cat([prefix, keys], dim=1)  # error: SG101 12


def a_flag_and_a_size(x: torch.Tensor, y: torch.Tensor, index: slice, use: bool):
    if use and index.start < x.size(0):
        x = x[index]
    return torch.cat([x, y[index]], dim=1)  # error: SG101 12


class SurestOfTwo:
    def both(self, x: torch.Tensor, z: torch.Tensor, y: torch.Tensor, index: slice):
        if self.dense:
            x = x[index]
        if index.start < z.size(0):
            z = z[index]
        return torch.cat([x, z, y[index]], dim=1)  # error: SG101 16


def narrowed_where_another_mask_is_not_all_true(x, y, keep: torch.Tensor, other: torch.Tensor):
    if other.float().mean() < 1:
        x = x[keep]
    return torch.cat([x, y[keep]], 1)  # error: SG101 12


def best_few_unless_none_are_wanted(x: torch.Tensor, y: torch.Tensor, scores: torch.Tensor, k: int):
    keep = scores.topk(k).indices
    if k > 0:
        x = x[keep]
    return torch.cat([x, y[keep]], dim=1)  # error: SG101 12


def cut_by_a_number_if_asked_for(x: torch.Tensor, y: torch.Tensor, whole: bool):
    if not whole:
        x = x[:10]
    return x + y[:10]  # low: SG101 12


def without_a_fourth_channel(image: torch.Tensor, other: torch.Tensor):
    """Images have three channels or four: what is tested says as much."""
    if image.shape[0] == 4:
        image = image[:3]
    return image - other[:3]  # low: SG101 12


# --- silent -------------------------------------------------------------------------------------


def narrowed_always(prefix, keys, index: slice):
    """A slice past the end is empty, as the share is."""
    keys = keys[index]
    prefix = prefix[index]
    return torch.cat([prefix, keys], dim=1)


def presence_of_the_index(prefix, keys, index: Optional[slice] = None):
    """Index and cut come together; adapter-transformers 3.2.1 does it so."""
    if index is not None:
        keys = keys[index]
    if index is not None:
        prefix = prefix[index]
    return torch.cat([prefix, keys], dim=1)


def presence_of_a_share_given_by_the_caller(prefix, state: State):
    """Whether the state was cut is told by the presence of its index."""
    if state.index is not None:
        prefix = prefix[state.index]
    return torch.cat([prefix, state.keys], dim=1)


class PresenceThroughCalls:
    """The caller passes the index that cut the keys."""

    def single(self, prefix, keys, index=None):
        if index is not None:
            prefix = prefix[index]
        return torch.cat([prefix, keys], dim=2)

    def split(self, setup, prefix, keys):
        outputs = []
        for i, _ in enumerate(setup):
            rows = range(sum(setup.sizes[:i]), sum(setup.sizes[: i + 1]))
            outputs.append(self.single(prefix, keys[rows], index=rows))
        return outputs


def early_return_on_an_empty_share(prefix, keys, index: slice):
    """An index that starts past the end leaves an empty share, which has returned."""
    keys = keys[index]
    if keys.size(0) == 0:
        return keys
    if index.start < prefix.size(0):
        prefix = prefix[index]
    return torch.cat([prefix, keys], dim=1)


def early_continue_on_an_empty_share(prefix, state: State, shares: List[slice]):
    """As above, in a loop."""
    outputs = []
    for index in shares:
        keys = state.keys[index]
        if keys.shape[0] == 0:
            continue
        head = prefix
        if index.start < prefix.size(0):
            head = prefix[index]
        outputs.append(torch.cat([head, keys], dim=1))
    return outputs


def one_condition_for_both(prefix, keys, index: slice):
    """Both operands are cut in one branch."""
    if index.start < prefix.size(0):
        prefix = prefix[index]
        keys = keys[index]
    return torch.cat([prefix, keys], dim=1)


def same_condition_twice(prefix, keys, index: slice):
    """Both operands are cut under equal conditions."""
    if index.start < prefix.size(0):
        prefix = prefix[index]
    if index.start < prefix.size(0):
        keys = keys[index]
    return torch.cat([prefix, keys], dim=0)


def truncation(x: torch.Tensor, y: torch.Tensor, limit: int):
    """Where the test fails the slice would change nothing."""
    y = y[:, :limit]
    if x.size(1) > limit:
        x = x[:, :limit]
    return torch.cat([x, y], dim=0)


def along_the_cut_axis(prefix, keys, index: slice):
    """Extents may differ along the axis of the join."""
    keys = keys[index]
    if index.start < prefix.size(0):
        prefix = prefix[index]
    return torch.cat([prefix, keys], dim=0)


def made_to_agree(x: torch.Tensor, y: torch.Tensor, index: slice):
    """The test compares the extents themselves."""
    y = y[index]
    if x.size(0) != y.size(0):
        x = x[index]
    return torch.cat([x, y], dim=1)


def crop_to_a_skip_connection(x: torch.Tensor, skip: torch.Tensor):
    """The extent that is cut to is the other operand's."""
    if x.size(2) > skip.size(2):
        x = x[:, :, : skip.size(2)]
    return torch.cat([x, skip], dim=1)


def offset_of_zero_cuts_nothing(ids: torch.Tensor, past: int, more: torch.Tensor):
    """With an offset of 0 the slice would be the whole tensor."""
    if past > 0:
        ids = ids[:, past:]
    return torch.cat([ids, more], dim=0)


def unrelated_flag(x: torch.Tensor, y: torch.Tensor, index: slice, causal: bool):
    """Nothing is known about the other operand, and the flag may go with it."""
    if causal:
        x = x[index]
    return torch.cat([x, y], dim=1)


def literal_slice(x: torch.Tensor, y: torch.Tensor):
    """Literal bounds come with a convention about shapes, not with an empty share."""
    if x.size(1) > 1:
        x = x[:, 1:]
    return torch.cat([x, y], dim=0)


def padded_instead(prefix: torch.Tensor, keys: torch.Tensor, index: slice):
    """The other branch makes a tensor of its own."""
    keys = keys[index]
    if index.start < prefix.size(0):
        prefix = prefix[index]
    else:
        prefix = keys.new_zeros(keys.size(0), prefix.size(1))
    return torch.cat([prefix, keys], dim=1)


def rejected_before(prefix, keys, index: slice):
    """Where the cut would not happen the function has raised."""
    keys = keys[index]
    if index.start >= prefix.size(0):
        raise ValueError
    prefix = prefix[index]
    return torch.cat([prefix, keys], dim=1)


def asserted_before(prefix, keys, index: slice):
    """As above, by an assertion."""
    keys = keys[index]
    assert index.start < prefix.size(0)
    if index.start < prefix.size(0):
        prefix = prefix[index]
    return torch.cat([prefix, keys], dim=1)


def list_concatenation(names: List[str], more: List[str], index: slice):
    """Lists, not tensors."""
    if index.start < len(names):
        names = names[index]
    return names + more


def checked_for_the_compiler(prefix: torch.Tensor, keys: torch.Tensor, index: slice):
    """`torch._check` raises where the cut would not happen."""
    keys = keys[index]
    torch._check(index.start < prefix.size(0))
    if index.start < prefix.size(0):
        prefix = prefix[index]
    return torch.cat([prefix, keys], dim=1)


def extent_unpacked_from_the_shape(prefix: torch.Tensor, keys: torch.Tensor, index: slice):
    """The early return tests a name that stands for the extent."""
    keys = keys[index]
    rows, _ = keys.shape
    if rows == 0:
        return keys
    if index.start < prefix.size(0):
        prefix = prefix[index]
    return torch.cat([prefix, keys], dim=1)


def number_of_elements(prefix: torch.Tensor, keys: torch.Tensor, index: slice):
    """No elements, no rows."""
    keys = keys[index]
    if keys.numel() == 0:
        return keys
    if index.start < prefix.size(0):
        prefix = prefix[index]
    return torch.cat([prefix, keys], dim=1)


def clamped_count(x: torch.Tensor, y: torch.Tensor, n: int):
    """The count is at least one where it is tested."""
    n = max(n, 1)
    y = y[:n]
    if n > 0:
        x = x[:n]
    return torch.cat([x, y], dim=1)


def presence_with_an_unrelated_test_behind_it(prefix, keys, index: Optional[slice] = None):
    """The later test replicates; it does not decide about the cut."""
    if index is not None:
        prefix = prefix[index]
    if keys.shape[0] > prefix.shape[0]:
        prefix = prefix.repeat(keys.shape[0] // max(prefix.shape[0], 1), 1)
    return torch.cat([prefix, keys], dim=1)


def presence_of_an_index_without_annotation(prefix, keys, index=None):
    """The keys are cut by the same index, which is there or not."""
    keys = keys[index]
    if index is not None:
        prefix = prefix[index]
    return torch.cat([prefix, keys], dim=1)


def known_rank_and_negative_axis(a: torch.Tensor, b: torch.Tensor, index: slice):
    """Three axes: -3 is the axis that was cut, along which the extents may differ."""
    n, s, d = a.shape
    b = b[index]
    if index.start < n:
        a = a[index]
    return torch.cat([a, b], dim=-3)


def rows_side_by_side(a: torch.Tensor, b: torch.Tensor, index: slice):
    """One axis: `hstack` joins along it."""
    assert a.dim() == 1
    b = b[index]
    if index.start < a.size(0):
        a = a[index]
    return torch.hstack([a, b])


def _refuse(text):
    raise ValueError(text)


def refused_by_a_helper(a: torch.Tensor, b: torch.Tensor, index: slice):
    """The helper never returns."""
    b = b[index]
    if index.start >= a.size(0):
        _refuse("past the end")
    else:
        a = a[index]
    return torch.cat([a, b], dim=1)


def zero_in_the_shape(a: torch.Tensor, b: torch.Tensor, index: slice):
    """An empty share has returned."""
    b = b[index]
    if 0 in b.shape:
        return b
    if index.start < a.size(0):
        a = a[index]
    return torch.cat([a, b], dim=1)


def sizes_filtered_before(a: torch.Tensor, b: torch.Tensor, sizes: List[int]):
    """The loop runs over positive sizes only."""
    outputs = []
    for size in [s for s in sizes if s > 0]:
        part = b[:size]
        head = a
        if size > 0:
            head = a[:size]
        outputs.append(torch.cat([head, part], dim=1))
    return outputs


def expected_failure(a: torch.Tensor, b: torch.Tensor, index: slice):
    """The author catches what torch raises."""
    b = b[index]
    if index.start < a.size(0):
        a = a[index]
    try:
        return torch.cat([a, b], dim=1)
    except RuntimeError:
        return b


def only_if_it_is_a_tensor(b: torch.Tensor, scale, index: slice):
    """On the other path the factor is a number."""
    b = b[index]
    if isinstance(scale, torch.Tensor):
        scale = scale[index]
    return b * scale


def only_if_it_has_that_axis(x: torch.Tensor, mask: torch.Tensor, n: int):
    """A mask without a batch axis has nothing to cut."""
    x = x[:n]
    if mask.dim() == 3:
        mask = mask[:n]
    return x + mask


def sizes_asserted_before(a: torch.Tensor, b: torch.Tensor, sizes: List[int]):
    """No size is 0."""
    assert all(size > 0 for size in sizes)
    outputs = []
    for part, size in zip(b.split(sizes), sizes):
        head = a
        if size > 0:
            head = a[:size]
        outputs.append(torch.cat([head, part], dim=1))
    return outputs


def empty_sizes_refused(a: torch.Tensor, b: torch.Tensor, sizes: List[int]):
    """As above, by the opposite test."""
    if any(size == 0 for size in sizes):
        raise ValueError("an empty share")
    outputs = []
    for part, size in zip(b.split(sizes), sizes):
        head = a
        if size > 0:
            head = a[:size]
        outputs.append(torch.cat([head, part], dim=1))
    return outputs


class EmptySharesSkipped:
    """A share that is not empty does not begin past the end of the batch."""

    def split(self, setup, prefix, state):
        outputs = []
        for i, child in enumerate(setup.children):
            if setup.batch_sizes[i] == 0:
                continue
            index = slice(sum(setup.batch_sizes[:i]), sum(setup.batch_sizes[: i + 1]))
            outputs.append(self.single(prefix, state[index], index))
        return outputs

    def single(self, prefix, keys, index):
        if index.start < prefix.size(0):
            prefix = prefix[index]
        return torch.cat([prefix, keys], dim=1)


def early_return_by_the_bounds(prefix, state, index: slice):
    """As above."""
    if index.start == index.stop:
        return state[index]
    keys = state[index]
    if index.start < prefix.size(0):
        prefix = prefix[index]
    return torch.cat([prefix, keys], dim=1)


def early_return_by_the_difference_of_unknown_bounds(prefix, state, start, stop):
    """As above: what is sliced by is a number."""
    if stop - start == 0:
        return prefix[:0]
    keys = state[start:stop]
    if start < prefix.size(0):
        prefix = prefix[start:stop]
    return torch.cat([prefix, keys], dim=1)


def early_return_by_an_index_without_annotation(prefix, state, index):
    """As above: a slice object that is not empty lies within what it cuts."""
    if index.start == index.stop:
        return prefix[:0]
    keys = state[index]
    if index.start < prefix.size(0):
        prefix = prefix[index]
    return torch.cat([prefix, keys], dim=1)


def early_return_by_the_length_of_an_index(prefix, state, index):
    """As above."""
    number = index.stop - index.start
    if not number:
        return prefix[:0]
    keys = state[index]
    if index.start < prefix.size(0):
        prefix = prefix[index]
    return torch.cat([prefix, keys], dim=1)


def early_return_by_the_bounds_within_the_batch(prefix, state, index):
    """As above."""
    keys = state[index]
    start, stop, _ = index.indices(prefix.size(0))
    if start == stop:
        return keys[:0]
    if index.start < prefix.size(0):
        prefix = prefix[index]
    return torch.cat([prefix, keys], dim=1)


def sizes_that_are_summed_are_not_zero(prefix, state, sizes):
    """As above, of a list without annotation."""
    if 0 in sizes:
        raise ValueError("an empty share")
    outputs = []
    for i, _ in enumerate(sizes):
        low, high = sum(sizes[:i]), sum(sizes[: i + 1])
        head = prefix[low:high] if low < prefix.size(0) else prefix
        outputs.append(torch.cat([head, state[low:high]], dim=1))
    return torch.cat(outputs)


def sizes_are_positive(prefix, state, sizes: List[int]):
    """As above, for every share at once."""
    assert min(sizes) > 0 and sum(sizes) == len(state) == len(prefix)
    outputs, start = [], 0
    for size in sizes:
        part = slice(start, start + size)
        head = prefix[part] if part.start < prefix.size(0) else prefix
        outputs.append(torch.cat([head, state[part]], dim=1))
        start += size
    return torch.cat(outputs)


def narrowed_by_a_mask_that_is_not_all_true(x, y, keep):
    """What is inverted is a mask: where nothing is false, it spares nothing."""
    if (~keep).any():
        x = x[keep]
    return torch.cat([x, y[keep]], 1)


def narrowed_by_a_mask_that_is_counted(x, y, keep):
    """As above."""
    if keep.sum() != keep.numel():
        x = x[keep]
    return torch.cat([x, y[keep]], 1)


def looked_up_by_positions_that_were_bounded(preds, masks, inds: torch.Tensor, limit: int):
    """A row for each position, as many as were predicted: `masks` was not cut to a share."""
    if inds.size(0) > limit:
        select = torch.randperm(inds.size(0))[:limit]
        preds = preds[select]
        inds = inds[select]
    return torch.cat([preds, masks[inds]], dim=1)


def boxes_of_what_was_assigned(gt, priors, assigned: torch.Tensor):
    """As above: boxes are looked up where there are any."""
    pos = torch.nonzero(assigned > 0, as_tuple=False).squeeze(-1)
    inds = assigned[pos] - 1
    if gt.numel() == 0:
        assert inds.numel() == 0
        boxes = gt.view(-1, 4)
    else:
        if len(gt.shape) < 2:
            gt = gt.view(-1, 4)
        boxes = gt[inds.long()]
    return torch.cat([boxes, priors[pos]], 1)


class DenseOrSparse:
    """The flag says what is given: a dense operand has all rows, a sparse one those that are kept."""

    def merge(self, x: torch.Tensor, y: torch.Tensor, index: torch.Tensor):
        if self.dense:
            x = x[index]
        return torch.cat([x, y[index]], 1)

    def merge_by_name(self, x: torch.Tensor, y: torch.Tensor, n: int):
        if self.layout == "dense":
            x = x[:n]
        return torch.cat([x, y[:n]], 1)

    def merge_by_level(self, x: torch.Tensor, y: torch.Tensor, n: int):
        if self.level > 3:
            x = x[:n]
        return torch.cat([x, y[:n]], 1)


def narrowed_by_a_mask_whose_mean_is_below_one(x, y, keep: torch.Tensor):
    """Where it is 1 the mask selects everything."""
    if keep.float().mean() < 1:
        x = x[keep]
    return torch.cat([x, y[keep]], 1)


def narrowed_by_a_mask_whose_sum_was_read(x, y, keep: torch.Tensor):
    """As above."""
    n = keep.sum().item()
    if n != len(keep):
        x = x[keep]
    return torch.cat([x, y[keep]], 1)


def best_few_of_more(x: torch.Tensor, y: torch.Tensor, scores: torch.Tensor, k: int):
    """`topk` takes no more than there are: where there are no more, it takes all."""
    keep = scores.topk(k).indices
    if x.size(0) > k:
        x = x[keep]
    return torch.cat([x, y[keep]], dim=1)


def first_few_in_order(x: torch.Tensor, y: torch.Tensor, scores: torch.Tensor, n: int):
    """The first n positions of an order are all of them where there are no more."""
    keep = scores.argsort()[:n]
    if x.size(0) > n:
        x = x[keep]
    return torch.cat([x, y[keep]], dim=1)


def cut_by_a_number_if_longer(x: torch.Tensor, y: torch.Tensor):
    """What is not longer is not cut by the slice either."""
    if x.size(0) > 10:
        x = x[:10]
    return x + y[:10]


def narrowed_unless_it_was_before(x, y, mask):
    """A mask is as long as what it selects from: what has another extent was cut before."""
    y = y[mask]
    if len(x) == len(mask):
        x = x[mask]
    return torch.cat([x, y], 1)


def weights_narrowed_unless_they_were_before(loss, weight, keep: torch.Tensor):
    """As above."""
    if weight.numel() == keep.numel():
        weight = weight[keep]
    return loss[keep] * weight


def positions_narrowed_unless_they_were_before(x, positions, keep):
    """As above, along the second axis."""
    if positions.shape[1] == keep.numel():
        positions = positions[:, keep]
    return x[:, keep] + positions


def narrowed_unless_there_is_one_weight_for_all(loss, weight, mask):
    """What has one entry is the same for every row."""
    loss = loss[mask]
    if weight.numel() > 1:
        weight = weight[mask]
    return loss * weight


def cut_unless_it_is_as_long_already(scores: torch.Tensor, bias: torch.Tensor, n: int):
    """What has this extent was cut before."""
    if bias.shape[1] != n:
        bias = bias[:, -n:]
    return scores[:, -n:] + bias
