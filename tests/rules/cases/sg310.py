"""SG310: a key looked up without the test that its twin has."""

import random
from typing import NamedTuple, Optional

import torch
from torch import nn

# --- flagged ------------------------------------------------------------------------------------


class Block:
    def __init__(self, *children):
        self.children = children

    def first(self):
        return self.children[0]

    def last(self):
        return self.children[-1]


class State(NamedTuple):
    hidden: torch.Tensor
    last: Optional[str] = None


class Bottleneck(nn.Module):
    def __init__(self):
        super().__init__()
        self.adapters = nn.ModuleDict({})

    def enable(self, setup):
        for name in setup.flatten():
            if name in self.adapters:
                for parameter in self.adapters[name].parameters():
                    parameter.requires_grad = True

    def begin(self, setup, x):
        if isinstance(setup, Block):
            name = setup.first()
        else:
            name = setup
        return self.adapters[name](x)  # error: SG310 16

    def end(self, setup, x):
        last = setup.last()
        return self.adapters[last](x)  # error: SG310 16

    def at_once(self, setup, x):
        return self.adapters[setup.first()](x)  # error: SG310 16

    def by_position(self, names, x):
        return self.adapters[names[0]](x)  # error: SG310 16

    def last_position(self, names, x):
        name = names[-1]
        hidden = self.adapters[name](x)  # error: SG310 18
        return hidden + x

    def any_of_them(self, names, x):
        name = random.choice(names)
        return self.adapters[name](x)  # error: SG310 16

    def taken_away(self, names, x):
        while names:
            x = self.adapters[names.pop()](x)  # error: SG310 17
        return x

    def by_iteration(self, names, x):
        name = next(iter(names))
        return self.adapters[name](x)  # todo: SG310 16


class Merged(Bottleneck):
    """The twin stands in the base class."""

    def forward(self, setup, x):
        return x + self.adapters[setup.last()](x)  # error: SG310 20


class Skipping:
    """The twin goes on where the key is missing."""

    def merge(self, names):
        for name in names:
            if name not in self.lora_a.keys():
                continue
            self.weight += self.lora_a[name].weight

    def scaled(self, names):
        return self.lora_a[names[0]].weight * 2  # error: SG310 16


class Lasting:
    """The twin tests the very same keys."""

    def merge(self):
        if self.active in self.lora_a:
            self.weight += self.lora_a[self.active].weight

    def enable(self):
        for name in self.names:
            if name in self.lora_b:
                self.lora_b[name].train()

    def delta(self):
        return self.lora_a[self.active].weight.clone()  # error: SG310 16

    def freeze(self):
        for name in self.names:
            self.lora_b[name].requires_grad_(False)  # error: SG310 13


class Handed(Bottleneck):
    """The field was None where the state was made, and what composes it may leave it so."""

    def forward(self, setup, x):
        state = State(x, None)
        hidden, last = self.composers[type(setup)](setup, state)
        return self.adapters[last](hidden)  # todo: SG310 16


class Remembering:
    """What is left where all children were passed over is no key."""

    def load(self, name):
        if name in self.loras:
            return self.loras[name]
        return None

    def compose(self, children, state: State):
        last = None
        for child in children:
            if child in self.active:
                last = child
        return state.hidden, last

    def forward(self, children, state: State):
        hidden, last = self.compose(children, state)
        return self.loras[last](hidden)  # error: SG310 16


# --- silent -------------------------------------------------------------------------------------


class Tested(nn.Module):
    """A mapping of which a twin tests the keys."""

    def enable(self, setup):
        """It tests its own key."""
        for name in setup.flatten():
            if name in self.adapters:
                self.adapters[name].train()

    def begin(self, setup, x):
        """The key is tested."""
        name = setup.first()
        return self.adapters[name](x) if name in self.adapters else x

    def early(self, setup, x):
        """The path ends where the key is missing."""
        name = setup.first()
        if name not in self.adapters:
            return x
        return self.adapters[name](x)

    def walked(self, x):
        """The keys are those of the mapping."""
        for name in self.adapters:
            x = self.adapters[name](x)
        return x

    def first_there(self, x):
        """The first key of the mapping itself."""
        return self.adapters[next(iter(self.adapters.keys()))](x)

    def put_in(self, names, module):
        """It was put in just before."""
        name = names[0]
        self.adapters[name] = module
        return self.adapters[name]

    def expected(self, setup, x):
        """The error is expected."""
        try:
            return self.adapters[setup.first()](x)
        except KeyError:
            return x

    def got(self, setup, x):
        """A key that is missing gives None."""
        layer = self.adapters.get(setup.first())
        return x if layer is None else layer(x)

    def by_argument(self, name, x):
        """Whoever calls says which one; an error tells that it is not there."""
        return self.adapters[name](x)

    def by_attribute(self, x):
        """The class keeps the attribute and the mapping in step."""
        return self.adapters[self.active](x)

    def by_its_own_name(self, x):
        """The key is a constant."""
        return self.adapters["default"](x)

    def sole_member(self, setup, x):
        """The only member is not one of several."""
        if len(setup) == 1:
            return self.adapters[setup[0]](x)
        return x

    def other_mapping(self, names):
        """The key was found in the mapping beside it."""
        name = names[0]
        if name in self.scalings:
            return self.adapters[name].weight * self.scalings[name]
        return None


class NeverNone:
    """None was excluded."""

    def load(self, name):
        """It tests its own key."""
        return self.loras[name] if name in self.loras else None

    def forward(self, x, name: Optional[str] = None):
        """The path on which the key is None ends before."""
        if name is None:
            return x
        return self.loras[name](x)

    def given(self, x, name: Optional[str], default: str):
        """Another key stands for None."""
        key = default if name is None else name
        return self.loras[key](x)


class NoTwin:
    """Nobody says that a key may be missing."""

    def begin(self, setup, x):
        """No method tests a key."""
        return self.layers[setup.first()](x)

    def check(self, name):
        """A test that only refuses says that a missing key is an error."""
        if name not in self.layers:
            raise ValueError(name)
        return self.layers[name]


class Called:
    """Callers test."""

    def enable(self, name):
        """It tests its own key."""
        if name in self.adapters:
            self.adapters[name].train()

    def run(self, setup, x):
        """The key is tested before it is handed over."""
        name = setup.first()
        return self.single(name, x) if name in self.adapters else x

    def single(self, name, x):
        """Every caller tests the key."""
        return self.adapters[name](x)
