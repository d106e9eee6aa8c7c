"""SG305: the first or last member of what may have none.

`# error: CODE column` stands on the line of the lookup, or of the loop. Every function without a marker
must stay silent; its docstring says why it is right.
"""

import numpy as np
import torch


# --- flagged ------------------------------------------------------------------------------------


class Heads:
    """Each head gets the rows of its share; a share may have none."""

    def rows_of(self, output, batch):
        return output[batch[0] : batch[-1] + 1]  # error: SG305 23  # error: SG305 34

    def forward(self, outputs, cls_out):
        results = []
        for i, head in enumerate(self.heads):
            batch = range(sum(self.sizes[:i]), sum(self.sizes[: i + 1]))
            results.append(head(self.rows_of(outputs, batch), cls_out))
        return results


def first_of_a_filtered_list(rows):
    kept = [row for row in rows if row.valid]
    return kept[0].shape  # error: SG305 12


def last_of_a_list_filled_under_a_condition(children, modules):
    states = []
    for child in children:
        if child in modules:
            states.append(modules[child])
    return states[-1]  # error: SG305 12


def first_position(x: torch.Tensor, token: int):
    return (x == token).nonzero()[0]  # error: SG305 12


def rows_of_a_mask(mask: torch.Tensor):
    rows = torch.where(mask > 0)[0]
    return rows[0], rows[-1]  # error: SG305 12


def last_row_of_the_selected(x: torch.Tensor, keep: torch.Tensor):
    selected = x[keep > 0]
    return selected[-1]  # error: SG305 12


def first_of_an_iterator(samples):
    kept = [sample for sample in samples if sample.text]
    return next(iter(kept))  # error: SG305 12


def taken_off_the_end(samples):
    stack = [sample for sample in samples if sample.text]
    return stack.pop()  # error: SG305 12


def tested_too_late(xs: list[torch.Tensor]):
    first = xs[0]  # error: SG305 13
    if len(xs) == 0:
        return None
    return first


def bound_only_in_a_loop(samples):
    kept = [sample for sample in samples if sample.text]
    for position, sample in enumerate(kept):  # error: SG305 5
        print(sample)
    return position + 1


def bound_behind_the_first(means: torch.Tensor, counts: torch.Tensor):
    total = counts[0]
    for i in range(1, len(means)):  # error: SG305 5
        mean = (means[0] * total + means[i] * counts[i]) / (total + counts[i])
        total = total + counts[i]
    return mean


def unpacked(x: torch.Tensor, sizes: list[int]):
    parts = [part for part in x.split(sizes) if part.size(0) > 0]
    first = parts[0]  # error: SG305 13
    return first.size(0) + parts[0].size(1)


def tested_before_it_is_narrowed_again(x: torch.Tensor, keep: torch.Tensor):
    if x.size(0) == 0:
        return None
    return x[keep > 0][0]  # error: SG305 12


def tested_behind_the_lookup(rows: torch.Tensor):
    first = rows[0]  # error: SG305 13
    if rows.size(0) == 0:
        return None
    return first


def asked_twice(rows: np.ndarray, i: int, j: int):
    """Behind the first read the second one finds a member."""
    found = np.where(rows["t"] >= 3)[0]
    assert rows["x"][found[0], i] > 0  # error: SG305 22
    assert rows["x"][found[0], j] > 0


def read_twice_whatever_it_is(tokens, kind: int):
    """Behind the first read the second one finds a member, of the whole or of a part of it."""
    if tokens and tokens[0] == "":
        tokens = tokens[1:]
    if kind == 1:
        subject = tokens[-1]  # error: SG305 19
        return subject, tokens[-1]
    split = tokens[-3]  # error: SG305 13
    if split not in {"train", "eval"}:
        return None
    return split, tokens[-1]


def type_of_the_platform(*tensors, version=None):
    """Without tensors a version is put in, but not every build of torch has one for CUDA."""
    tensors = list(filter(torch.is_tensor, tensors))
    if version is None and len(tensors) == 0:
        version = torch.version.cuda
    versions = [] if version is None else [version]
    versions += [each.version for each in tensors]
    return versions[0]  # error: SG305 12



