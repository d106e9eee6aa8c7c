"""SG301: a reduction without identity over what may be empty.

`# error: CODE column` stands on the line of the reduction. Every function without a marker must stay
silent; its docstring says why it is right.
"""

import statistics

import numpy as np
import torch


# --- flagged ------------------------------------------------------------------------------------


def hardest_negative(distances: torch.Tensor, same: torch.Tensor):
    others = distances[~same]
    return others.max()  # error: SG301 12


def box_around_a_mask(mask: torch.Tensor):
    y, x = torch.where(mask != 0)
    left = torch.min(x)  # error: SG301 12
    return left, torch.max(y)  # error: SG301 18


def longest_of_those_that_pass(sentences):
    lengths = [len(each) for each in sentences if each.text]
    return max(lengths)  # error: SG301 12


def last_start_before(starts, offset):
    return max(start for start in starts if start <= offset)  # error: SG301 12


def widest_of_a_list_filled_under_a_condition(images, size):
    widths = []
    for image in images:
        if image.height == size:
            widths.append(image.width)
    return max(widths, key=abs)  # error: SG301 12


def best_along_the_narrowed_axis(scores: torch.Tensor, valid: torch.Tensor):
    kept = scores[valid > 0]
    best, _ = kept.max(dim=0)  # error: SG301 15
    return best, kept.argmax(0)  # error: SG301 18


def largest_share(x: torch.Tensor, batch_sizes: list[int]):
    if sum(batch_sizes) != x.size(0):
        raise ValueError(batch_sizes)
    return [part.amax() for part in x.split(batch_sizes)]  # error: SG301 13


def median_of_the_selected_rows(x: torch.Tensor, keep: torch.Tensor):
    rows = x[keep > 0]
    return rows.median(dim=0), rows.quantile(0.9, dim=0)  # error: SG301 12  # error: SG301 32


def infinity_norm(grads: torch.Tensor, used: torch.Tensor):
    return torch.linalg.norm(grads[used > 0], ord=float("inf"))  # error: SG301 12


def range_of_the_finite(values: torch.Tensor):
    finite = values[torch.isfinite(values)]
    return torch.aminmax(finite)  # error: SG301 12


def highest_version(names, pattern):
    found = [name for name in names if pattern.search(name)]
    versions = [int(name[-1]) for name in found]
    return statistics.mean(versions)  # error: SG301 12


def tested_in_the_other_branch(xs: torch.Tensor, whole: bool):
    if whole:
        if xs.size(0) == 0:
            return None
        return xs.max(dim=0)
    return xs.min(dim=0)  # error: SG301 12


def guard_on_another_mask(x: torch.Tensor, a: torch.Tensor, b: torch.Tensor):
    if not a.any():
        return x.sum()
    return x[a].max() + x[b > 0].max()  # error: SG301 25


def size_asked_for_too_late(cached: torch.Tensor, rows: int, length: int):
    return torch.max(cached) >= length or cached.size(0) != rows  # error: SG301 12


def largest_positive(values: np.ndarray):
    return np.max(values[values > 0])  # error: SG301 12


def tested_before_it_is_narrowed_again(x: torch.Tensor, keep: torch.Tensor):
    if x.size(0) == 0:
        return None
    return x[keep > 0].max()  # error: SG301 12


# --- silent -------------------------------------------------------------------------------------


def plain_argument(x: torch.Tensor):
    """Nothing shows that there may be no element."""
    return x.max()


def under_any(x: torch.Tensor, mask: torch.Tensor):
    """The mask selects something."""
    return x[mask].min() if mask.any() else x.new_zeros(())


def under_any_of_the_members(x: torch.Tensor, inside: torch.Tensor):
    """What has a member that counts is not empty."""
    x, y = x[:, 0][inside > 0], x[:, 1][inside > 0]
    return y.min() if any(x) else torch.zeros(1)


def left_where_nothing_is_selected(x: torch.Tensor, mask: torch.Tensor):
    """The function has returned where there is no element."""
    kept = x[mask]
    if kept.numel() == 0:
        return None
    return kept.max(), kept.argmin()


def along_another_axis(scores: torch.Tensor, valid: torch.Tensor):
    """The reduced axis is not the one that may be 0: the result has no rows."""
    kept = scores[valid > 0]
    return kept.max(dim=1).values


def size_asked_for_in_front(cached: torch.Tensor, rows: int, length: int):
    """The condition asks for the size first."""
    return cached.size(0) != rows or torch.max(cached) >= length


def has_a_default(sentences):
    """The largest of nothing is given."""
    return max((len(each) for each in sentences if each.text), default=0)


def of_a_list_and_one_more(lengths):
    """There is always the one that is written."""
    kept = [length for length in lengths if length > 3]
    return max([*kept, 1])


def of_two_tensors(x: torch.Tensor, y: torch.Tensor, mask: torch.Tensor):
    """Two tensors are compared, entry by entry: no axis is reduced."""
    return torch.max(x[mask], y[mask])


