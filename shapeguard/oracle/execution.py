"""Run a model with adapters on some rows of a batch, and leave it as it was."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from shapeguard.errors import CompositionError, OracleError
from shapeguard.oracle.structure import is_leaf, leaves, map_leaves, take_rows
from shapeguard.reference import upstream
from shapeguard.runtime.extras import import_extra

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from shapeguard.oracle.blocks import Setup
    from shapeguard.oracle.structure import Leaf
    from shapeguard.oracle.verdict import Case

_FEATURE = "the row oracle"
MASK = "attention_mask"


class Runner:
    """A model and its inputs, to be run on chosen rows under chosen compositions.

    Every tensor of ``inputs`` whose first axis is as long as that of the first tensor is
    batch-first and follows the rows; the others are passed whole. Each run gets copies, so a model
    that changes its inputs in place cannot disturb the next run. Dropout is off in every run.
    """

    def __init__(self, model: Any, inputs: Mapping[str, object]) -> None:  # noqa: ANN401 - any model with adapters
        self.torch = import_extra("torch", _FEATURE, "adapters")
        import_extra("adapters", _FEATURE, "adapters")
        batched = [leaf for leaf in leaves(inputs).values() if len(leaf.shape) > 0]
        if not batched:
            message = "inputs hold no tensor with a batch axis"
            raise OracleError(message)
        if not hasattr(model, "adapters_config"):
            message = f"{type(model).__name__} has no adapters: call adapters.init(model) first"
            raise OracleError(message)
        self.model = model
        self.inputs = inputs
        self.rows = int(batched[0].shape[0])

    def require_accepted(self, setup: Setup) -> None:
        """Raise :class:`CompositionError` if adapters does not accept ``setup`` for the model."""
        with active(self.model, setup):
            pass

    def together(self, case: Case) -> object:
        """Run all rows of a case at once, as the composition says."""
        task_ids = {} if case.task_ids is None else {"task_ids": self._task_ids(case.task_ids)}
        inputs = self._chosen(case.rows)
        with active(self.model, case.setup, case.layers, heads_of(self.model, case.setup)):
            return self._call({**inputs, **task_ids})

    def alone(
        self,
        chain: Sequence[Setup],
        rows: Sequence[int],
        *,
        layers: tuple[int, ...] | None = None,
        head: str | None = None,
        unpadded: bool = False,
    ) -> object:
        """Run rows through nothing but their own adapters; ``unpadded`` takes a single row."""
        inputs = self._chosen(rows)
        if unpadded:
            inputs = self._trimmed(inputs)
        setup = upstream.composition().Stack(*chain)
        with active(self.model, setup, layers, head):
            return self._call(inputs)

    def padding(self, row: int) -> int:
        """Return how many tokens at the end of a row the attention mask leaves out.

        Raises :class:`OracleError` if it leaves out others.
        """
        mask: Any = self.inputs.get(MASK)
        if mask is None or len(mask.shape) != len(("row", "token")):
            return 0
        attended = mask[row].bool()
        length = int(attended.sum())
        if not bool(attended[:length].all()):
            message = (
                f"row {row} is not padded at its end alone, so its padding cannot be taken away"
            )
            raise OracleError(message)
        return int(attended.shape[0]) - length

    def _trimmed(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Take the padding of a single row away, from everything that has a place for each token."""
        mask = inputs.get(MASK)
        if mask is None or len(mask.shape) != len(("row", "token")):
            return dict(inputs)
        tokens = int(mask.shape[1])
        real = int(mask.sum())
        return {
            name: map_leaves(lambda leaf: _shortened(leaf, tokens, real), value)
            for name, value in inputs.items()
        }

    def _chosen(self, rows: Sequence[int]) -> dict[str, Any]:
        chosen: dict[str, Any] = map_leaves(
            lambda leaf: self._rows_of(leaf, list(rows)), dict(self.inputs)
        )
        return chosen

    def _call(self, inputs: Mapping[str, object]) -> object:
        if not self.model.training:
            return self.model(**inputs)
        from shapeguard.oracle.dropout import no_dropout  # noqa: PLC0415 - torch, when it is needed

        with no_dropout():
            return self.model(**inputs)

    def _task_ids(self, task_ids: Sequence[int | str]) -> object:
        """Return ids as adapters takes them: a list of names or a tensor of indices."""
        names = [task for task in task_ids if isinstance(task, str)]
        return names or self.torch.tensor(task_ids, dtype=self.torch.int64)

    def _rows_of(self, leaf: Leaf, rows: list[int]) -> Leaf:
        if len(leaf.shape) > 0 and leaf.shape[0] == self.rows:
            return take_rows(leaf, rows)
        return leaf.clone() if is_leaf(leaf) and hasattr(leaf, "clone") else leaf