def picked_from_a_tensor(rows, index):
    """The first of the rows that are picked, which may be none."""
    if isinstance(index, torch.Tensor):
        return rows[index.flatten().nonzero()[0]]  # error: SG305 21
    return rows[index]


# --- silent -------------------------------------------------------------------------------------


def plain_argument(xs):
    """Nothing shows that there may be no member."""
    return xs[0], xs[-1]


def left_where_there_is_none(rows):
    """The function has returned where no member passes."""
    kept = [row for row in rows if row.valid]
    if not kept:
        return None
    return kept[0], kept[-1]


def conditional_expression(x: torch.Tensor, token: int):
    """There is a position."""
    found = (x == token).nonzero()
    return found[0] if len(found) > 0 else None


def both_halves_of_a_condition(rows):
    """The second half is evaluated where there is a member."""
    kept = [row for row in rows if row.valid]
    return bool(kept and kept[0].empty)


def in_a_loop_over_it(rows):
    """The body runs where there is a member."""
    kept = [row for row in rows if row.valid]
    return [row.size - kept[0].size for row in kept]


def slices(rows):
    """A slice of nothing is nothing."""
    kept = [row for row in rows if row.valid]
    return kept[:1], kept[-1:]


def has_a_default(rows):
    """The default stands for the first of nothing."""
    return next((row for row in rows if row.valid), None)


def searched(model, embedding):
    """A search says that something will be found."""
    return next(name for name, module in model.named_modules() if module is embedding)


def of_a_literal(x: torch.Tensor, y: torch.Tensor):
    """There are two members."""
    pair = [x, y]
    return pair[0], pair[-1]


def bound_before_the_loop(samples):
    """The name has a value where the loop does not run."""
    kept = [sample for sample in samples if sample.text]
    position = -1
    for position, sample in enumerate(kept):
        print(sample)
    return position + 1


def appended_in_every_branch(xs):
    """The list is as long as what the loop runs over."""
    out = []
    for x in xs:
        if x > 0:
            out.append(x)
        else:
            out.append(-x)
    return out[0]


def only_a_list_may_be_empty(states, name):
    """The branch goes on with the next where a list has no member."""
    for name in states:
        if isinstance(states[name], list) and len(states[name]) == 0:
            continue
        print(states[name][0])


def all_agree(config, keys):
    """What is asked of each member is not asked of none."""
    sizes = [getattr(config, key) for key in keys]
    if all(sizes[0] == size for size in sizes):
        return sizes[0]
    return None


def caught(rows):
    """The handler returns where there is no first."""
    kept = [row for row in rows if row.valid]
    try:
        return kept[0]
    except IndexError:
        return None


def else_of_a_loop(samples):
    """The function has left where the loop did not run."""
    kept = [sample for sample in samples if sample.text]
    if len(kept) < 2:
        raise ValueError("too few")
    for sample in kept:
        print(sample)
    return sample


def all_but_the_first(steps):
    """What is left out is told by its position."""
    results = []
    for i, step in enumerate(steps):
        if i == 0:
            continue
        results.append(step.compute())
    return results[0]


def while_tracing(levels):
    """It is filled where the very question is answered in the same way."""
    results = []
    for level in levels:
        if torch.jit.is_tracing():
            results.append(level.result)
        else:
            level.keep()
    return results[0] if torch.jit.is_tracing() else None


def other_columns(row):
    """Who leaves out one by its name knows others."""
    values = [value for key, value in row.items() if key != "name"]
    return values[0]


def found_by_its_name(modules, parameter: str):
    """A search says that something will be found."""
    return [i for i, (name, _) in enumerate(modules) if parameter.startswith(name)][0]


def layers_of_a_kind(layers):
    """So does who takes as many as he knows."""
    first, second = (i for i, layer in enumerate(layers) if isinstance(layer, torch.nn.ReLU))
    return first, second


