"""SG311: a tensor made of a list that may be empty, without a dtype, where integers are needed.

`# error: CODE column` stands on the line of the use. Every function without a marker must stay silent; its
docstring says why it is right.
"""

import numpy as np
import torch


# --- flagged ------------------------------------------------------------------------------------


def of_known(scores: torch.Tensor, points, known):
    kept = [i for i, point in enumerate(points) if point in known]
    return scores[torch.tensor(kept)]  # error: SG311 12


def selected(scores: torch.Tensor, points, known, device):
    kept = []
    for i, point in enumerate(points):
        if point in known:
            kept.append(i)
    return torch.index_select(scores, 0, torch.tensor(kept, device=device))  # error: SG311 12


def rows(table, names):
    found = np.array([i for i, name in enumerate(names) if name])
    return np.asarray(table)[found]  # todo: SG311 12


def nothing_selected(x: torch.Tensor):
    index = torch.tensor([])
    return x[index]  # error: SG311 12


def with_some_more(x: torch.Tensor, limit, extra):
    more = torch.tensor([i for i, each in enumerate(extra) if each.ok])
    hits = (x > limit).nonzero().flatten()
    return torch.cat([hits, more])  # error: SG311 12


def triplets(labels: torch.Tensor, anchors):
    if len(anchors) == 0:
        return [torch.tensor([]).to(labels.device)] * 2  # error: SG311 9
    first = labels.nonzero().flatten()
    return [first, first]


def matches(scores: torch.Tensor, limit):
    if scores.numel() == 0:
        return torch.tensor([])  # error: SG311 9
    return torch.where(scores > limit)[0]


def written_rows(out: torch.Tensor, values, wanted):
    index = torch.as_tensor([i for i, each in enumerate(wanted) if each is not None])
    out[index] = values  # todo: SG311 5
    return out


def zeros_as_an_index(x: torch.Tensor):
    return x[torch.zeros(0)]  # error: SG311 12


def columns(x: torch.Tensor, widths, device):
    wide = [i for i, width in enumerate(widths) if width > 1]
    index = torch.as_tensor(wide).to(device)
    return x[:, index]  # error: SG311 12


# --- silent -------------------------------------------------------------------------------------


def typed(scores: torch.Tensor, points, known):
    """The dtype is given."""
    kept = [i for i, point in enumerate(points) if point in known]
    return scores[torch.tensor(kept, dtype=torch.long)]


def typed_by_its_class(scores: torch.Tensor, points, known):
    """A LongTensor holds integers whatever it is made of."""
    return scores[torch.LongTensor([i for i, point in enumerate(points) if point in known])]


def guarded(scores: torch.Tensor, points, known):
    """An empty list is dealt with."""
    kept = [i for i, point in enumerate(points) if point in known]
    if not kept:
        return scores[:0]
    return scores[torch.tensor(kept)]


def chosen(scores: torch.Tensor, points, known):
    """An empty list takes the other branch."""
    kept = [i for i, point in enumerate(points) if point in known]
    index = torch.tensor(kept) if kept else torch.zeros(0, dtype=torch.long)
    return scores[index]


def grown(batches):
    """The others are floats, as is the empty one that they are joined to."""
    out = torch.tensor([])
    for batch in batches:
        out = torch.cat([out, batch.float()])
    return out


def of_an_argument(scores: torch.Tensor, kept):
    """Nothing says that the argument may be empty."""
    return scores[torch.tensor(kept)]


def embeddings(model, sentences):
    """Nothing but floats is returned."""
    if not sentences:
        return torch.tensor([])
    return model(sentences)


def cast(scores: torch.Tensor, points, known):
    """It is cast to integers before it is used."""
    kept = torch.tensor([i for i, point in enumerate(points) if point in known])
    return scores[kept.long()]


def literal(x: torch.Tensor):
    """The list has members."""
    return x[torch.tensor([0, 2])]


def a_plain_list(x: torch.Tensor, wanted):
    """torch takes a list without members as an index of none."""
    return x[[i for i, each in enumerate(wanted) if each]]
