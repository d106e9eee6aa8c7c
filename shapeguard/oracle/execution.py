"""Run a model with adapters on some rows of a batch, and leave it as it was."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from shapeguard.errors import CompositionError, OracleError
from shapeguard.oracle.structure import is_leaf, leaves, map_leaves, take_rows
from shapeguard.reference import upstream
from shapeguard.runtime.extras import import_extra

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from shapeguard.oracle.distribution import Setup, Share
    from shapeguard.oracle.structure import Leaf
    from shapeguard.oracle.verdict import Case

_FEATURE = "the row oracle"


class Runner:
    """A model and its inputs, to be run on chosen rows under chosen compositions.

    Every tensor of ``inputs`` whose first axis is as long as that of the first tensor is
    batch-first and follows the rows; the others are passed whole. Each run gets copies, so a model
    that changes its inputs in place cannot disturb the next run.
    """

    def __init__(self, model: Any, inputs: Mapping[str, object]) -> None:  # noqa: ANN401 - any model with adapters
        self._torch = import_extra("torch", _FEATURE, "adapters")
        import_extra("adapters", _FEATURE, "adapters")
        batched = [leaf for leaf in leaves(inputs).values() if len(leaf.shape) > 0]
        if not batched:
            message = "inputs hold no tensor with a batch axis"
            raise OracleError(message)
        if not hasattr(model, "adapters_config"):
            message = f"{type(model).__name__} has no adapters: call adapters.init(model) first"
            raise OracleError(message)
        self._model = model
        self._inputs = inputs
        self.rows = int(batched[0].shape[0])

    def require_accepted(self, setup: Setup) -> None:
        """Raise :class:`CompositionError` if adapters does not accept ``setup`` for the model."""
        with active(self._model, setup):
            pass

    def together(self, case: Case) -> object:
        """Run all rows of a case at once, as the composition says."""
        task_ids = {} if case.task_ids is None else {"task_ids": self._task_ids(case.task_ids)}
        return self._run(case.setup, case.rows, task_ids)

    def alone(self, case: Case, share: Share) -> object:
        """Run the rows of one share through nothing but their own adapters."""
        rows = [case.rows[row] for row in share.input_rows]
        return self._run(upstream.composition().Stack(*share.chain), rows, {})

    def _run(self, setup: Setup, rows: Sequence[int], options: Mapping[str, object]) -> object:
        inputs = map_leaves(lambda leaf: self._rows_of(leaf, list(rows)), self._inputs)
        with active(self._model, setup), self._torch.no_grad():
            return self._model(**inputs, **options)

    def _task_ids(self, task_ids: Sequence[int | str]) -> object:
        """Return ids as adapters takes them: a list of names or a tensor of indices."""
        names = [task for task in task_ids if isinstance(task, str)]
        return names or self._torch.tensor(task_ids, dtype=self._torch.int64)

    def _rows_of(self, leaf: Leaf, rows: list[int]) -> Leaf:
        if len(leaf.shape) > 0 and leaf.shape[0] == self.rows:
            return take_rows(leaf, rows)
        return leaf.clone() if is_leaf(leaf) and hasattr(leaf, "clone") else leaf


@contextmanager
def active(model: Any, setup: Setup) -> Generator[None]:  # noqa: ANN401 - any model with adapters
    """Activate ``setup`` for the time of a block, and nothing else.

    ``model.set_active_adapters`` would also switch the head and undo merged weights. Raises
    :class:`CompositionError` with adapters' reason if it does not accept the setup, and
    :class:`OracleError` inside an ``AdapterSetup`` block, which would override it.
    """
    if upstream.setup_context_is_active():
        message = "an AdapterSetup context is active, which would hide the setup to be judged"
        raise OracleError(message)
    config = model.adapters_config
    saved = config.active_setup
    config.active_setup = _accepted(model, setup)
    try:
        yield
    finally:
        config.active_setup = saved


def _accepted(model: Any, setup: Setup) -> Setup:  # noqa: ANN401 - any model with adapters
    try:
        parsed = upstream.composition().parse_composition(setup, model_type=model.config.model_type)
    except (ValueError, TypeError) as error:
        message = f"adapters does not accept this setup: {error}"
        raise CompositionError(message) from error
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