def has_an_identity(x: torch.Tensor, mask: torch.Tensor):
    """The sum of nothing is 0, and nothing is true of some of nothing."""
    kept = x[mask > 0]
    return kept.sum(), kept.any(), kept.norm(), torch.logsumexp(kept, 0)


def skipped_in_a_loop(images):
    """The rest of the body is not reached without boxes."""
    best = []
    for image in images:
        scores = image.scores[image.valid > 0]
        if len(scores) == 0:
            continue
        best.append(scores.max())
    return best


def appended_in_every_iteration(batches):
    """The list is as long as what the loop runs over."""
    sizes = []
    for batch in batches:
        sizes.append(len(batch))
    return max(sizes)


def each_class_occurs(x: torch.Tensor, labels: torch.Tensor):
    """Every value that occurs selects a row."""
    return [x[labels == label].amax() for label in labels.unique()]


def where_any_entry_counts(x: torch.Tensor, weight: torch.Tensor):
    """Something that is true of an entry is true of no entry where there is none."""
    rows = x * weight
    if len(rows) == 0:
        print("no rows")
    if not torch.any(rows):
        return rows.sum()
    return rows.max()


def as_many_as_that_pass(embeddings):
    """That one of them passes a test is asked for, not that there is one."""
    longest = max(each.size(1) for each in embeddings)
    if any(each.grad is None for each in embeddings):
        return None
    return longest


def of_a_type(xs):
    """A test of the type says nothing about the length."""
    largest = max(xs)
    return largest if isinstance(xs, list) else None


class Extremes:
    """The constructor refuses an empty list."""

    def __init__(self, rows: list[torch.Tensor]):
        if not rows:
            raise ValueError("no rows")
        self.rows = rows

    def largest(self):
        return max(row.size(0) for row in self.rows)


def caught(x: torch.Tensor, mask: torch.Tensor):
    """The error of an empty selection is what the handler is for."""
    try:
        return x[mask > 0].max()
    except RuntimeError:
        return None


def others_of_each_row(scores: torch.Tensor, classes: torch.Tensor):
    """What is viewed with as many entries in each row was not selected at random."""
    own = torch.nn.functional.one_hot(classes, scores.shape[1]).bool()
    return scores[~own].view(scores.shape[0], -1).max(dim=1)


def asked_in_the_same_expression(x: torch.Tensor, keep: torch.Tensor, kinds: list[str]):
    """What it is applied to is asked for in front of it, whichever it is."""
    chosen = {kind: x[keep > 0] if kind == "kept" else x for kind in kinds}
    smallest = lambda values: values.min() if values.numel() > 0 else float("inf")  # noqa: E731
    return [smallest(chosen[kind]) for kind in kinds]


def left_for_the_same_text(x: torch.Tensor, kind: str):
    """What is asked of a text has the same answer each time; nothing of the rank is left."""
    if x.ndim == 2 and x.shape[0] == 0:
        if kind.endswith("int8"):
            return None
    if kind.endswith("int8"):
        return x.amin(0)
    return x


def part_whose_sum_is_asked_for(x: torch.Tensor, target: torch.Tensor):
    """There is an entry where the sum is not 0, in the part that some rows select."""
    counts = (x.reshape(-1, 1) == torch.arange(9)).sum(dim=0)
    parts = torch.split(target, counts.tolist(), dim=0)
    return [part.max() for part in parts if part.sum()]


def called_a_mask(x: torch.Tensor, mask: torch.Tensor):
    """Of what is called a mask nobody says that it may select nothing: low confidence."""
    return x[mask].max()


def of_those_that_have_one(loaders: list):
    """What has no such attribute is of another kind, which is passed beside them: low confidence."""
    sizes = [each.batch_size for each in loaders if hasattr(each, "batch_size")]
    return min(sizes)


def best_of_each_kind(x, kinds):
    """Each is of its own kind, so that there is one."""
    found = []
    for i in range(len(kinds)):
        same = kinds == kinds[i]
        found.append(x[same].max())
    return found


def behind_all_of_the_others(logits, labels):
    """Where all labels are ignored nothing is selected, and nobody gets here."""
    if labels.eq(-100).all():
        return logits.sum() * 0
    return logits[labels != -100].max()


def of_both_sides(scores: torch.Tensor, labels: torch.Tensor):
    """There are some of either kind."""
    positive = labels > 0
    if 0 < positive.sum() < len(positive):
        return scores[positive].min() - scores[~positive].max()
    return None


def counted_one_way_and_the_other(scores, labels):
    """What is left out is counted by subtraction."""
    keep = labels > 0
    kept = int(keep.sum())
    others = len(keep) - kept
    if kept == 0 or others == 0:
        return None
    return scores[~keep].max() + scores[keep].max()


