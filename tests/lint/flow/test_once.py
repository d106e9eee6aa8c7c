from __future__ import annotations

import pytest

from shapeguard.lint.flow.domain.once import once


class Counted:
    def __init__(self):
        self.asked = 0

    @once
    def value(self):
        """What is asked for."""
        self.asked += 1
        if self.asked == 1:
            raise LookupError
        return object()


def test_what_was_computed_is_kept_for_each_object():
    one, other = Counted(), Counted()
    for each in (one, other):
        with pytest.raises(LookupError):
            assert each.value
    assert one.value is one.value
    assert one.value is not other.value
    assert one.asked == other.asked == 2


def test_the_class_has_the_attribute_itself_with_its_docstring():
    assert isinstance(Counted.value, once)
    assert Counted.value.__doc__ == "What is asked for."
