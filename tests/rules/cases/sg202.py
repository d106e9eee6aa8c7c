"""SG202: counts whose length follows the data.

`# error: CODE column` stands on the line where the length or a position of the counts matters. Every
function without a marker must stay silent; its docstring says why it is right.
"""

from collections import Counter

import torch
import torch.nn.functional as F


# --- flagged ------------------------------------------------------------------------------------


def shares_of_tasks(x: torch.Tensor, tasks: torch.Tensor):
    sizes = torch.bincount(tasks).tolist()
    return torch.split(x[tasks.argsort()], sizes)  # error: SG202 12


def accuracy_of_each_class(hits: torch.Tensor, labels: torch.Tensor):
    total = torch.bincount(labels)
    right = torch.bincount(labels[hits])
    return right / total  # error: SG202 12


def rows_of_the_third_expert(experts: torch.Tensor):
    counts = experts.bincount()
    return counts[2]  # error: SG202 12


def weights_by_frequency(labels: torch.Tensor, weights: torch.Tensor):
    counts = torch.bincount(labels)
    return weights * counts  # error: SG202 12


def frequency_of_each_label(labels: torch.Tensor):
    counts = torch.bincount(labels)
    return counts[labels] / labels.numel(), counts[0]  # error: SG202 45


def loss_against_classes_that_occur(logits: torch.Tensor, labels: torch.Tensor):
    target = F.one_hot(labels)
    return (logits.softmax(-1) - target).abs().mean()  # error: SG202 13


def counts_of_groups(x: torch.Tensor, groups: torch.Tensor, num_groups: int):
    _, counts = groups.unique(return_counts=True)
    return x.split(counts.tolist())  # error: SG202 12


def tokens_of_each_expert(tokens: torch.Tensor, experts: torch.Tensor, layers):
    outputs = []
    counts = torch.bincount(experts).tolist()
    for layer, part in zip(layers, tokens.split(counts)):  # error: SG202 36
        outputs.append(layer(part))
    return torch.cat(outputs)


def counts_of_each_class(labels: torch.Tensor, num_classes: int):
    counts = torch.bincount(labels)
    return [counts[i].item() for i in range(num_classes)]  # error: SG202 13


def counts_of_ten_classes(labels: torch.Tensor):
    counts = labels.bincount()
    for i in range(10):
        print(i, counts[i])  # error: SG202 18


def shares_of_counted_tasks(x: torch.Tensor, tasks: list, num_tasks: int):
    sizes = list(Counter(tasks).values())
    return x.split(sizes)  # error: SG202 12


def weights_of_the_classes(logits: torch.Tensor, labels: torch.Tensor):
    weights = 1.0 / torch.bincount(labels).float()
    return torch.nn.functional.cross_entropy(logits, labels, weight=weights)  # error: SG202 12


def weights_that_a_loss_keeps(logits: torch.Tensor, labels: torch.Tensor):
    loss = torch.nn.CrossEntropyLoss(weight=torch.bincount(labels).float())
    return loss(logits, labels)  # error: SG202 12


# --- silent -------------------------------------------------------------------------------------


def shares_of_all_tasks(x: torch.Tensor, tasks: torch.Tensor, num_tasks: int):
    """The counts are as long as there are tasks."""
    sizes = torch.bincount(tasks, minlength=num_tasks).tolist()
    return torch.split(x[tasks.argsort()], sizes)


def ends_of_tasks(tasks: torch.Tensor):
    """Running sums are looked up by what occurs; the last is the number of rows."""
    return torch.bincount(tasks).cumsum(0)


def most_frequent(labels: torch.Tensor):
    """The largest count belongs to a label that occurs."""
    return torch.bincount(labels).argmax()


def number_of_the_most_frequent(labels: torch.Tensor):
    """A maximum needs no class that is absent."""
    return torch.bincount(labels).max()


def classes_given(labels: torch.Tensor, logits: torch.Tensor, classes: int):
    """`num_classes` is given."""
    return (logits - F.one_hot(labels, num_classes=classes)).abs().mean()


def runs_of_equal_labels(x: torch.Tensor, labels: torch.Tensor):
    """What occurs is all that is asked for: one part for each value."""
    values, counts = torch.unique_consecutive(labels, return_counts=True)
    return list(zip(values, x.split(counts.tolist())))


def those_that_occur(labels: torch.Tensor):
    """Counts are picked by what they are, not by position."""
    counts = torch.bincount(labels)
    return counts[counts > 0]


def number_of_labels(labels: torch.Tensor):
    """The sum of all counts is the number of labels."""
    return torch.bincount(labels).sum() / labels.numel()


def share_of_each_value(labels: torch.Tensor):
    """Values and counts of one call belong together."""
    values, counts = labels.unique(return_counts=True)
    return dict(zip(values.tolist(), counts.tolist()))


def counts_up_to_their_number(labels):
    """As many are read as there are."""
    counts = torch.bincount(labels)
    return [counts[i].item() for i in range(len(counts))]


def counts_where_there_are_any(labels, num_classes: int):
    """What is behind the end is left out."""
    counts = torch.bincount(labels)
    return [counts[i].item() for i in range(num_classes) if i < len(counts)]


def weight_of_each_label(labels):
    """A label is one of those that occur."""
    weights = 1.0 / torch.bincount(labels)
    return weights[labels]


def counts_of_those_that_occur(labels: torch.Tensor):
    """Each unique value is a position."""
    counts = torch.bincount(labels)
    return [counts[each].item() for each in labels.unique()]


def count_of_each_task(tasks: list, num_tasks: int):
    """What does not occur is counted 0 times when it is asked for."""
    counts = Counter(tasks)
    return [counts[task] for task in range(num_tasks)], max(counts.values(), default=0)


def kinds_beside_their_counts(tasks: list, num_tasks: int):
    """Kinds and counts of one counter are as many."""
    counts = Counter(tasks)
    return [kind for kind, count in zip(counts.keys(), counts.values()) if count > 1]


def weights_of_all_classes(logits: torch.Tensor, labels: torch.Tensor):
    """There is one for each class."""
    weights = torch.bincount(labels, minlength=logits.size(1)).float()
    return torch.nn.functional.cross_entropy(logits, labels, weight=weights)


def weights_that_are_given(logits: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor):
    """Nothing says what they were made of."""
    return torch.nn.functional.cross_entropy(logits, labels, weight=weights)


def a_weight_for_each_row(loss: torch.Tensor, y: torch.Tensor):
    """Each row looks up its own count."""
    counts = torch.bincount(y)
    return loss / counts[y]


def weights_by_their_sum(y: torch.Tensor):
    """A number has no length."""
    counts = torch.bincount(y)
    return counts.sum() / counts


def weights_that_were_counted(logits: torch.Tensor, y: torch.Tensor):
    """Somebody asks how many there are."""
    counts = torch.bincount(y)
    assert counts.numel() == logits.size(1)
    return torch.nn.functional.cross_entropy(logits, y, weight=1.0 / counts)
