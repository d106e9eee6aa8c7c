"""Prediction heads: every head gets its share of everything that has rows.

adapters reads the first and the last row of every share, of which an empty one has none (defect 01), and
hands some of the arguments of a head over whole (defect 21).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from shapeguard.reference import arguments, upstream
from shapeguard.reference.chains import kind
from shapeguard.reference.plans import only, plan_of
from shapeguard.reference.refusing import refuse
from shapeguard.reference.upstream import is_tuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_CARRIED_ON = (
    "hidden_states",
    "attentions",
    "encoder_hidden_states",
    "encoder_attentions",
    "decoder_hidden_states",
    "decoder_attentions",
    "cross_attentions",
    "past_key_values",
    "adapter_gating_scores",
    "adapter_fusion_attentions",
)
"""What the base model gave that the output of all heads together has as well."""


@dataclass(frozen=True, slots=True)
class Share:
    """The rows of one head: ``start`` to ``stop`` of all rows, in the copy ``channel`` of the input."""

    head: str
    start: int
    stop: int
    channel: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """How many rows there are, in how many copies of the input."""

    rows: int
    channels: int


def forward_head(below: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``forward_head``, which runs ``below`` where all rows go to the same heads."""

    def corrected(  # noqa: PLR0913, PLR0917 - the signature of adapters
        self: Any,
        all_outputs: Any,
        head_name: str | None = None,
        cls_output: Any = None,
        attention_mask: Any = None,
        return_dict: bool = False,  # noqa: FBT001, FBT002 - as above
        context: Any = None,
        **kwargs: Any,
    ) -> Any:
        batch = Batch(all_outputs[0].size(0), _channels(self))
        shares = None if head_name or not len(self.heads) else _shares(self, batch)
        options = {"cls_output": cls_output, "attention_mask": attention_mask, **kwargs}
        if shares is None:
            more = {"return_dict": return_dict, "context": context, **options}
            return below(self, all_outputs, head_name=head_name, **more)
        options |= _of_model(self, context)
        parts = [
            _through(self, share, batch, all_outputs, {**options, "return_dict": return_dict})
            for share in shares
        ]
        if isinstance(_named(self), str):
            return parts[0]
        return _together(all_outputs, parts, [share.stop - share.start for share in shares])

    return corrected


def set_active_adapters(below: Callable[..., None]) -> Callable[..., None]:
    """Return ``set_active_adapters``, which forgets the heads of a split batch with its setup."""

    def corrected(self: Any, adapter_setup: Any, skip_layers: Any = None) -> None:
        before = self._active_heads
        below(self, adapter_setup, skip_layers)
        if self._active_heads is before and not isinstance(before, list):
            self._active_heads = None

    return corrected


def _named(self: Any) -> Any:
    """Return the heads of this forward pass: those of an ``AdapterSetup``, or the active ones."""
    context = upstream.load("adapters.context").AdapterSetup
    return context.get_context_head_setup() or self.active_head


def _channels(self: Any) -> int:
    setup = upstream.active_setup(self)
    return 1 if setup is None else upstream.channels(setup)


def _shares(self: Any, batch: Batch) -> list[Share] | None:
    """Hand the rows out to the active heads; None if each head is one of all rows."""
    heads: Any = _named(self)
    if batch.channels == 1 and _is_misread(self, heads):
        names: list[str] = [heads] if isinstance(heads, str) else list(heads)
        return [Share(name, 0, batch.rows) for name in names]
    if kind(heads) == "BatchSplit":
        sizes = arguments.batch_sizes(heads, batch.rows)
        return list(_neighbours(list(heads), sizes, 0, 0))
    if batch.channels == 1 or heads is None:
        return None
    heads = [heads] if isinstance(heads, str) else list(heads)
    if len(heads) != batch.channels:
        refuse(f"{len(heads)} active heads {heads} cannot serve {batch.channels} parallel channels")
    rows = batch.rows // batch.channels
    return [
        share
        for channel, (head, child) in enumerate(zip(heads, _last_block(self), strict=True))
        for share in _of_channel(
            self, Share(head, channel * rows, (channel + 1) * rows, channel), child
        )
    ]


def _is_misread(self: Any, heads: Any) -> bool:
    """Whether adapters would take heads of all rows for those of the setup outside of the context."""
    if heads is None or kind(heads) == "BatchSplit":
        return False
    return kind(self.active_head) == "BatchSplit" or bool(self.has_parallel_adapters)


def _of_channel(self: Any, whole: Share, child: Any) -> Iterator[Share]:
    """Hand the rows of a channel out, if its block splits them and every part has a head."""
    heads = [] if isinstance(child, str) else [_last(each) for each in child]
    if kind(child) != "BatchSplit" or not all(head in self.heads for head in heads):
        yield whole
        return
    sizes = arguments.batch_sizes(child, whole.stop - whole.start)
    yield from _neighbours(heads, sizes, whole.start, whole.channel)


def _neighbours(
    heads: Sequence[str], sizes: Sequence[int], start: int, channel: int
) -> Iterator[Share]:
    for head, size in zip(heads, sizes, strict=True):
        yield Share(head, start, start + size, channel)
        start += size


