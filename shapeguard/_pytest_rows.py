"""The fixture ``rowwise``: one line a model judges every composition of its adapters by rows alone.

::

    def test_rows(rowwise):
        rowwise(my_model(), my_inputs())

The marker ``rowwise`` chooses compositions by name or group: ``@pytest.mark.rowwise("split*")``.
Loading the plugin imports nothing heavy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MARKER = "rowwise"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers", f"{_MARKER}(*patterns): compositions that the fixture rowwise judges"
    )


@pytest.fixture
def rowwise(request: pytest.FixtureRequest) -> Callable[[Any, Mapping[str, Any]], None]:
    """Return a check that takes a model with adapters and its inputs by name.

    It fails unless every composition is right on the model, or clearly refused: see
    :func:`shapeguard.oracle.assert_compositions_rowwise_equal`.
    """
    marker = request.node.get_closest_marker(_MARKER)
    patterns: tuple[str, ...] = marker.args if marker is not None else ()

    def check(model: Any, inputs: Mapping[str, Any]) -> None:  # noqa: ANN401 - any model with adapters
        __tracebackhide__ = True
        from shapeguard.oracle import assert_compositions_rowwise_equal  # noqa: PLC0415 - brings torch

        assert_compositions_rowwise_equal(model, inputs, patterns)

    return check
