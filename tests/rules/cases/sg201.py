"""SG201: sizes of shares beside consumers of which there may be another number.

`# error: CODE column` stands on the line of the loop. Every function without a marker must stay silent;
its docstring says why it is right.
"""

import torch
from torch import Tensor, nn

# --- flagged ------------------------------------------------------------------------------------


class Shares:
    """A block whose sizes nobody compares with its children."""

    def __init__(self, *children, sizes):
        self.children = list(children)
        self.sizes = sizes if isinstance(sizes, list) else [sizes] * len(children)

    def __len__(self):
        return len(self.children)

    def __getitem__(self, key):
        return self.children[key]


class SumIsCompared(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers

    def compose(self, setup: Shares, hidden: Tensor):
        if sum(setup.sizes) != hidden.shape[0]:
            raise IndexError("the sizes do not add up to the batch")
        outputs = []
        for i, child in enumerate(setup):  # error: SG201 9
            rows = (sum(setup.sizes[:i]), sum(setup.sizes[: i + 1]))
            outputs.append(self.layers[child](hidden[slice(*rows)]))
        return torch.cat(outputs)

    def compose_columns(self, setup: Shares, hidden: Tensor):
        if sum(setup.sizes) != hidden.shape[1]:
            raise IndexError("the sizes do not add up to the sequence")
        outputs = []
        for i, child in enumerate(setup.children):  # error: SG201 9
            columns = sum(setup.sizes[:i]), sum(setup.sizes[: i + 1])
            outputs.append(self.layers[child](hidden[:, columns[0] : columns[1]]))
        return torch.cat(outputs, dim=1)

    def heads(self, outputs: Tensor, kwargs):
        if sum(self.active.sizes) != outputs.size(0):
            raise ValueError("the sizes do not match the batch")
        results = []
        labels = kwargs.pop("labels", None)
        for i, head in enumerate(self.active):  # error: SG201 9
            rows = range(sum(self.active.sizes[:i]), sum(self.active.sizes[: i + 1]))
            kwargs["labels"] = labels[rows] if labels is not None else None
            results.append(self.head_modules[head](outputs[rows], **kwargs))
        return results


def side_by_side(x: Tensor, layers: list, sizes: list[int]):
    assert sum(sizes) == len(x)
    outputs, offset = [], 0
    for layer, size in zip(layers, sizes):  # error: SG201 5
        outputs.append(layer(x[offset : offset + size]))
        offset += size
    return torch.cat(outputs)


def numbered_side_by_side(x: Tensor, experts, rows_of_experts):
    if sum(rows_of_experts) != x.size(0):
        raise ValueError("some rows belong to no expert")
    outputs, start = [], 0
    for i, (rows, expert) in enumerate(zip(rows_of_experts, experts)):  # error: SG201 5
        outputs.append(expert(x[start : start + rows], i))
        start += rows
    return torch.cat(outputs)


def pieces_side_by_side(x: Tensor, layers, sizes):
    assert x.shape[-1] == sum(sizes), "the sizes must add up to the features"
    outputs = []
    for layer, part in zip(layers, torch.split(x, sizes, dim=-1)):  # error: SG201 5
        outputs.append(layer(part))
    return torch.cat(outputs, dim=-1)


def pieces_in_a_comprehension(x: Tensor, layers, sizes):
    if sum(sizes) != x.shape[0]:
        return layers[0](x)
    return torch.cat([f(part) for f, part in zip(layers, x.split(sizes))])  # error: SG201 30


def sizes_by_the_number_of_the_layer(x: Tensor, layers, sizes):
    if sum(sizes) > x.size(0):
        raise IndexError("more rows are wanted than there are")
    outputs, start = [], 0
    for i, layer in enumerate(layers):  # error: SG201 5
        outputs.append(layer(x[start : start + sizes[i]]))
        start += sizes[i]
    return torch.cat(outputs)


def narrowed_by_the_number_of_the_layer(x: Tensor, layers, sizes):
    must_add_up(x, sizes)
    outputs, start = [], 0
    for i in range(len(layers)):  # error: SG201 5
        outputs.append(layers[i](x.narrow(0, start, sizes[i])))
        start += sizes[i]
    return torch.cat(outputs)


def must_add_up(x, sizes):
    if sum(sizes) != x.shape[0]:
        raise ValueError("the sizes do not add up")


# --- silent -------------------------------------------------------------------------------------


def as_many_as_layers(x: Tensor, layers, sizes):
    """Another number of sizes is refused."""
    if len(sizes) != len(layers):
        raise ValueError("one size for each layer")
    outputs, offset = [], 0
    for layer, size in zip(layers, sizes):
        outputs.append(layer(x[offset : offset + size]))
        offset += size
    return torch.cat(outputs)


def asserted_in_a_helper(x: Tensor, layers, sizes):
    """The helper refuses another number."""
    must_fit(layers, sizes)
    outputs, start = [], 0
    for i, layer in enumerate(layers):
        outputs.append(layer(x[start : start + sizes[i]]))
        start += sizes[i]
    return torch.cat(outputs)


def must_fit(consumers, sizes):
    """A helper."""
    assert len(consumers) == len(sizes)


def strictly_side_by_side(x: Tensor, layers, sizes):
    """``strict`` refuses another number."""
    outputs = []
    for layer, part in zip(layers, x.split(sizes), strict=True):
        outputs.append(layer(part))
    return torch.cat(outputs)


def equal_shares(x: Tensor, layers):
    """The sizes are made of the consumers."""
    sizes = [4] * len(layers)
    outputs, offset = [], 0
    for layer, size in zip(layers, sizes):
        outputs.append(layer(x[offset : offset + size]))
        offset += size
    return torch.cat(outputs)


def put_together_again(tensors):
    """The sizes are those of the consumers themselves."""
    flat = torch.cat([each.flatten() for each in tensors])
    sizes = [each.numel() for each in tensors]
    return [part.view_as(each) for part, each in zip(flat.split(sizes), tensors)]


def sizes_of_parameters(flat: Tensor, module: nn.Module):
    """Each size is asked of the consumer that takes it."""
    offset = 0
    for parameter in module.parameters():
        size = parameter.numel()
        parameter.data.copy_(flat[offset : offset + size].view_as(parameter))
        offset += size


def every_size_a_share(x: Tensor, sizes):
    """There is nothing beside the sizes: each gives a share."""
    shares, offset = [], 0
    for size in sizes:
        shares.append(x[offset : offset + size])
        offset += size
    return shares


def driven_by_the_sizes(x: Tensor, sizes, scale):
    """The loop runs as often as there are sizes, and nothing else is taken by number."""
    total, offset = 0, 0
    for i in range(len(sizes)):
        total = total + scale * x[offset : offset + sizes[i]].sum()
        offset += sizes[i]
    return total


class FieldsOfOne:
    """An object whose fields belong together, as far as anybody knows."""

    def forward(self, x: Tensor, batch):
        """Nothing says that the fields of a batch do not fit."""
        outputs, offset = [], 0
        for name, size in zip(batch.names, batch.sizes):
            outputs.append((name, x[offset : offset + size]))
            offset += size
        return outputs


class MadeTogether(nn.Module):
    """The constructor makes a layer for each size."""

    def __init__(self, sizes):
        super().__init__()
        self.sizes = sizes
        self.layers = nn.ModuleList([nn.Linear(size, 4) for size in sizes])

    def forward(self, x: Tensor):
        """As many layers as sizes, by construction."""
        parts = x.split(self.sizes, dim=-1)
        return sum(layer(part) for layer, part in zip(self.layers, parts))


def windows(x: Tensor, names, stride):
    """A step is no list of sizes: every window has the same."""
    return {name: part for name, part in zip(names, x.split(stride))}


def with_what_is_read_only(x: Tensor, names, lengths):
    """What walks beside takes no share: nothing is cut."""
    return {name: int(length) for name, length in zip(names, lengths)}


def called_by_one_who_knows(x: Tensor, layers, sizes):
    """The only caller makes the sizes of the layers."""
    outputs, offset = [], 0
    for layer, size in zip(layers, sizes):
        outputs.append(layer(x[offset : offset + size]))
        offset += size
    return torch.cat(outputs)


def the_caller(x: Tensor, layers):
    """A caller."""
    return called_by_one_who_knows(x, layers, [2 for _ in layers])


class Fitting:
    """A block whose constructor refuses another number of sizes."""

    def __init__(self, *children, shares):
        """Refuse sizes that do not fit."""
        if len(children) != len(shares):
            raise ValueError("one share for each child")
        self.children = children
        self.shares = shares


def of_a_block_that_fits(block: Fitting, x: Tensor, layers):
    """The constructor has compared the numbers."""
    if sum(block.shares) != x.shape[0]:
        raise ValueError("the sizes do not add up to the batch")
    outputs = []
    for i, child in enumerate(block.children):
        outputs.append(layers[child](x[sum(block.shares[:i]) : sum(block.shares[: i + 1])]))
    return torch.cat(outputs)


def of_something_unknown(plan, x: Tensor):
    """Who makes the plan may have compared the numbers."""
    if sum(plan.rows) != x.shape[0]:
        raise ValueError("the rows do not add up to the batch")
    outputs, start = [], 0
    for layer, rows in zip(plan.layers, plan.rows):
        outputs.append(layer(x[start : start + rows]))
        start += rows
    return torch.cat(outputs)


def plain_side_by_side(x: Tensor, layers: list, sizes: list[int]):
    """Nothing says that the sizes may not fit: low confidence only."""
    outputs, offset = [], 0
    for layer, size in zip(layers, sizes):
        outputs.append(layer(x[offset : offset + size]))
        offset += size
    return torch.cat(outputs)


def plain_numbered_side_by_side(x: Tensor, experts, rows_of_experts):
    """As before, with numbers."""
    outputs, start = [], 0
    for i, (rows, expert) in enumerate(zip(rows_of_experts, experts)):
        outputs.append(expert(x[start : start + rows], i))
        start += rows
    return torch.cat(outputs)


def plain_pieces_side_by_side(x: Tensor, layers, sizes):
    """The split compares the sum, and nothing else says that they may not fit."""
    outputs = []
    for layer, part in zip(layers, torch.split(x, sizes)):
        outputs.append(layer(part))
    return torch.cat(outputs)


def plain_pieces_in_a_comprehension(x: Tensor, layers, sizes):
    """As before, in a comprehension."""
    return torch.cat([f(part) for f, part in zip(layers, x.split(sizes))])


def plain_sizes_by_the_number_of_the_layer(x: Tensor, layers, sizes):
    """With too few sizes there is an IndexError, and nothing tells of too many."""
    outputs, start = [], 0
    for i, layer in enumerate(layers):
        outputs.append(layer(x[start : start + sizes[i]]))
        start += sizes[i]
    return torch.cat(outputs)


def plain_narrowed_by_the_number_of_the_layer(x: Tensor, layers, sizes):
    """As before, by `narrow`."""
    outputs, start = [], 0
    for i in range(len(layers)):
        outputs.append(layers[i](x.narrow(0, start, sizes[i])))
        start += sizes[i]
    return torch.cat(outputs)