def _last_block(self: Any) -> Any:
    """Return the Parallel block that the heads follow."""
    setup = upstream.active_setup(self)
    blocks = [setup] if kind(setup) == "Parallel" else list(setup)
    return [each for each in blocks if kind(each) == "Parallel"][-1]


def _last(setup: Any) -> str:
    return setup if isinstance(setup, str) else setup.last()


def _through(
    self: Any, share: Share, batch: Batch, outputs: Any, options: Mapping[str, Any]
) -> Any:
    """Run one head on its rows. One without rows gives what it would give for the first one, cut to none."""
    is_empty = share.start == share.stop
    head = self.heads[share.head]
    choices = head.config.get("num_choices", 1)
    if share.start % choices or share.stop % choices:
        refuse(
            f"head {share.head!r} takes rows {share.start} to {share.stop}, "
            f"and its {choices} choices must stay together"
        )
    taken = Share(share.head, 0, choices) if is_empty else share
    own = {name: _own(_cut(each, taken, batch, choices)) for name, each in options.items()}
    if is_empty:
        own |= dict.fromkeys(head.get_label_names())
    inverted = options.get("invertible_adapter")
    if inverted is not None:
        own["invertible_adapter"] = _inverting(inverted, taken, batch)
    cls_output, mask = own.pop("cls_output"), own.pop("attention_mask")
    output = head(
        _cut_outputs(outputs, taken, batch), cls_output, mask, own.pop("return_dict"), **own
    )
    return _without_rows(output) if is_empty else output


def _own(value: Any) -> Any:
    """Copy targets: some heads clamp them in place, and they are a view of the caller's."""
    is_target = isinstance(value, torch.Tensor) and not value.is_floating_point()
    return value.clone() if is_target else value


def _cut(value: Any, share: Share, batch: Batch, choices: int) -> Any:
    """Take the rows of a share, of what has rows: those of the batch, of the input, or of choices."""
    if not isinstance(value, torch.Tensor) or value.dim() == 0:
        return value
    of_input = batch.rows // batch.channels
    first = share.channel * of_input
    if value.size(0) == batch.rows:
        return value[share.start : share.stop]
    if value.size(0) == of_input:
        return value[share.start - first : share.stop - first]
    if value.size(0) * choices == of_input:
        return value[(share.start - first) // choices : (share.stop - first) // choices]
    return value


def _cut_outputs(outputs: Any, share: Share, batch: Batch) -> Any:
    """Take the rows of a share of the tensors of the base model's output; leave what is no tensor."""
    if is_tuple(outputs):
        return tuple(_cut(each, share, batch, 1) for each in outputs)
    tensors = {name: each for name, each in outputs.items() if isinstance(each, torch.Tensor)}
    return type(outputs)(**{name: _cut(each, share, batch, 1) for name, each in tensors.items()})


def _inverting(layer: Any, share: Share, batch: Batch) -> Callable[..., Any]:
    """Return the inverse of the invertible adapters of some rows."""
    if not hasattr(layer, "get_active_setup"):  # the one adapter of all rows
        return layer  # type: ignore[no-any-return]

    def inverted(hidden: Any, rev: bool = False) -> Any:  # noqa: FBT001, FBT002 - as heads call it
        plan = plan_of(layer, batch.rows)
        if plan is None:
            return hidden
        with only(plan, range(share.start, share.stop)):
            return layer(hidden, rev=rev)

    return inverted


def _without_rows(output: Any) -> Any:
    if is_tuple(output):
        return tuple(_none_of(each) for each in output)
    kept = {name: _none_of(each) for name, each in output.items() if name != "loss"}
    return type(output)(**kept)


def _none_of(value: Any) -> Any:
    return value[:0] if isinstance(value, torch.Tensor) and value.dim() > 0 else value


def _of_model(self: Any, context: Any) -> dict[str, Any]:
    """Collect what heads are told of the rest of the model."""
    told: dict[str, Any] = {}
    if hasattr(self.base_model, "get_invertible_adapter"):
        inverse = self.base_model.get_invertible_adapter()
        told |= {} if inverse is None else {"invertible_adapter": inverse}
    # generate() hands a dictionary of what the context was
    told |= _prompt(context if hasattr(context, "get") else _kept(context))
    return told


def _kept(context: Any) -> Mapping[str, Any]:
    running = context or upstream.forward_context()
    found: dict[str, Any] = getattr(running, "__dict__", {})
    return found


def _prompt(of_context: Mapping[str, Any]) -> dict[str, Any]:
    name = "prompt_tokens_length"
    return {} if of_context.get(name) is None else {name: of_context[name]}


def _together(all_outputs: Any, parts: list[Any], sizes: Sequence[int]) -> Any:
    """Return the outputs of all heads; their loss is the sum of those that have rows."""
    losses = [
        None if is_tuple(part) else part.get("loss")
        for part, size in zip(parts, sizes, strict=True)
        if size > 0
    ]
    present = [loss for loss in losses if loss is not None]
    loss = torch.stack(present).sum() if present and len(present) == len(losses) else None
    output = upstream.load("adapters.heads.base").MultiHeadOutput(head_outputs=parts, loss=loss)
    for name in _CARRIED_ON if isinstance(all_outputs, dict) else ():
        if name not in output and name in all_outputs:
            output[name] = all_outputs[name]
    return output