def largest(x: torch.Tensor):
    """The largest of some is one of them."""
    if x.shape[0] == 0:
        return None
    return torch.where(x == x.max())[0][0]


def where_it_was_put(x: torch.Tensor, bounds: torch.Tensor):
    """What is looked for is a member of something."""
    x = torch.cat([x, bounds]).sort().values
    return torch.where(x == bounds[0])[0][-1]


def merged(values, means, kind: str):
    """The function asks whether there is one alone."""
    if len(values) == 1:
        if kind == "mean":
            return means[0]
        if kind == "value":
            return values[0]
    for i in range(1, len(values)):
        mean = means[i] + values[i]
    return mean


class Trained:
    """A model that is trained has parameters."""

    def parameters(self):
        found = []
        for group in self.groups:
            found += [p for p in group["params"] if p.requires_grad]
        return found

    def steps(self):
        sizes = []
        for p in self.parameters():
            sizes.append(len(p.grad_sample))
        return sizes[0]


def those_that_are_there(hidden, states=None, weights=None):
    """Of a few that are written out, one is there."""
    kept = tuple(each for each in [hidden, states, weights] if each is not None)
    return kept[0]


def first_of_those_found(fonts, wanted):
    """Where any is true there is one."""
    matches = [each for each in fonts if wanted in each]
    if any(matches):
        return matches[0]
    return None


def with_its_first_entry_positive(rows, least):
    """A vector that has a norm has an entry that is not 0, scaled or not (e3nn 0.6.0)."""
    found = []
    for x in rows:
        if x.norm() > least:
            x = x / x.norm()
            x[x.abs() < least] = 0
            found.append(x * x[x.nonzero()[0, 0]].sign())
    return found


def rows_of_an_array(labels, least: int):
    """`nonzero` of an array gives one array for each axis: the first of them is there."""
    return np.array([len(each) >= least for each in labels]).nonzero()[0].astype(int)


class Picked:
    """Of what was asked to be an array `nonzero` gives one array for each axis, too."""

    def whole(self, index):
        if isinstance(index, np.ndarray) and index.dtype == bool:
            return self.rows[index.flatten().nonzero()[0]]
        return self.rows[index]

    def either(self, index):
        if isinstance(index, torch.Tensor):
            index = index.flatten().nonzero().flatten()
        elif isinstance(index, np.ndarray):
            index = index.nonzero()[0]
        return self.rows[index]


def first_of_the_same_class(labels: torch.Tensor, i: int):
    """It is at least that row itself."""
    same = (labels == labels[i]).nonzero().flatten()
    return same[0]


class FirstActive:
    def forward(self, x):
        """Asked of the same members before."""
        if not any(name in self.lora_A for name in self.active_adapters):
            return x
        active = [name for name in self.active_adapters if name in self.lora_A]
        return active[0]


class TypesOfTensors:
    """Without tensors a type is put in: what torch has under a name, or makes, is not None."""

    def default(self, *tensors, dtype=None):
        tensors = list(filter(torch.is_tensor, tensors))
        if dtype is None and len(tensors) == 0:
            dtype = torch.get_default_dtype()
        dtypes = [] if dtype is None else [dtype]
        dtypes += [each.dtype for each in tensors]
        return dtypes[0]

    def named(self, *tensors, dtype=None):
        tensors = list(filter(torch.is_tensor, tensors))
        if dtype is None and len(tensors) == 0:
            dtype = torch.float32
        dtypes = [] if dtype is None else [dtype]
        dtypes += [each.dtype for each in tensors]
        return dtypes[0]

    def device(self, *tensors, device=None):
        tensors = list(filter(torch.is_tensor, tensors))
        if device is None and len(tensors) == 0:
            device = torch.device("cpu")
        devices = [] if device is None else [device]
        devices += [each.device for each in tensors]
        return devices[0]

    def generator(self, *tensors, source=None):
        tensors = list(filter(torch.is_tensor, tensors))
        if source is None and len(tensors) == 0:
            source = np.random.RandomState(0)
        sources = [] if source is None else [source]
        sources += [each.source for each in tensors]
        return sources[0]
