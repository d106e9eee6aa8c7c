"""Keys that are looked up: which are known to be there, and which are one of several."""

from __future__ import annotations

import pytest
from flow_observation import happened

from shapeguard.lint.flow.events import KeyLookup

METHOD = """
class Layer:
    def f(self, names, setup, name):
{body}
"""


def lookups(tmp_path, body):
    text = METHOD.format(body="\n".join(f"        {line}" for line in body.splitlines()))
    events = happened(tmp_path, text, "Layer.f")
    return [each for each in events if isinstance(each, KeyLookup)]


@pytest.mark.parametrize(
    "body",
    [
        "if name in self.layers:\n    return self.layers[name]",
        "if name in self.layers.keys():\n    return self.layers[name]",
        "if name not in self.layers:\n    return None\nreturn self.layers[name]",
        "assert name in self.layers\nreturn self.layers[name]",
        "return [self.layers[each] for each in names if each in self.layers]",
        "if name in self.scales:\n    return self.layers[name]",
        "if name in self.layers or name in self.scales:\n    return self.layers[name]",
        "key = setup.first() if setup else name\nif key in self.layers:\n    return self.layers[key]",
    ],
)
def test_a_key_that_was_found_is_known(tmp_path, body):
    assert [each.known for each in lookups(tmp_path, body)] == [True]


@pytest.mark.parametrize(
    "body",
    [
        "return self.layers[name]",
        "if setup.first() in self.layers:\n    return self.layers[name]",
        "if name in self.layers:\n    names = ()\nreturn self.layers[name]",
        "key = setup.first() if setup else name\nif name in self.scales:\n    return self.layers[key]",
    ],
)
def test_another_key_or_another_path_tells_nothing(tmp_path, body):
    assert [each.known for each in lookups(tmp_path, body)] == [False]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("return self.layers[setup.first()]", ["one of several: `setup.first()`"]),
        ("return self.layers[names[-1]]", []),
        ("return self.layers[name]", None),
        ("return self.layers[setup.lower()]", None),
        ("return [self.layers[key] for key, _ in names]", None),
        ("if len(names) == 1:\n    return self.layers[names[0]]", None),
    ],
)
def test_a_key_may_be_one_of_several(tmp_path, body, shown):
    (found,) = lookups(tmp_path, body)
    chosen = found.chosen
    assert (None if chosen is None else [each.message for each in chosen]) == shown


@pytest.mark.parametrize(
    "body",
    [
        "for each in self.layers:\n    names = each\nreturn self.layers[name]",
        "self.layers[name] = names\nreturn self.layers[name]",
        "self.layers.update(names)\nreturn self.layers[name]",
        "if self.layers:\n    return self.layers[name]",
    ],
)
def test_a_function_may_ask_what_is_there(tmp_path, body):
    assert all(each.aware for each in lookups(tmp_path, body))


@pytest.mark.parametrize(
    "body",
    [
        "return self.layers[0]",
        'return self.layers["default"]',
        "return names[name]",
        "return self.layers[1:]",
        "try:\n    return self.layers[name]\nexcept KeyError:\n    return None",
    ],
)
def test_what_is_no_lookup_of_a_key(tmp_path, body):
    assert lookups(tmp_path, body) == []
