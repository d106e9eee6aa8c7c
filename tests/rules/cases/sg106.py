"""SG106: a mean of what is weighted by weights that sum to 1."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn


class State(NamedTuple):
    hidden_states: torch.Tensor
    last: str


# --- flagged ------------------------------------------------------------------------------------


def stacked_states(states: list[State], weights: torch.Tensor):
    return torch.mean(torch.stack([s.hidden_states for s in states], 0) * weights, dim=0)  # error: SG106 12


def by_softmax(states: list[torch.Tensor], scores):
    weights = torch.softmax(scores, dim=0)[:, None, None]
    return (torch.stack(states) * weights).mean(dim=0)  # error: SG106 12


def attention_pooled(x: torch.Tensor, scores: torch.Tensor):
    attention = F.softmax(scores, dim=1).unsqueeze(-1)
    pooled = (x * attention).mean(dim=1)  # error: SG106 14
    return pooled


def divided_by_their_sum(outputs: list[torch.Tensor], weights: torch.Tensor):
    shares = weights / weights.sum()
    return torch.mean(torch.stack(outputs, dim=0) * shares.view(-1, 1, 1), dim=0)  # error: SG106 12


def divided_along_an_axis(values: torch.Tensor, gates: torch.Tensor):
    gates = gates / gates.sum(dim=1, keepdim=True)
    return torch.mean(values * gates.unsqueeze(-1), 1)  # error: SG106 12


def a_vector(loss: torch.Tensor, w: torch.Tensor):
    w = w.flatten()
    return torch.mean(loss.flatten() * (w / w.sum()))  # error: SG106 12


def from_the_back(x: torch.Tensor, logits: torch.Tensor):
    probabilities = logits.softmax(dim=-1)
    return (probabilities * x).mean(-1)  # error: SG106 12


def by_a_function(experts: torch.Tensor, gate: torch.Tensor):
    gate = torch.softmax(gate, 1)
    return torch.mul(experts, gate[:, :, None]).mean(1)  # error: SG106 12


def named_weights(members: list[torch.Tensor], layer_weights):
    stacked = torch.stack(members, dim=1)
    return (stacked * layer_weights).mean(dim=1)  # error: SG106 12


def of_what_nobody_declares(states, weights):
    return torch.mean(torch.stack(states, dim=0) * weights, dim=0)  # error: SG106 12


def weights_made_a_tensor(states, weights):
    w = torch.tensor(weights)[:, None, None]
    return torch.mean(torch.stack(states) * w, dim=0)  # error: SG106 12


def made_shares(states: list[torch.Tensor], scores):
    s = torch.tensor(scores)
    s = s / s.sum()
    return (torch.stack(states) * s.view(-1, 1, 1)).mean(0)  # error: SG106 12


class Mix(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.weights = nn.Parameter(torch.zeros(layers))

    def forward(self, hidden_states):
        shares = torch.softmax(self.weights, dim=0)
        stacked = torch.stack(hidden_states, dim=0)
        return (shares.view(-1, 1, 1, 1) * stacked).mean(0)  # error: SG106 16


def by_a_layer(x: torch.Tensor, scores):
    return (x * nn.Softmax(dim=1)(scores)).mean(1)  # todo: SG106 12


def with_a_floor(x: torch.Tensor, w: torch.Tensor):
    w = w / (w.sum(1, keepdim=True) + 1e-8)
    return (x * w).mean(1)  # todo: SG106 12


def weights_made_a_tensor_on_the_spot(states, weights):
    return torch.mean(torch.stack(states) * torch.tensor(weights)[:, None], dim=0)  # error: SG106 12


def aligned_weights(states, weights):
    w = torch.tensor(weights)
    return (torch.stack(states) * w.view(-1, 1)).mean(dim=0)  # error: SG106 12


# --- silent -------------------------------------------------------------------------------------


def a_weighted_sum(states, scores):
    """The weights divide, the sum does not."""
    weights = torch.softmax(scores, dim=0)[:, None, None]
    return torch.sum(torch.stack(states) * weights, dim=0)


def a_weight_for_each_entry(loss: torch.Tensor, weight: torch.Tensor):
    """Nothing says that these weights sum to 1."""
    return (loss * weight).mean()


def stacked_by_a_mask(states, mask):
    """A mask is no weight."""
    m = torch.tensor(mask)[:, None, None]
    return torch.mean(torch.stack(states) * m, dim=0)


def weights_of_samples(loss: torch.Tensor, weights: torch.Tensor):
    """Weights of samples have a mean of about 1."""
    return torch.mean(loss * weights, dim=0)


def of_one_axis_or_two(x: torch.Tensor, w: torch.Tensor):
    """What is weighted may be the columns, and the mean one over rows."""
    w = w / w.sum(0)
    return torch.mean(x * w, dim=0)


def masked(loss: torch.Tensor, mask: torch.Tensor):
    """A mask is no weight."""
    return (loss * mask).mean()


def losses_of_tasks(losses, weights):
    """The scale of a loss is a matter of the learning rate."""
    return (torch.stack(losses, dim=0) * weights).mean(dim=0)


def along_another_axis(x: torch.Tensor, scores: torch.Tensor):
    """The weights sum to 1 along the columns; the mean is over rows."""
    attention = F.softmax(scores, dim=1)
    return (x * attention).sum(dim=1).mean(dim=0)


def over_the_batch(values: torch.Tensor, scores: torch.Tensor):
    """What is reduced is the batch, along which nothing sums to 1."""
    gates = torch.softmax(scores, dim=-1)
    return (values * gates).mean(dim=0)


def made_up_for(values: torch.Tensor, scores: torch.Tensor):
    """The number of weights is multiplied into them: they sum to it."""
    weights = torch.softmax(scores, dim=1) * scores.shape[1]
    return (values * weights).mean(dim=1)


def balance_of_experts(tokens: torch.Tensor, router_logits: torch.Tensor):
    """A mean of shares over groups is no share along the experts any more."""
    probabilities = torch.softmax(router_logits, dim=-1)
    return torch.mean(tokens * probabilities.mean(dim=-2)) * tokens.shape[-1] ** 2


def divided_by_another(x: torch.Tensor, w: torch.Tensor, v: torch.Tensor):
    """Divided by the sum of something else, it need not sum to 1."""
    return (x * (w / v.sum(dim=1, keepdim=True))).mean(dim=1)


def all_of_it(x: torch.Tensor, scores: torch.Tensor):
    """A mean over everything is of rows as well: how it is meant nobody knows."""
    return (x * torch.softmax(scores, dim=1)).mean()


def stacked_without_weights(states, scale):
    """A scale is one for all members."""
    return (torch.stack(states, dim=0) * scale).mean(dim=0)


def divided_by_their_mean(states, weights):
    """What the mean makes smaller, the division makes larger."""
    w = torch.tensor(weights).view(-1, 1)
    return (torch.stack(states) * w).mean(0) / w.mean(0)


def ones_by_default(states, weights=None):
    """Weights of ones have a mean of 1, not a sum."""
    if weights is None:
        weights = torch.ones(len(states))
    return torch.mean(torch.stack(states) * weights, dim=0)


def of_samples(losses, sample_weights):
    """So have those of samples."""
    return (torch.stack(losses) * sample_weights).mean(dim=0)
