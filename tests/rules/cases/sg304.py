"""SG304: a division by a length, an extent or a count that may be 0.

`# error: CODE column` stands on the line of the division. Every function without a marker must stay
silent; its docstring says why it is right.
"""

import math
import sys
import unittest
from dataclasses import dataclass
from typing import List

import numpy as np
import torch

SMALLEST = 1e-6

# --- flagged ------------------------------------------------------------------------------------


def mean_of_a_filtered_list(losses):
    finite = [loss for loss in losses if loss.isfinite()]
    return sum(finite) / len(finite)  # error: SG304 12


def mean_of_a_list_filled_under_a_condition(batches):
    kept = []
    for batch in batches:
        if batch.valid:
            kept.append(batch.loss)
    return sum(kept) / len(kept)  # error: SG304 12


def rate_where_no_entry_may_count(loader, model):
    correct = total = 0
    for x, y in loader:
        keep = y != -100
        correct += (model(x)[keep] == y[keep]).sum().item()
        total += int(keep.sum())
    return correct / total  # error: SG304 12


def mean_of_those_that_pass_where_any_passes_another_test(losses):
    if not any(loss.requires_grad for loss in losses):
        return 0.0
    finite = [loss for loss in losses if loss.isfinite()]
    return sum(finite) / len(finite)  # error: SG304 12


def mean_where_one_path_asks_for_a_member(losses, k):
    finite = [loss for loss in losses if loss.isfinite()]
    try:
        if k:
            finite[0].backward()
    except IndexError:
        return None
    return sum(finite) / len(finite)  # error: SG304 12


class Kept:
    """A property gives the same list twice, unless the object has changed in between."""

    @property
    def finite(self):
        found = []
        for loss in self.losses:
            if loss.isfinite():
                found.append(loss)
        return found

    def mean(self):
        return sum(self.finite) / len(self.finite)  # error: SG304 16

    def mean_that_is_asked_for(self):
        if len(self.finite) == 0:
            return 0.0
        return sum(self.finite) / len(self.finite)

    def mean_after_a_change(self):
        if not self.finite:
            return 0.0
        self.losses = [loss for loss in self.losses if loss.requires_grad]
        return sum(self.finite) / len(self.finite)  # error: SG304 16

    def mean_of_another(self, other: "Kept"):
        if not other.finite:
            return 0.0
        return sum(self.finite) / len(self.finite)  # error: SG304 16


class Losses:
    """Of each phase there may be none, unless every batch gives one."""

    def mean_of_a_list_kept_by_key(self, batches):
        self.kept = {"train": [], "val": []}
        for batch in batches:
            if batch.valid:
                self.kept["train"].append(batch.loss)
        return sum(self.kept["train"]) / len(self.kept["train"])  # error: SG304 16

    def mean_of_all(self, batches):
        self.every = {"train": [], "val": []}
        for batch in batches:
            self.every["train"].append(batch.loss)
        return sum(self.every["train"]) / len(self.every["train"])


def mean_of_filtered_sizes(modules, sizes):
    leaves = [name for name in modules if name not in sizes]
    total = sum(sizes[name] for name in leaves)
    return int(total / len(leaves))  # error: SG304 16


def mean_over_a_counter(batches):
    total, seen = 0.0, 0
    for batch in batches:
        if batch.valid:
            total += batch.loss
            seen += 1
    return total / seen  # error: SG304 12


def tested_too_late(xs):
    mean = sum(xs) / len(xs)  # error: SG304 12
    if len(xs) == 0:
        return 0.0
    return mean


def guarded_in_one_branch_only(xs, weighted: bool):
    if weighted:
        if len(xs) == 0:
            return 0.0
        return 1.0 / len(xs)
    return sum(xs) / len(xs)  # error: SG304 12


def the_same_member_asked_for_too_late(*numbers):
    share = 10 // numbers[0]  # error: SG304 13
    return share if numbers[0] == 0 else 0


def told_too_late(every: int, rescale: int):
    share = rescale // every  # error: SG304 13
    return 0 if every == 0 else share


def spread_too_late(*args):
    return told_too_late(*args)


