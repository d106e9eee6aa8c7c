"""SG104: one member decides for all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import List, NamedTuple, Optional

import torch
import torch.nn.functional as F
from torch import nn


class LoRAState(NamedTuple):
    layer_input: torch.Tensor
    hidden_states: Optional[torch.Tensor]
    layer_output: torch.Tensor
    last: Optional[str]


class PrefixState(NamedTuple):
    key_states: torch.Tensor
    attention_mask: Optional[torch.Tensor]
    invert_mask: bool
    layer_norm: Optional[nn.Module] = None
    idx_slice: Optional[slice] = None


@dataclass
class Detections:
    boxes: torch.Tensor
    masks: torch.Tensor | None = None


# --- flagged ------------------------------------------------------------------------------------


def the_first_is_asked(states: List[LoRAState]):
    return LoRAState(
        torch.cat([s.layer_input for s in states], dim=0),
        torch.cat([s.hidden_states for s in states]) if states[0].hidden_states is not None else None,  # error: SG104 57
        torch.cat([s.layer_output for s in states], dim=0),
        None,
    )


def below_a_mean(states: List[LoRAState], scale):
    return (
        torch.mean(torch.stack([s.hidden_states for s in states], dim=0) * scale, dim=0)
        if states[0].hidden_states is not None  # error: SG104 12
        else None
    )


def what_the_loop_left(states: List[PrefixState], longest):
    all_keys, all_masks = ([], [])
    for state in states:
        keys, mask = state[:2]
        pad = longest - keys.shape[-2]
        if pad > 0 and mask is not None:
            mask = F.pad(mask, (pad, 0), "constant", 0.0)
        all_keys.append(keys)
        all_masks.append(mask)
    return torch.cat(all_keys), torch.cat(all_masks) if mask is not None else None  # error: SG104 57


def a_slice_of_the_first(states: List[PrefixState]):
    return PrefixState(
        key_states=torch.cat([state.key_states for state in states], dim=0),
        attention_mask=None,
        invert_mask=states[0].invert_mask,
        layer_norm=states[0].layer_norm,
        idx_slice=states[0].idx_slice,  # error: SG104 19
    )


def joined_before(states: List[PrefixState]):
    keys = torch.cat([state.key_states for state in states], dim=0)
    return states[0]._replace(key_states=keys, idx_slice=states[0].idx_slice)  # error: SG104 58


def a_tensor_of_the_first(found: list[Detections]):
    boxes = torch.cat([each.boxes for each in found])
    return Detections(boxes, found[0].masks)  # error: SG104 30


def an_if_statement(found: list[Detections]):
    masks = None
    if found[-1].masks is not None:  # error: SG104 8
        masks = torch.cat([each.masks for each in found])
    return masks


def by_name(found: list[Detections]):
    first = found[0]
    if first.masks is None:  # error: SG104 8
        return None
    return torch.cat([each.masks for each in found])


def by_a_flag(found: list[Detections]):
    has_masks = found[0].masks is not None  # error: SG104 17
    boxes = torch.cat([each.boxes for each in found])
    if has_masks:
        return boxes, torch.cat([each.masks.float() for each in found])
    return boxes, None


def each_is_asked_elsewhere(items):
    total = 0
    for item in items:
        if item.target is not None:
            total += len(item.target)
    targets = torch.stack([item.target for item in items]) if items[0].target is not None else None  # error: SG104 63
    return targets, total


def filled_in_a_loop(found: list[Detections]):
    masks = []
    for each in found:
        masks.append(each.masks)
    return torch.cat(masks) if found[0].masks is not None else None  # error: SG104 32


def by_replace(found: list[Detections]):
    boxes = torch.cat([each.boxes for each in found])
    return replace(found[0], boxes=boxes, masks=found[0].masks)  # error: SG104 49


class Collector:
    def __init__(self, found: list[Detections]):
        self.found = found

    def joined(self):
        return torch.cat([each.masks for each in self.found]) if self.found[0].masks is not None else None  # error: SG104 66


def fields_that_are_not_replaced(found: list[Detections]):
    return found[0]._replace(boxes=torch.cat([each.boxes for each in found]))  # todo: SG104 12


def a_name_of_the_last(states: List[LoRAState]):
    inputs = torch.cat([s.layer_input for s in states], dim=0)
    return LoRAState(inputs, None, inputs, states[-1].last)  # todo: SG104 44


def two_lists_side_by_side(found: list[Detections], names):
    masks = [each.masks for each, _ in zip(found, names)]
    return torch.cat(masks) if found[0].masks is not None else None  # todo: SG104 32


def the_member_at_which_a_loop_has_ended(states: List[PrefixState]):
    for state in states:
        print(state.key_states.shape)
    return torch.cat([each.attention_mask for each in states]) if state.attention_mask is not None else None  # error: SG104 67


def of_the_kind_of_the_first(parts: List[torch.Tensor]):
    return torch.cat([part.to(parts[0].dtype) for part in parts])  # low: SG104 31


def of_the_kind_of_the_last(parts: List[torch.Tensor]):
    dtype = parts[-1].dtype  # low: SG104 13
    return torch.stack([part.to(dtype=dtype) for part in parts])


# --- silent -------------------------------------------------------------------------------------


def all_are_asked(states: List[LoRAState]):
    """The function looks at every member."""
    if all(s.hidden_states is not None for s in states):
        return torch.cat([s.hidden_states for s in states])
    return None


def refused_where_they_differ(found: list[Detections]):
    """They do not differ behind the test."""
    if any((each.masks is None) != (found[0].masks is None) for each in found):
        raise ValueError
    return torch.cat([each.masks for each in found]) if found[0].masks is not None else None


def refused_in_a_loop(found: list[Detections]):
    """A loop has refused members that differ."""
    for each in found[1:]:
        assert (each.masks is None) == (found[0].masks is None)
    for each in found:
        if each.masks is None and found[0].masks is not None:
            raise ValueError
    return torch.cat([each.masks for each in found]) if found[0].masks is not None else None


def left_in_a_loop(found: list[Detections]):
    """Behind the loop every member has it."""
    for each in found:
        if each.masks is None:
            return None
    return torch.cat([each.masks for each in found]) if found[0].masks is not None else None


def those_that_have_it(found: list[Detections]):
    """Members without are left out, or stand for themselves."""
    boxes = torch.cat([each.boxes for each in found])
    if found[0].masks is not None:
        return boxes, torch.cat([each.masks for each in found if each.masks is not None])
    return boxes, None


def those_that_have_something(found: list[Detections]):
    """The truth of each is asked."""
    scores = [each.masks.sum() for each in found if each.masks]
    if found[0].masks is not None:
        return scores, torch.cat([each.masks for each in found])
    return scores, None


def zeros_for_those_without(found: list[Detections]):
    """Each member is asked where it is joined."""
    if found[0].masks is None:
        return None
    return torch.cat([e.masks if e.masks is not None else torch.zeros_like(e.boxes) for e in found])


def a_fresh_tensor_like_the_first(found: list[Detections]):
    """The dtype and the device of one are those of all."""
    boxes = torch.cat([each.boxes for each in found])
    kept = torch.zeros(len(boxes), dtype=found[0].boxes.dtype, device=found[0].boxes.device)
    return Detections(boxes, kept)


def settings_of_the_first(states: List[PrefixState]):
    """A flag and a layer are no rows: they are the same for all."""
    return PrefixState(
        key_states=torch.cat([state.key_states for state in states], dim=0),
        attention_mask=None,
        invert_mask=states[0].invert_mask,
        layer_norm=states[0].layer_norm,
    )


def a_tensor_that_all_have(states: List[LoRAState]):
    """The input is that of every member: the mean is of what they made of it."""
    made = torch.stack([s.layer_output for s in states]).sum(0)
    return LoRAState(states[0].layer_input, None, made, None)


def another_list(found: list[Detections], others: list[Detections]):
    """The first of another list says nothing about these members."""
    return torch.cat([each.boxes for each in found]) if others[0].masks is not None else None


def another_field(found: list[Detections]):
    """What is joined is there in every member."""
    return torch.cat([each.boxes for each in found]) if found[0].masks is None else None


def nothing_is_joined(states: List[PrefixState]):
    """The first is looked at for itself."""
    return PrefixState(states[0].key_states, states[0].attention_mask, states[0].invert_mask)


def of_one_model(model, batches):
    """All members are made by one call, with one configuration: low confidence."""
    outputs = [model(batch) for batch in batches]
    return torch.cat([o.attentions for o in outputs]) if outputs[0].attentions is not None else None


def keys_of_examples(examples):
    """The columns of a data set are the same in every row, as a rule: low confidence."""
    if "margin" in examples[0]:
        return torch.stack([each["margin"] for each in examples])
    return None


def where_the_first_is(parts: List[torch.Tensor]):
    """All are moved to one device."""
    return torch.cat([part.to(parts[0].device) for part in parts])


def of_a_kind_that_is_given(parts: List[torch.Tensor], dtype: torch.dtype):
    """The caller says of which kind."""
    return torch.cat([part.to(dtype) for part in parts])
