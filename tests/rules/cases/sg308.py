"""SG308: a tensor squeezed without an axis, used where its number of axes matters.

`# error: CODE column` stands on the line of the use. Every function without a marker must stay silent; its
docstring says why it is right.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional


# --- flagged ------------------------------------------------------------------------------------


def scores_of_batches(model, batches):
    scores = []
    for batch in batches:
        scores.append(torch.squeeze(model(batch)))
    return torch.cat(scores)  # error: SG308 12


def window(keys: torch.Tensor, grouping_keys: torch.Tensor, start: int):
    return torch.cat([keys[start:], grouping_keys.squeeze()])  # error: SG308 12


def loss_of_logits(logits: torch.Tensor, labels: torch.Tensor):
    logits = logits.squeeze()
    return functional.binary_cross_entropy_with_logits(logits, labels.float())  # error: SG308 12


class Train(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model
        self.loss = nn.MSELoss()

    def forward(self, x, labels):
        predicted = self.model(x).squeeze()
        return self.loss(predicted, labels)  # error: SG308 16


def best_classes(preds: torch.Tensor, k: int):
    preds = preds.squeeze()
    return torch.topk(preds, k=k, dim=1).indices  # error: SG308 12


def hidden_of_first_token(states: torch.Tensor):
    states = states.squeeze()
    return states[:, 0]  # error: SG308 12


def norms(features: torch.Tensor):
    flat = torch.squeeze(features)
    return flat.sum(dim=1)  # error: SG308 12


def gates(cached, score: torch.Tensor):
    score = score.detach().squeeze().cpu().numpy()
    if len(score.shape) == 0:
        score = np.expand_dims(score, axis=0)
    return np.column_stack((cached, score))  # error: SG308 12


def coefficients(a: torch.Tensor, row: int):
    indices = a[row].nonzero().squeeze()
    return a[row, indices]  # error: SG308 12


def positions(x: torch.Tensor, limit):
    return torch.nonzero(x > limit).squeeze()  # error: SG308 5


def side_by_side(left: torch.Tensor, right: torch.Tensor):
    return torch.stack([left.squeeze(), right.squeeze()], dim=1)  # error: SG308 12


def steps(x: torch.Tensor):
    x = x.squeeze()
    if x.dim() > 1:
        raise ValueError(x.shape)
    return x[1:] - x[:-1]  # error: SG308 12  # error: SG308 20


def stacked_behind(preds: torch.Tensor, target: torch.Tensor, average: str):
    hits = (target == preds).sum(1).squeeze()
    misses = (target != preds).sum(1).squeeze()
    return torch.stack([hits, misses], dim=0 if average == "global" else 1)  # error: SG308 12


def positions_walked_over(x: torch.Tensor, limit: float):
    found = torch.nonzero(x > limit).squeeze()
    return [int(each) for each in found]  # error: SG308 22


# --- silent -------------------------------------------------------------------------------------


def offsets_of(lengths: torch.Tensor, offsets: torch.Tensor):
    """Broadcasting with the offsets gives the axis back."""
    return torch.cat([offsets, lengths.squeeze() + offsets])


def filled(rows: torch.Tensor, columns):
    """A slot of one entry takes a scalar."""
    out = torch.empty(len(columns), rows.shape[1])
    for i, column in enumerate(columns):
        out[i] = column.squeeze()
    return out


def copied(row: torch.Tensor, found: torch.Tensor):
    """`copy_` broadcasts into the row."""
    row.copy_(found.squeeze())
    return row


def both_squeezed(logits: torch.Tensor, labels: torch.Tensor):
    """Both lose the same axes."""
    return functional.mse_loss(logits.squeeze(), labels.squeeze())


def stacked_alike(pairs):
    """Members that are squeezed alike are stacked along a new first axis."""
    left, right = pairs
    return torch.stack([left.squeeze(), right.squeeze()])


def members_squeezed_alike(model, batches):
    """Members that are squeezed alike are stacked along a new first axis."""
    return torch.stack([model(batch).squeeze() for batch in batches])


def named_axis(model, batches):
    """The axis is named."""
    return torch.cat([model(batch).squeeze(-1) for batch in batches])


def scalar(loss: torch.Tensor):
    """Nothing shows that the result should have an axis."""
    return loss.mean().squeeze()


def one_image(model, image: torch.Tensor):
    """The function itself puts the axis in front that is to go."""
    mask = image.unsqueeze(0).squeeze()
    return mask[:, 0]


def axis_put_back(x: torch.Tensor, others: torch.Tensor):
    """A scalar gets its axis back before it is joined."""
    x = torch.atleast_1d(x.squeeze())
    return torch.cat([others, x])


def of_all(x: torch.Tensor):
    """A reduction of all entries takes any number of axes."""
    return x.squeeze().sum()


def last_axis(x: torch.Tensor):
    """The last axis is there unless all are gone, and nothing shows that they are."""
    return x.squeeze().argmax(-1)


def guarded(x: torch.Tensor, others: torch.Tensor):
    """A single entry is dealt with."""
    x = x.squeeze()
    if x.dim() == 0:
        return others
    return torch.cat([others, x])


def by_its_rank(scores: torch.Tensor, start: int, end: int):
    """A test of the number of axes says that the second one is there."""
    scores = scores.squeeze()
    if scores.dim() > 1:
        return scores[:, start:end].amax(dim=1)
    return scores.amax()


def several(x: torch.Tensor):
    """With more than one row the first axis stays."""
    if x.size(0) <= 1:
        return x
    return x.squeeze().sum(dim=1)


def stacked_in_front(preds: torch.Tensor, target: torch.Tensor):
    """All are squeezed, and a new axis in front asks for none."""
    hits = (target == preds).sum(1).squeeze()
    misses = (target != preds).sum(1).squeeze()
    return torch.stack([hits, misses], dim=0)


def given_an_axis_where_none_is_left(outputs):
    """Each has one axis when it is put into the list."""
    rows = []
    for output in outputs:
        row = output.squeeze()
        if row.dim() == 0:
            row = row.unsqueeze(0)
        rows.append(row)
    return torch.cat(rows)


def one_axis_by_a_choice(outputs):
    """One of a single element gets its axis from `reshape`."""
    return torch.cat([each.squeeze() if each.numel() > 1 else each.reshape(1) for each in outputs])


def put_in_an_order_of_three(image: torch.Tensor):
    """An order of three axes is one of three: with fewer it fails there, and says so."""
    return image.squeeze().permute((1, 2, 0)).mean(dim=2)


def rank_repaired(x: torch.Tensor):
    """The one row gets its axis back."""
    x = x.squeeze()
    if x.dim() == 1:
        x = x.unsqueeze(0)
    return torch.cat([x, x], dim=1)


def of_the_shape_of_the_other(model, x, target):
    """The target follows the prediction, whatever its shape is."""
    predicted = model(x).squeeze()
    return functional.mse_loss(predicted, target.view_as(predicted))


def shapes_compared(predicted: torch.Tensor, target: torch.Tensor):
    """Another shape is refused."""
    predicted = predicted.squeeze()
    assert predicted.shape == target.shape
    return functional.mse_loss(predicted, target)