def replicated_to_an_empty_share(
    hidden: torch.Tensor, state: torch.Tensor, sizes: List[int], i: int
):
    share = state[sum(sizes[:i]) : sum(sizes[: i + 1])]
    return hidden.repeat(hidden.shape[0] // share.shape[0], 1)  # error: SG304 26


def remainder_of_an_empty_share(x: torch.Tensor, sizes: List[int], i: int):
    rows = x[sum(sizes[:i]) : sum(sizes[: i + 1])].size(0)
    return 12 % rows  # error: SG304 12


def rows_kept_by_a_mask(x: torch.Tensor, lengths: torch.Tensor, total: float):
    kept = x[lengths > 2]
    return total / kept.shape[0]  # error: SG304 12


def tensor_over_a_filtered_count(scores: torch.Tensor, names):
    used = [name for name in names if name is not None]
    return scores.sum(dim=0) / len(used)  # error: SG304 12


def in_place(total, parts):
    present = [part for part in parts if part is not None]
    total /= len(present)  # error: SG304 5
    return total


def logged(losses, logger):
    finite = [loss for loss in losses if loss.isfinite()]
    if not finite:
        logger.error("no loss")
    return sum(finite) / len(finite)  # error: SG304 12


def tested_behind_a_branch(width: int, height: int, scale):
    across = width - height
    if across < 0:
        across = -across
    if across == 0:
        scale = 1
    return scale / across  # error: SG304 12


def cooled_without_a_check(logits, temperature: float, floor: float):
    if temperature > 0.0:
        print("sampled")
    if floor < 1e-6:
        print("as low as it can be")
    total = sum(logits) / temperature  # error: SG304 13
    return total / floor  # error: SG304 12


def at_its_bound(total, share: float):
    if share < 1.0:
        print("something is left")
    return total / (1 - share)  # error: SG304 12


def dealt(cards: torch.Tensor, count: int):
    if count == 0:
        print("nobody plays")
    return torch.randperm(52) % count, cards.sum(0).div(count)  # error: SG304 12  # error: SG304 40


def mean_row(rows: torch.Tensor):
    if rows.size(0) == 0:
        print("no rows")
    return rows.sum(0).div(rows.size(0))  # error: SG304 12


def mean_of_what_is_not_zero(values):
    places = np.flatnonzero(values)
    return values.sum() / places.size  # error: SG304 12


def asked_whether_it_is_true_behind_a_test_of_zero(step, every):
    if every == 0:
        print("never")
    if every:
        print("sometimes")
    return step % every  # error: SG304 12


def over_a_threshold_between_two_others(losses, low=0.1, high=0.9):
    assert low < high
    kept = [loss for loss in losses if low < loss < high]
    eps = 1e-6
    if eps < 1e-3:
        return sum(kept) / len(kept)  # error: SG304 16
    return 0.0


def larger_of_two_filtered_lists(losses, others):
    kept = [loss for loss in losses if loss.isfinite()]
    more = [loss for loss in others if loss.isfinite()]
    return sum(kept) / max(len(kept), len(more), 0)  # error: SG304 12


def sum_of_a_count_scaled_by_one_less(x: torch.Tensor, deviation: torch.Tensor):
    return (deviation * (x.shape[0] - 1)).sum() / (x.shape[0] - 1)  # error: SG304 12


def share_of_a_length_that_is_compared_and_tested(step, period):
    if step >= period and period:
        print(step)
    return step % period  # todo: SG304 11


def mean_where_one_caller_refutes_the_belief(rows, total):
    result = total / len(rows)  # error: SG304 14
    if len(rows) == 0:
        return 0.0
    return result


def asks_for_the_mean(rows, total):
    if len(rows) == 0:
        return None
    return mean_where_one_caller_refutes_the_belief(rows, total)


def asks_for_the_mean_of_anything(rows, total):
    return mean_where_one_caller_refutes_the_belief(rows, total)


def compared_with_a_list_that_is_not_empty(xs):
    kept = [x for x in xs if x.ok]
    if kept == [1]:
        return None
    return sum(kept) / len(kept)  # error: SG304 12


def another_list_compared_with_an_empty_one(xs):
    kept = [x for x in xs if x.ok]
    if xs == []:
        return None
    return sum(kept) / len(kept)  # error: SG304 12


def flag_of_another_condition(xs):
    kept, found = [], False
    for x in xs:
        if x.ok:
            kept.append(x)
        if x.late:
            found = True
    if not found:
        return None
    return sum(kept) / len(kept)  # error: SG304 12


class MeanSoFar:
    """A count that begins at 0 is read by a method that the counting one does not call."""

    def __init__(self):
        self.total = 0.0
        self.count = 0

    def update(self, value):
        self.total += value
        self.count += 1

    def mean(self):
        return self.total / self.count  # error: SG304 16


def mean_over_a_mask(loss: torch.Tensor, target: torch.Tensor):
    valid = target >= 0
    return (loss * valid).sum() / valid.sum()  # error: SG304 12


def mean_of_each_row(x: torch.Tensor, target: torch.Tensor):
    valid = target >= 0
    return (x * valid).sum(dim=1) / valid.sum(dim=1)  # error: SG304 12


def guarded_three_lines_above_only(a: torch.Tensor, b: torch.Tensor, target: torch.Tensor):
    valid = target >= 0
    low = a.sum() / valid.sum().clamp(min=1)
    return low + b.sum() / valid.sum()  # error: SG304 18


def repeated_to_match(hidden: torch.Tensor, tensor: torch.Tensor):
    if hidden.shape[0] > tensor.shape[0]:
        tensor = tensor.repeat(hidden.shape[0] // tensor.shape[0], 1)  # error: SG304 32
    return tensor


def matched_by_the_largest(query: torch.Tensor, key: torch.Tensor):
    largest = max(query.size(0), key.size(0))
    return query.repeat(largest // query.size(0), 1), key  # error: SG304 25


def any_passes_a_weaker_test(xs):
    if not any(x > 0 for x in xs):
        return 0.0
    return 1.0 / sum(1 for x in xs if x > 1)  # error: SG304 12


def means_of_shares(x: torch.Tensor, batch_sizes: list[int]):
    return [part.sum(0) / part.size(0) for part in x.split(batch_sizes)]  # error: SG304 13


def mean_of_each_speaker_in_another_batch(pitch: torch.Tensor, speakers: torch.Tensor, known):
    everybody = torch.unique(known)
    speaks = speakers == everybody[:, None]
    return (pitch * speaks).sum(1) / speaks.sum(1)  # error: SG304 12


def mean_of_each_speaker_where_somebody_speaks(pitch: torch.Tensor, speakers: torch.Tensor):
    everybody = torch.unique(speakers)
    speaks = (speakers == everybody[:, None]) & (pitch > 0)
    return (pitch * speaks).sum(1) / speaks.sum(1)  # error: SG304 12


def mean_of_each_speaker_in_the_loud_part(pitch: torch.Tensor, speakers: torch.Tensor):
    everybody = torch.unique(speakers)
    speaks = (speakers == everybody[:, None])[:, pitch > 0]
    return pitch[pitch > 0] / speaks.sum(1)  # error: SG304 12


def mean_of_each_speaker_in_one_half(pitch: torch.Tensor, speakers: torch.Tensor):
    first, second = speakers.chunk(2)
    speaks = second == first.unique()[:, None]
    return pitch / speaks.sum(1)  # error: SG304 12


def mean_of_each_value_in_each_image(x: torch.Tensor, images: torch.Tensor):
    values = torch.unique(images)
    found = images[:, None] == values[None, :, None, None]
    return (x * found.flatten(2)).sum(2) / found.flatten(2).sum(2)  # error: SG304 12


def share_of_rows_that_are_the_same_in_all(x: torch.Tensor, rows: torch.Tensor):
    kinds = torch.unique(rows, dim=0)
    same = (rows == kinds[:, None]).all(-1).all(-1)
    return x / same.sum(0)  # error: SG304 12


# --- silent -------------------------------------------------------------------------------------


def plain_argument(xs):
    """Nothing shows that the argument can be empty."""
    return sum(xs) / len(xs)


def early_return(losses):
    """An empty list has returned."""
    finite = [loss for loss in losses if loss.isfinite()]
    if not finite:
        return 0.0
    return sum(finite) / len(finite)


def early_return_on_the_length(losses):
    """As above, by the length."""
    finite = [loss for loss in losses if loss.isfinite()]
    if len(finite) == 0:
        return 0.0
    return sum(finite) / len(finite)


def conditional_expression(losses):
    """The division is reached with members only."""
    finite = [loss for loss in losses if loss.isfinite()]
    return sum(finite) / len(finite) if finite else 0.0


def clamped(losses):
    """The divisor is at least one."""
    finite = [loss for loss in losses if loss.isfinite()]
    return sum(finite) / max(len(finite), 1)


def asserted(losses):
    """The assertion raises first."""
    finite = [loss for loss in losses if loss.isfinite()]
    assert len(finite) > 0
    return sum(finite) / len(finite)


def _require_members(xs):
    if not len(xs) > 0:
        raise ValueError("no members")


def checked_by_a_helper(losses):
    """The helper raises for an empty list."""
    finite = [loss for loss in losses if loss.isfinite()]
    _require_members(finite)
    return sum(finite) / len(finite)


def as_long_as_the_argument(xs):
    """A comprehension without a condition is as long as what it runs over."""
    squares = [x * x for x in xs]
    return sum(squares) / len(squares)


def appended_in_every_branch(xs):
    """Each branch of the loop appends."""
    out = []
    for x in xs:
        if x > 0:
            out.append(x)
        else:
            out.append(-x)
    return sum(out) / len(out)


def default_where_the_argument_is_empty(xs):
    """The name stands for another list where the argument is empty."""
    if len(xs) == 0:
        xs = [1.0]
    return sum(xs) / len(xs)


def literal_divisor(x: torch.Tensor):
    """The divisor is a literal."""
    return x.shape[0] // 2


def configured(hidden_size: int, heads: int):
    """A hyperparameter; nothing shows that it can be 0."""
    return hidden_size // heads


def formatted(parts):
    """Formatting is no division."""
    present = [part for part in parts if part]
    return "%d parts" % len(present)


def guarded_loop(batches):
    """The loop is left before the division where nothing was kept."""
    means = []
    for batch in batches:
        kept = [row for row in batch if row is not None]
        if not kept:
            continue
        means.append(sum(kept) / len(kept))
    return means


def weighted_mean(x: torch.Tensor, weight: torch.Tensor):
    """The divisor is a tensor; nothing raises."""
    return (x * weight).sum() / weight.sum()


def normalised(kernel: torch.Tensor):
    """As above."""
    return kernel / kernel.sum()


def formatted_over_lines(x: torch.Tensor, count: int):
    """A remainder of a text is a text with something put in: nothing is divided."""
    if count == 0:
        print("nothing")
    return (
        "this text is so long that it has to be written over two lines, which are joined to one, "
        "and what is put into the text is the number of elements that there are: %d" % count
    )


def made_sure_elsewhere(x: torch.Tensor, steps: int, exact: bool):
    """An assertion says that the author excludes it, not that it happens."""
    if exact:
        assert steps > 0
        return x
    return x.shape[0] // steps


def full_batches(rows: list[torch.Tensor], size: int):
    """The list has no member in the first iteration only: its length is not compared with 0."""
    batch = []
    total = len(rows) / size
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            batch = []
    return total


def refused(rows: torch.Tensor, sizes: list[int], strict: bool):
    """What a check refuses does not happen on other paths either."""
    if strict and any(size <= 0 for size in sizes):
        raise ValueError(sizes)
    return [rows.shape[0] // size for size in sizes]


def default_number(dim: int, heads: int, kv_heads: int, head_dim: int | None = None):
    """`or` supplies what was not given."""
    width = dim // heads if head_dim is None else head_dim
    return width, kv_heads or heads


def wider(channels: int, factor):
    """A factor below 1 is not 0."""
    stem = channels / factor if factor < 1.0 else channels
    return stem, channels // factor


def empty_as(text: str, parts: list[str], width: int):
    """The helper asks something of its own argument, not of this one."""
    return joined_over(text, width), len(parts) // width


def joined_over(text: str, length: int):
    """Callee of the above."""
    return text if length == 0 else text[:length]


def mean_over_a_guarded_counter(batches):
    """The list that is filled beside the counter is asked for."""
    total, seen, names = 0.0, 0, []
    for batch in batches:
        if batch.valid:
            total += batch.loss
            names.append(batch.name)
            seen += 1
    return total / seen if names else 0.0


def rate_over_all(batches):
    """Nothing says that there may be no batch."""
    correct, seen = 0, 0
    for batch in batches:
        seen += 1
        if batch.correct:
            correct += 1
    return correct / seen


def stepped_every(pipe, every: int = 1, rescale: float = 0.0):
    """Callee of the next: it asks something of another argument."""
    if rescale > 0.0:
        pipe.rescale(rescale)
    return 10 % every


def spread_over_parameters(pipe, *args, **options):
    """Two parameters that are filled from one star get two arguments."""
    return stepped_every(pipe, *args, **options)


def told_apart(scale: int, every: int):
    """Callee of the next."""
    return 0 if scale == 0 else scale // every


def spread_over_annotated(numbers: List[int]):
    """As above, from a list of numbers."""
    return told_apart(*numbers)


def behind_a_star(numbers, every: int):
    """Which parameter gets what follows a star is not known."""
    if every == 0:
        numbers.clear()
    return told_apart(*numbers, every)


def two_members_unpacked(numbers: List[int]):
    """It is the other member that is asked for."""
    first, second = numbers
    return 0 if second == 0 else 10 // first


def two_members_by_position(*numbers):
    """As above."""
    return 0 if numbers[1] == 0 else 10 // numbers[0]


def true_numbers_are_not_zero(step, every, scale, parts, config):
    """A number that is compared elsewhere is asked whether it is true: then it is not 0."""
    period = config["period"]
    if every > 0 and scale > 0 and period > 0 and len(parts) > 0:
        print("all given")
    if every and step % every == 0:
        print(step)
    if period:
        print(step // period)
    mean = step / len(parts) if parts else 0
    if not scale:
        return mean
    return step / scale + step / (every or 1)


class Periodic:
    """As above, for an attribute."""

    def log(self, step):
        if self.every > 0:
            print("periodic")
        if self.every is not None and self.every and step % self.every == 0:
            print(step)


def left_for_good(losses, parser):
    """The process, or the test, has ended where there is no member."""
    finite = [loss for loss in losses if loss.isfinite()]
    if not finite:
        sys.exit(1)
    small = [loss for loss in finite if loss < 1] or sys.exit("none is small")
    large = [loss for loss in finite if loss > 9]
    if not large:
        parser.error("none is large")
    return sum(finite) / len(finite) + sum(small) / len(small) + sum(large) / len(large)


class Losses(unittest.TestCase):
    """As above, by an assertion."""

    def test_mean(self, losses):
        finite = [loss for loss in losses if loss.isfinite()]
        self.assertGreater(len(finite), 0)
        small = [loss for loss in finite if loss < 1]
        self.assertTrue(small)
        return sum(finite) / len(finite) + sum(small) / len(small)


def slope(width: int, height: int, steep: int, bend):
    """The test behind the branches asks for whatever the branches have made of it."""
    across, along = width - height, height - width
    if across < 0:
        across, along = -across, -along
    if steep > 3:
        across = across - steep
    if across < 0:
        across = bend(across)
    if along == 0:
        return 0
    if across != 0:
        return -along / across
    return height / along


def slope_of_unknown(left, right, low, high):
    """As above, of numbers that need not be integers."""
    across, along = right - left, low - high
    if along < 0:
        across, along = -across, -along
    if across != 0:
        return -along / across
    return 0


def dropped(x: torch.Tensor, p: float, training: bool):
    """A number above 0 need not be at least 1: nothing shows that this one may be 1."""
    if not training or p <= 0:
        return x
    return x.sum() / (1 - p)


def dropped_by_default(total, p=0.5, q=1.5):
    """As above, told by the defaults."""
    if p > 0 and q > 1:
        return total / (1 - p) + total / (2 - q)
    return total


def logit(draw):
    """The check tells that it lies between 0 and 1, which one of the literals alone tells as well."""
    while True:
        u, v = draw(), draw()
        if not 1e-7 < u < 0.9999999:
            continue
        if not 0.0 <= v < 1.0:
            raise ValueError
        return u / (1.0 - u) + (v / (1 - v) if v > 0 else 0)


class Dropout:
    """As above, in an attribute."""

    def __init__(self, p: float = 0.5, floor=0.1):
        self.p = p
        self.floor = floor

    def forward(self, total, width: float):
        if self.p > 0 and self.floor > 0 and width < 1:
            return total / (1 - self.p) + total / (1 - self.floor) + total / width
        return total


def cooled(logits, temperature: float, floor: float):
    """Each is tested for what it is divided by."""
    if temperature == 0.0 or floor < 1e-6:
        return logits
    if floor < temperature:
        return logits / (temperature - floor)
    return logits / temperature + logits / floor


def as_many_as_the_others(losses, weights, names):
    """The numbers are the same, and the last of them is not 0."""
    kept = [loss for loss in losses if loss.isfinite()]
    used = [weight for weight in weights if weight > 0]
    if len(kept) != len(used):
        raise ValueError("as many weights as losses")
    assert len(used) == len(names)
    if len(names) == 0:
        return 0.0
    return sum(kept) / len(kept)


def shuffled(rows: torch.Tensor, count: int):
    """Of a tensor without entries nothing is divided."""
    if count == 0:
        print("no rows")
    return torch.randperm(count) % count, rows[:count] / count, torch.arange(count) // count


def shared_rows(rows: torch.Tensor):
    """As above, by the number of rows."""
    if rows.size(0) == 0:
        print("no rows")
    return rows / rows.size(0), rows.div(len(rows))


def positive_mean(values):
    """The number of elements of an array is an attribute of numpy's, a method of torch's."""
    positive, places = values[values > 0], np.flatnonzero(values)
    if positive.size == 0 or not places.size:
        return 0
    rows = values[values > 1]
    if rows.size(0) > 0:
        return rows.sum() / len(rows)
    return positive.sum() / len(positive) + positive.sum() / positive.size + 1 / len(places)


def mean_where_any_passes(losses):
    """The test asks whether one member passes the filter."""
    if not any(loss.isfinite() for loss in losses):
        return 0.0
    finite = [loss for loss in losses if loss.isfinite()]
    return sum(finite) / len(finite)


def mean_unless_all_fail(losses):
    """The test refuses that every member fails the filter."""
    finite = [loss for loss in losses if loss.isfinite()]
    if all(not loss.isfinite() for loss in losses):
        return 0.0
    return sum(finite) / len(finite)


def mean_where_the_first_is_there(losses):
    """Without a first member the handler returns."""
    finite = [loss for loss in losses if loss.isfinite()]
    try:
        first = finite[0]
    except IndexError:
        return None
    return first / len(finite)


def mean_of_the_others(losses):
    """The default has a member, and the list that is not empty has one."""
    first, *others = [loss for loss in losses if loss.isfinite()] or [torch.zeros(1)]
    return first / (1 + len(others))


@dataclass
class Share:
    rows: torch.Tensor
    n: int


def mean_of_a_share(share: Share, mask: torch.Tensor):
    """The first case is taken where nothing is selected."""
    share = Share(share.rows[mask > 0], int((mask > 0).sum()))
    match share:
        case Share(n=0):
            return None
        case Share(rows=rows, n=n):
            return rows.sum() / n


def mean_of_stored_parts(xs: list[torch.Tensor]):
    """Only parts that are not empty are stored."""
    parts = []
    for x in xs:
        part = x[x > 0]
        if len(part):
            parts.append(part)
    return [part.sum() / len(part) for part in parts]


def rate_of_what_counts(loader, model):
    """The total is asked for."""
    correct = total = 0
    for x, y in loader:
        keep = y != -100
        correct += (model(x)[keep] == y[keep]).sum().item()
        total += int(keep.sum())
    return correct / total if total else 0.0


def mean_where_all_pass(losses):
    """As many pass as there are, and there are some."""
    finite = [loss for loss in losses if loss.isfinite()]
    assert len(finite) == len(losses) > 0
    return sum(finite) / len(finite)


class Schedule:
    """The sum that was compared is the one that is divided by."""

    def __init__(self, warm, keep):
        self.warm = warm
        self.keep = keep
        self.n = 0

    def step(self):
        self.n += 1
        return self.scale()

    def scale(self):
        n, warm = self.n, self.warm
        if n <= warm:
            return 0.0
        elif n <= warm + self.keep:
            return 1.0
        return warm / (n - self.keep)


def mean_that_every_caller_refutes(rows, total):
    """The only caller has returned where there are no rows."""
    result = total / len(rows)
    if len(rows) == 0:
        return 0.0
    return result


def the_only_caller(rows, total):
    if len(rows) == 0:
        return None
    return mean_that_every_caller_refutes(rows, total)


class Logger:
    """Nothing is logged unless the interval is positive."""

    def step(self, batch):
        if self.interval > 0:
            self.log(batch)

    def log(self, batch):
        if batch % self.interval == 0 and self.interval > 0:
            print(batch)


def scaled_by_a_number_less_one(difference: torch.Tensor, scale):
    """That a tensor is multiplied by a number less one does not make the number a count."""
    factor = scale**2 - 1
    return 3 / factor * (factor * difference)


def compared_with_a_default(step=None, period=None):
    """Nobody has asked whether the period is 0: the step may be."""
    if step is None:
        step = 0
    if step >= period:
        return step % period
    return step


def compared_with_what_is_tested(step, period, last=0):
    """The truth that is asked for is that of the step."""
    if last < 0:
        step = 0
    if step and step >= period:
        return step % period
    return step


def lifted_by_the_smallest_number(loss, labels: torch.Tensor, ignored):
    """A difference of counts is an integer, and the smallest number lies between two of those."""
    kept = labels.numel() - (labels == ignored).sum().item()
    smallest = torch.finfo(torch.float32).eps
    return loss.sum() / (kept + smallest) + loss.sum() / (np.finfo(np.float32).tiny + kept)


def lifted_by_a_literal(loss, labels: torch.Tensor, ignored):
    """As above, with a literal; what is in place is lifted as well."""
    kept = labels.numel() - (labels == ignored).sum().item()
    kept += 1e-6
    return loss.sum() / kept + loss.sum() / (sys.float_info.epsilon + kept)


def at_least_a_constant_of_the_module(loss, mask: torch.Tensor):
    """A constant of the module that is a small positive number is one here."""
    return loss.sum() / max(mask.sum().item(), SMALLEST), loss.sum() / (mask.sum() + SMALLEST)


class Bounded:
    """A number of which nothing tells that it may be 0 holds the other one up."""

    def __init__(self, little=1e-5):
        self.little = little

    def mean(self, loss, mask: torch.Tensor):
        return loss.sum() / max(mask.sum().item(), self.little)

    def mean_with_a_default(self, loss, mask: torch.Tensor, floor=1e-8):
        kept = mask.sum().item()
        return loss.sum() / max(kept, floor)


def compared_with_an_empty_list(xs):
    """The list is compared with an empty one."""
    kept = [x for x in xs if x.ok]
    if kept == []:
        return None
    return sum(kept) / len(kept)


def other_than_an_empty_list(xs):
    """So it is here."""
    kept = [x for x in xs if x.ok]
    return sum(kept) / len(kept) if kept != [] else 0


def truth_compared_with_false(xs):
    """Its truth is compared with a literal."""
    kept = [x for x in xs if x.ok]
    if bool(kept) is False:
        return None
    return sum(kept) / len(kept)


def comparison_compared_with_true(xs):
    """And so is what a comparison gives."""
    kept = [x for x in xs if x.ok]
    if (len(kept) == 0) is True:
        return None
    return sum(kept) / len(kept)


def flag_set_beside_the_append(xs):
    """The flag is set where a member is added."""
    kept, found = [], False
    for x in xs:
        if x.ok:
            kept.append(x)
            found = True
    if not found:
        return None
    return sum(kept) / len(kept)


def first_remembered_beside_the_append(xs):
    """There is a first one where there is a member."""
    kept, first = [], None
    for x in xs:
        if x.ok:
            kept.append(x)
            if first is None:
                first = x
    if first is None:
        return None
    return sum(kept) / len(kept)


def flag_taken_back_beside_the_append(xs):
    """The flag is taken back where a member is added."""
    kept, nothing = [], True
    for x in xs:
        if x.ok:
            kept.append(x)
            nothing = False
    return None if nothing else sum(kept) / len(kept)


def all_are_bad(xs):
    """What is left is not nothing where not all are bad."""
    bad = [x for x in xs if not x.ok]
    if len(bad) == len(xs):
        return None
    return 1 / (len(xs) - len(bad))


def nearly_nothing(mask: torch.Tensor, total):
    """A count below a millionth is 0."""
    n = mask.sum().item()
    if abs(n) < 1e-6:
        return 0
    return total / n


def close_to_nothing(mask: torch.Tensor, total):
    """An integer that is close to 0 is 0."""
    n = int(mask.sum())
    if math.isclose(n, 0):
        return 0
    return total / n


def mean_of_each_value_that_occurs(x: torch.Tensor, ids: torch.Tensor):
    """Each value occurs at least once."""
    return [x[ids == i].sum() / (ids == i).sum() for i in torch.unique(ids).tolist()]


def share_of_each_member(x: torch.Tensor, ids: torch.Tensor):
    """So does each member of a set of them."""
    return {i: x.size(0) / int((ids == i).sum()) for i in set(ids.tolist())}


def unique_of_some(assigned: torch.Tensor, pos: torch.Tensor):
    """Something that is not empty has a unique value."""
    if pos.numel() == 0:
        return None
    return 4 / len(assigned[pos].unique())


class CountedFirst:
    """The method that counts is the one that calls the reader."""

    def __init__(self):
        self.step = 0

    def fit(self, loader):
        for batch in loader:
            self.step += 1
            self.update(batch)

    def update(self, loss):
        return loss / self.step


def mean_over_a_clamped_mask(loss: torch.Tensor, target: torch.Tensor):
    """At least one is divided by."""
    valid = target >= 0
    return (loss * valid).sum() / valid.sum().clamp(min=1)


def mean_over_a_mask_that_is_asked_for(loss: torch.Tensor, target: torch.Tensor):
    """Some entry is valid."""
    valid = target >= 0
    if not valid.any():
        return loss.sum() * 0
    return loss[valid].sum() / valid.sum()


def mean_whose_nan_is_replaced(x: torch.Tensor, target: torch.Tensor):
    """The NaN of a row without valid entries is replaced."""
    valid = target >= 0
    return torch.nan_to_num((x * valid).sum(dim=1) / valid.sum(dim=1))


def repeated_to_match_a_batch_that_is_there(hidden: torch.Tensor, tensor: torch.Tensor):
    """An empty batch is refused."""
    if tensor.shape[0] == 0:
        raise ValueError("nothing to repeat")
    return tensor.repeat(hidden.shape[0] // tensor.shape[0], 1)


def patches_of_an_image(image: torch.Tensor, kernel: torch.Tensor):
    """The extents are not those of batches."""
    return image.shape[2] // kernel.shape[2]


def any_passes_the_same_test(xs):
    """One passes the test that is counted."""
    if not any(x > 0 for x in xs):
        return 0.0
    return 1.0 / sum(1 for x in xs if x > 0)


def not_all_fail_the_test(xs):
    """Not all fail it."""
    if all(x <= 0 for x in xs):
        return 0.0
    return 1.0 / len([x for x in xs if x > 0])


def left_after_those_that_are_skipped(scores: torch.Tensor, margin: float):
    """That none is skipped does not make what is left small."""
    left = scores.numel()
    skipped = (scores > margin).sum().item()
    if skipped:
        left -= skipped
    return skipped / left


def zero_is_one_of_two_lengths(words: list, others: list, stem):
    """A length of 0 is looked for among the lengths, whichever lists they are of."""
    mine = [word for word in words if len(word) > 3] if stem else [word for word in words if word]
    theirs = [word for word in others if word]
    number, other = len(mine), len(theirs)
    if 0 in (number, other):
        return 0.0
    return 1.0 / number + 1.0 / other


def same_expression(matching: dict[int, torch.Tensor], total: dict[int, torch.Tensor]):
    """The divisor is asked for in the same expression."""
    return {n: matching[n] / total[n] if total[n] > 0 else torch.tensor(0.0) for n in matching}


def where_it_is_not_zero(hits: torch.Tensor, labels: torch.Tensor, ignored: int):
    """What is divided by 0 is not taken."""
    kept = labels[labels != ignored]
    number = 2 * kept.numel()
    return torch.where(number != 0, hits / number, torch.zeros_like(hits))


def replaced_where_all_are_negative(state: torch.Tensor, label: int):
    """The result is replaced where nothing was counted."""
    found = torch.cumsum((state == label).long(), dim=0)
    recall = found / found[-1]
    if (state == 0).all():
        recall = torch.ones_like(recall)
    return recall


def up_to_a_length(x: torch.Tensor, lengths: torch.Tensor):
    """What a row is filled up with is left out, and no row has nothing else: low confidence."""
    mask = torch.arange(x.size(1), dtype=lengths.dtype).expand_as(x) < lengths.unsqueeze(1)
    return (x * mask).sum(1) / mask.sum(1)


def views_of_one_batch(anchors: torch.Tensor, targets: torch.Tensor):
    """Nothing compares the batches, of which one holds several views of the other."""
    views = anchors.shape[0] // targets.shape[0]
    return targets.repeat_interleave(views, 0)


class Clipping:
    """What counts is called by the method that asks for the share, before it does."""

    def __init__(self):
        self.seen = 0
        self.clipped = 0

    def accumulate(self, norms: torch.Tensor):
        self.seen += len(norms)
        self.clipped += (norms > 1).sum()

    def step(self, norms: torch.Tensor):
        self.accumulate(norms)
        self.update_bound()

    def update_bound(self):
        return self.clipped / self.seen


def accuracy_of_all_kinds(predicted: torch.Tensor, target: torch.Tensor):
    """Each entry is of one of the four kinds."""
    hits = ((predicted == 1) & (target == 1)).sum()
    rejected = ((predicted == 0) & (target == 0)).sum()
    wrong = ((predicted == 1) & (target == 0)).sum()
    missed = ((predicted == 0) & (target == 1)).sum()
    return (hits + rejected) / (hits + rejected + wrong + missed)


def means_of_shares_with_rows(x: torch.Tensor, batch_sizes: list[int]):
    """Shares without rows are left out."""
    return [part.sum(0) / len(part) for part in x.split(batch_sizes) if len(part) > 0]


def rows_for_each(x: torch.Tensor, adapters):
    """Adapters are no batch."""
    if x.size(0) < len(adapters):
        return adapters[0](x)
    return x.split(x.size(0) // len(adapters))


def mean_over_those_of_the_same_class(similarity: torch.Tensor, labels: torch.Tensor):
    """Each row is of its own class."""
    same = torch.eq(labels[:, None], labels[None]).float()
    return (same * similarity).sum(1) / same.sum(1)


def mean_of_each_speaker(pitch: torch.Tensor, speakers: torch.Tensor):
    """Each speaker is that of some entry, and each entry is of a speaker."""
    everybody = torch.unique(speakers)
    speaks = (speakers == everybody[:, None]).float()
    return (pitch * speaks).sum(1) / speaks.sum(1), speaks / speaks.sum(0, keepdim=True)


def mean_of_each_speaker_by_columns(pitch: torch.Tensor, speakers: torch.Tensor):
    """So it is where the speakers are columns, and where a function compares."""
    everybody, _ = torch.unique(speakers, return_inverse=True)
    speaks = torch.eq(speakers.view(-1, 1), everybody)
    return (pitch[:, None] * speaks).sum(0) / speaks.sum(0)


def _kinds_of(rows):
    return torch.unique(rows, dim=0)


def _same_from(same, axis):
    return torch.all(same.reshape(*same.shape[:axis], -1), dim=-1)


def mean_of_each_kind_of_row(x: torch.Tensor, rows):
    """Each kind is that of some row, whoever makes the kinds and compares what a row consists of."""
    kinds = _kinds_of(rows)
    of_kind = _same_from(rows == kinds.unsqueeze(1), 2)
    of_kind = torch.t(of_kind)
    return (x.unsqueeze(1) * of_kind).sum(0) / torch.sum(of_kind, dim=0)


def mean_of_each_kind_of_grey(x: np.ndarray, rows: np.ndarray):
    """And so it is in numpy."""
    kinds = np.unique(rows, axis=0)
    of_kind = (rows == kinds[:, None]).all(axis=-1)
    return x / of_kind.sum(axis=1)


def shares_of_the_weights_of_each_speaker(weights: torch.Tensor, speakers: torch.Tensor):
    """What is weighed is there; what the weights are nothing tells."""
    speaks = speakers == speakers.unique().unsqueeze(1)
    weighed = weights * speaks
    return weighed / weighed.sum(1, keepdim=True)


class Drawn:
    """How wide a picture is for its height: what is counted are no batches that fit into each other."""

    def ratio(self):
        height = max(len(self.left), len(self.right))
        width = len(self.out)
        if height / width < 0.5:
            height = 0.5 * width
        return height
