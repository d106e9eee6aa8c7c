"""Glue of a list that may have no member.

## What it does

Flags `ragged.glue` of a list of which the code itself shows that it may be empty.

## Why is this bad?

`ragged.glue` cannot tell the rank of nothing and raises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.api import Consequence, Join, Rule, Severity, emptiness, nothing_left

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapeguard.lint.api import Diagnosis, Event


class GlueOfNothing(Rule):
    """A list that may be empty is glued."""

    code = "RG101"
    name = "glue-of-nothing"
    severity = Severity.ERROR
    since = "1.0"
    listens_to = (Join,)

    def check(self, event: Event) -> Iterator[Diagnosis]:
        """Report a list whose length may be 0."""
        assert isinstance(event, Join)
        if event.operation != "ragged.glue" or event.members is None:
            return
        found = emptiness(event, event.members, event.listed)
        if found is not None:
            message = f"`{event.listed}` may be empty where it is glued"
            yield nothing_left(event, event.listed, found, message, Consequence.CRASH)


RULES = (GlueOfNothing,)