def _shortened(leaf: Leaf, tokens: int, real: int) -> Leaf:
    has_tokens = len(leaf.shape) > 1 and leaf.shape[0] == 1 and leaf.shape[1] == tokens
    return leaf[:, :real] if has_tokens else leaf


@contextmanager
def active(
    model: Any,  # noqa: ANN401 - any model with adapters
    setup: Setup,
    layers: tuple[int, ...] | None = None,
    head: object = None,
) -> Generator[None]:
    """Activate ``setup`` for the time of a block, in some ``layers`` or all, and a ``head`` or the same.

    ``model.set_active_adapters`` would also undo merged weights. Raises
    :class:`CompositionError` with adapters' reason if it does not accept the setup, and
    :class:`OracleError` inside an ``AdapterSetup`` block, which would override it.
    """
    if upstream.setup_context_is_active():
        message = "an AdapterSetup context is active, which would hide the setup to be judged"
        raise OracleError(message)
    accepted = _accepted(model, setup)
    with ExitStack() as changes:
        changes.enter_context(_set(model.adapters_config, "active_setup", accepted))
        if layers is not None:
            skipped = [at for at in range(count_layers(model)) if at not in layers]
            changes.enter_context(_set(model.adapters_config, "skip_layers", skipped))
        if head is not None:
            changes.enter_context(_set(model, "_active_heads", [head] if _is_name(head) else head))
        yield


def heads_of(model: Any, setup: Setup) -> object:  # noqa: ANN401 - any model with adapters
    """Return the heads that belong to a setup, as ``set_active_adapters`` chooses them; None if it has none."""
    heads: Any = getattr(model, "heads", None)
    if not heads or not hasattr(model, "_active_heads"):
        return None
    try:
        found = upstream.composition().parse_heads_from_composition(setup, list(heads))
    except (ValueError, IndexError):  # no such heads, or no adapter
        return None
    named: list[str] = [found] if isinstance(found, str) else list(found or ())
    return found if named and all(head in heads for head in named) else None


def count_layers(model: Any) -> int:  # noqa: ANN401 - any model with adapters
    """Count the layers of a model, of encoder and decoder together; 0 if it does not tell."""
    try:
        return sum(1 for _ in model.iter_layers())
    except (AttributeError, NotImplementedError):
        return 0


def _is_name(head: object) -> bool:
    return isinstance(head, str)


@contextmanager
def _set(owner: object, name: str, value: object) -> Generator[None]:
    saved = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, saved)


def _accepted(model: Any, setup: Setup) -> Setup:  # noqa: ANN401 - any model with adapters
    try:
        parsed = upstream.composition().parse_composition(setup, model_type=model.config.model_type)
    except (ValueError, TypeError) as error:
        message = f"adapters does not accept this setup: {error}"
        raise CompositionError(message) from error
    if parsed is None:  # an empty stack: the model as it is without adapters
        return None
    unknown = sorted(parsed.flatten() - set(model.adapters_config.adapters))
    if unknown:
        message = f"the model has no adapter {', '.join(unknown)}"
        raise CompositionError(message)
    return parsed


def normalised_task_ids(task_ids: Any) -> tuple[int | str, ...] | None:  # noqa: ANN401 - a tensor or a list
    """Turn a tensor or list of ids into plain values."""
    if task_ids is None:
        return None
    return tuple(task_ids.tolist() if is_leaf(task_ids) else task_ids)
