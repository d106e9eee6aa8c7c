"""What the origin of a value from outside the project tells: what made it, and that it is there."""

from __future__ import annotations

_OF = "="
_TORCH = "torch."
_MAY_LACK = ("torch.version.", "torch.backends.")
"""What torch has under these names may be None: ``torch.version.cuda`` is where there is no GPU."""
_GIVES_SOMETHING = frozenset(
    {
        "torch.device",
        "torch.finfo",
        "torch.get_autocast_dtype",
        "torch.get_default_device",
        "torch.get_default_dtype",
        "torch.iinfo",
        "torch.promote_types",
        "torch.result_type",
    }
)
"""The functions without an op model whose result is told by their name to be an object."""


def made_with(identity: str, name: str) -> str:
    """Return the origin of what a function outside of the project gives."""
    return f"{identity}{_OF}{name}"


def is_made_with(origin: str, name: str) -> bool:
    """Say whether a value is what a function outside of the project gave."""
    return origin.endswith(f"{_OF}{name}")


def is_there(origin: str) -> bool:
    """Say whether a value is never None: an object of a class, or what torch has under a public name."""
    _, made, maker = origin.rpartition(_OF)
    if made:
        return maker in _GIVES_SOMETHING or maker.rpartition(".")[2][:1].isupper()
    public = origin.startswith(_TORCH) and "._" not in origin
    return public and not origin.startswith(_MAY_LACK)
