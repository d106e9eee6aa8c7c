"""SG307: an operation that refuses nothing is given what may be empty.

`# error: CODE column` stands on the line of the call. Every function without a marker must stay silent;
its docstring says why it is right.
"""

import random

import numpy as np
import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence


# --- flagged ------------------------------------------------------------------------------------


def moved_images(images: torch.Tensor, theta: torch.Tensor, moves: torch.Tensor):
    moving = moves > 0
    return F.affine_grid(theta[moving], images[moving].shape)  # error: SG307 12


def classes_of_those_that_are_labelled(labels: torch.Tensor, mask: torch.Tensor):
    return F.one_hot(labels[mask])  # error: SG307 12


def one_of_those_that_pass(rows):
    passed = [row for row in rows if row.score > 0]
    return random.choice(passed)  # error: SG307 12


def several_of_those_that_pass(rows, n: int):
    passed = [row for row in rows if row.score > 0]
    return random.choices(passed, k=n)  # error: SG307 12


def position_of_a_negative(labels: torch.Tensor, n: int):
    negative = torch.nonzero(labels == 0).squeeze(1)
    at = torch.randint(negative.size(0), (n,))  # error: SG307 10
    return negative[at]


def index_into_candidates(rows):
    candidates = [row for row in rows if row.valid]
    return candidates[random.randrange(len(candidates))]  # error: SG307 23


def frequencies_of_a_selection(signal: torch.Tensor):
    return torch.fft.rfft(signal[signal > 0])  # error: SG307 12


def resized_channels(x: torch.Tensor, kept: torch.Tensor):
    return F.interpolate(x[:, kept > 0], scale_factor=2)  # error: SG307 12


def packed_rows(x: torch.Tensor, lengths: torch.Tensor):
    some = lengths > 0
    return pack_padded_sequence(x[:, some], lengths[some], enforce_sorted=False)  # error: SG307 12


def drawn_by_numpy(rows):
    passed = [row for row in rows if row.ok]
    return np.random.choice(passed)  # error: SG307 12


class Tagger(torch.nn.Module):
    def __init__(self, size: int, hidden: int):
        super().__init__()
        self.encoder = torch.nn.LSTM(size, hidden, batch_first=True)
        self.over_words = torch.nn.GRU(size, hidden)
        self.norm = torch.nn.BatchNorm1d(hidden)

    def forward(self, x: torch.Tensor, mask: torch.Tensor):
        states, _ = self.encoder(x[:, mask > 0])  # error: SG307 21
        return states

    def of_words(self, words: torch.Tensor, kept: torch.Tensor):
        return self.over_words(words[kept > 0])  # error: SG307 16

    def normed(self, x: torch.Tensor, mask: torch.Tensor):
        return self.norm(x.flatten(1)[mask > 0])  # error: SG307 16

    def normed_as_it_is(self, x: torch.Tensor, mask: torch.Tensor):
        return self.norm(x[mask > 0])  # low: SG307 16

    def normed_unless_in_training(self, x: torch.Tensor, mask: torch.Tensor):
        """A single row is refused in training only."""
        rows = x.flatten(1)[mask > 0]
        if self.training and rows.size(0) == 1:
            return rows
        return self.norm(rows)

    def of_a_share(self, x: torch.Tensor, mask: torch.Tensor):
        """A recurrent layer takes no row."""
        return self.encoder(x[mask > 0])

    def of_words_that_are_there(self, words: torch.Tensor, kept: torch.Tensor):
        """Whether a word is kept is asked for."""
        words = words[kept > 0]
        return self.over_words(words) if len(words) else None

    def normed_if_several(self, x: torch.Tensor, mask: torch.Tensor):
        """One row is passed by."""
        rows = x[mask > 0]
        return self.norm(rows) if rows.size(0) > 1 else rows

    def normed_whole(self, x: torch.Tensor):
        """Nothing says that the batch has one row."""
        return self.norm(x)


def normed_in_training(x: torch.Tensor, kept: torch.Tensor, mean, var):
    rows = x.flatten(1)[kept > 0]
    return F.batch_norm(rows, mean, var, training=True)  # error: SG307 12


# --- silent -------------------------------------------------------------------------------------


def moved_images_where_any_moves(images: torch.Tensor, theta: torch.Tensor, moves: torch.Tensor):
    """Whether any moves is asked for."""
    moving = moves > 0
    if not moving.any():
        return None
    return F.affine_grid(theta[moving], images[moving].shape)


def classes_with_their_number(labels: torch.Tensor, mask: torch.Tensor, n: int):
    """With their number given, `one_hot` takes nothing."""
    return F.one_hot(labels[mask], num_classes=n)


def one_of_some(rows):
    """The list is asked for a member."""
    passed = [row for row in rows if row.score > 0]
    return random.choice(passed) if passed else None


def one_of_all(rows):
    """Nothing says that there is no row."""
    return random.choice(rows)


def position_as_given(n: int):
    """Nothing says that the number can be 0."""
    return torch.randint(n, (3,))


def resized_batch(x: torch.Tensor, mask: torch.Tensor):
    """`interpolate` takes an empty batch."""
    return F.interpolate(x[mask > 0], scale_factor=2)


def convolved_batch(x: torch.Tensor, mask: torch.Tensor, weight: torch.Tensor):
    """So does a convolution."""
    return F.conv2d(x[mask > 0], weight)


def normalised_batch(x: torch.Tensor, mask: torch.Tensor):
    """And a softmax."""
    return x[mask > 0].softmax(dim=-1)


def index_of_some(rows):
    """At least one is taken to choose from."""
    candidates = [row for row in rows if row.valid] or rows
    return candidates[0]


def packed_with_a_guard(x: torch.Tensor, lengths: torch.Tensor):
    """The number of rows is asked for."""
    some = lengths > 0
    if some.sum() == 0:
        return None
    return pack_padded_sequence(x[:, some], lengths[some], enforce_sorted=False)


def drawn_where_there_are_enough(indices, seen, n: int):
    """Only for a number of 0 could there be nothing to draw from, and nothing says that it is."""
    selection = [i for i in indices if i not in seen]
    if len(selection) >= n:
        return np.random.choice(selection, n, replace=False)
    return None


def grid_of(frames: torch.Tensor):
    """Whoever calls this has counted them."""
    return F.affine_grid(frames.view(-1, 2, 3), [3, 1, 2, 2])


def grids(frames: torch.Tensor, levels: torch.Tensor):
    """Counted as a mask of another type, and left out where there are none."""
    for level in range(3):
        of_level = (levels == level).squeeze()
        if of_level.float().sum().item() == 0:
            continue
        of_level = (of_level > 0).view(-1)
        yield grid_of(frames[of_level])


def normed_with_a_layer_that_does_not_train(x: torch.Tensor, kept: torch.Tensor):
    """Then a single row is in order."""
    layer = torch.nn.BatchNorm1d(3)
    layer.eval()
    return layer(x.flatten(1)[kept > 0])


def normed_by_what_is_known(x: torch.Tensor, kept: torch.Tensor, mean, var):
    """Without training nothing is measured."""
    return F.batch_norm(x[kept > 0], mean, var)


def drawn_where_there_is_one(rows, labels, first: int):
    """How many there are is asked in the words in which they are found."""
    if len(np.where(labels.dot(labels[first]) == 0)[0]) == 0:
        return None
    return rows[np.random.choice(np.where(labels.dot(labels[first]) == 0)[0])]
