"""Handlers: what they expect is no surprise, unless they go on without what the body would have bound."""

from __future__ import annotations

import textwrap

import pytest
from flow_observation import happened

from shapeguard.lint.flow.events import Index, Lookup
from shapeguard.lint.flow.evidence.emptiness import may_be_empty


def unexpected(tmp_path, text):
    """Return the lookups of what may have no member that no handler expects."""
    events = happened(tmp_path, textwrap.dedent(text))
    lookups = [event for event in events if isinstance(event, Lookup)]
    return [each for each in lookups if may_be_empty(each.holder, each.moment) is not None]


def read_behind(handlers, behind="return batch"):
    """Return a function that takes the first of something and handles that there is none."""
    return f"""
def f(loader):
    batches = loader.open()
    try:
        batch = next(batches)
{textwrap.indent(textwrap.dedent(handlers).strip(), "    ")}
{textwrap.indent(textwrap.dedent(behind).strip(), "    ")}
"""


PASSING = """
    except StopIteration:
        pass
"""
GOING_ON = {
    "a generator that yields once": read_behind(
        """
        except StopIteration:
            yield None
        """,
        """
        while batch is not None:
            yield batch
            batch = loader.more()
        """,
    ),
    "a message": """
        def f(rows):
            try:
                first = rows[0]
            except IndexError:
                print("there is none")
            return first.shape
    """,
    "one handler of several": read_behind(
        """
        except RuntimeError:
            return None
        except StopIteration:
            pass
        """
    ),
    "read by a later try": read_behind(
        PASSING,
        """
        try:
            return batch.shape
        except ValueError:
            return None
        """,
    ),
}


@pytest.mark.parametrize("text", GOING_ON.values(), ids=GOING_ON.keys())
def test_a_handler_that_goes_on_leaves_a_name_without_a_value(tmp_path, text):
    (event,) = unexpected(tmp_path, text)
    found = may_be_empty(event.holder, event.moment)
    assert found is not None
    assert "catches `" in str(found.trail[0].template)


HANDLED = {
    "it returns": read_behind(
        """
        except StopIteration:
            return None
        """
    ),
    "it binds the name": read_behind(
        """
        except StopIteration:
            batch = None
        """
    ),
    "the name had a value": """
        def f(loader):
            batch, batches = None, loader.open()
            try:
                batch = next(batches)
            except StopIteration:
                pass
            return batch
    """,
    "the name is bound again": read_behind(
        PASSING,
        """
        batch = loader.default()
        return batch
        """,
    ),
    "the name is read in the else": read_behind(
        """
        except StopIteration:
            print("there is none")
        else:
            loader.use(batch)
        """,
        "return loader",
    ),
    "the loop ends": """
        def f(loader):
            batches = loader.open()
            while True:
                try:
                    batch = next(batches)
                except StopIteration:
                    break
                loader.use(batch)
    """,
}


@pytest.mark.parametrize("text", HANDLED.values(), ids=HANDLED.keys())
def test_a_handler_that_sees_to_it_is_believed(tmp_path, text):
    assert not unexpected(tmp_path, text)


@pytest.mark.parametrize(("index", "reported"), [(":n", True), ("n", False), ("mask", False)])
def test_a_slice_raises_nothing_that_a_handler_could_expect(tmp_path, index, reported):
    text = f"""
from torch import Tensor


def f(x: Tensor, mask: Tensor, n: int):
    try:
        return x[{index}]
    except IndexError:
        return None
"""
    narrowed = [event for event in happened(tmp_path, text) if isinstance(event, Index)]
    assert bool(narrowed) == reported
