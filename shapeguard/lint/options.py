"""Options of one rule, declared beside it and checked when the configuration is read."""

from __future__ import annotations

import msgspec


class Options(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """What can be set for one rule, as ``[tool.shapeguard.rules.CODE]`` has it.

    A rule declares its own in a subclass, every one with a default. ``__post_init__`` may raise a
    ValueError that says what is wrong with a value.
    """