def where_the_largest_is_above(x: torch.Tensor, limit: float):
    """The largest is above the limit, and is selected."""
    if x.max() < limit:
        return None
    return x[x >= limit].min()


def not_below_the_mean(x: torch.Tensor):
    """Something is not below the mean."""
    return x[x >= x.mean()].min()


def up_to_the_last_end(ids: torch.Tensor, end: int):
    """It occurs, so that it is found."""
    if end not in ids:
        return len(ids)
    return torch.nonzero(ids == end).max()


def of_those_with_the_bit(x, mask):
    """A sum of ones and zeros that is not 0 says that there is a one."""
    if mask.sum() == 0:
        return None
    return x[mask == 1].max()


def largest_divisor(number: int, root: int):
    """One divides every number."""
    return max(each for each in range(1, root + 1) if number % each == 0)


def largest_of_those_found(ids, labels):
    """That something is looked for in a list says nothing about how many there are."""
    existing = set(ids.view(-1).tolist())
    labels = {label: i for label, i in labels.items() if i in existing}
    return max(existing) + 1, labels


def of_each_batch(ratios, number: int, size: int):
    """Each position is one of all positions."""
    batch = np.floor(np.arange(number) / size).astype(int)
    return [ratios[batch == i].min() for i in range(batch[-1] + 1)]


def not_far_below_the_largest(energy: torch.Tensor, margin: float):
    """The largest is selected, however small the margin is."""
    largest = torch.max(energy)
    loud = torch.squeeze(energy - largest + margin > 0)
    return energy[loud].min()


def largest_of_shares_with_rows(x: torch.Tensor, batch_sizes: list[int]):
    """Bounds that are apart have rows between them."""
    for i in range(len(batch_sizes)):
        low, high = sum(batch_sizes[:i]), sum(batch_sizes[: i + 1])
        if low == high:
            continue
        yield x[low:high].max(0).values


def largest_of_shares_from_a_size(x: torch.Tensor, batch_sizes: list[int]):
    """An empty share is left out by its size."""
    for i, size in enumerate(batch_sizes):
        if not size:
            continue
        start = sum(batch_sizes[:i])
        yield x[start : start + size].max(0).values


def largest_of_shares_by_position(x: torch.Tensor, batch_sizes: list[int]):
    """A size that is looked up once more is the same."""
    for i in range(len(batch_sizes)):
        if batch_sizes[i] < 1:
            continue
        bounds = (sum(batch_sizes[:i]), sum(batch_sizes[: i + 1]))
        yield x[slice(*bounds)].max(0).values


def of_constant_entries(x: torch.Tensor):
    """What is selected is written out."""
    upper = torch.triu(torch.ones(5, 5), diagonal=1).bool()
    return x[upper].max()


def with_the_first_one_kept(p: torch.Tensor):
    """The first one is never removed."""
    removed = p.cumsum(-1) > 0.9
    removed[..., 0] = False
    return p[~removed].min()


def with_an_initial_value(values: np.ndarray, limit: float):
    """The largest of nothing is given."""
    return values[values > limit].max(initial=0.0)


class Rows:
    def __init__(self):
        self.rows = []

    def push(self, row):
        self.rows.append(row)

    def __len__(self):
        return len(self.rows)

    def largest(self):
        """The length of the object is that of its list."""
        return max(self.rows) if len(self) else None


def of_those_that_are_too_short(starts: np.ndarray, stops: np.ndarray, size: int, keep):
    """Where any is true there is one; it is asked of what an integer is turned into as well."""
    starts, stops = starts[keep > 0], stops[keep > 0]
    starts = np.array([starts]) if isinstance(starts, int) else starts
    if any(size > (stops - starts)):
        return (stops - starts).min()
    return None


def of_those_that_are_too_large(starts: np.ndarray, size: int, keep):
    starts = starts[keep > 0]
    return starts.min() if (starts > size).any() else None


def largest_of_each_class_that_is_counted(x: torch.Tensor, labels: torch.Tensor, n: int):
    """A class without rows is left out by its count."""
    counts = torch.bincount(labels, minlength=n)
    out = torch.zeros(n)
    for c in range(n):
        if counts[c] == 0:
            continue
        out[c] = x[labels == c].max()
    return out


def largest_of_each_class_that_occurs(x: torch.Tensor, labels: torch.Tensor, n: int):
    """The loop is over the classes with a count."""
    counts = torch.bincount(labels, minlength=n)
    out = torch.zeros(n)
    for c in counts.nonzero().flatten().tolist():
        out[c] = x[labels == c].max()
    return out


def largest_of_each_class_of_some_size(x: torch.Tensor, labels: torch.Tensor, n: int):
    """As above, by sizes that are counted one by one."""
    sizes = [int((labels == c).sum()) for c in range(n)]
    out = []
    for c, size in enumerate(sizes):
        if size > 0:
            out.append(x[labels == c].max())
    return out
