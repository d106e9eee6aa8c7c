"""What can go wrong, as one tree.

::

    ShapeguardError
    ├── UsageError                    wrong usage: exit status 2
    │   ├── ConfigError               a configuration file is wrong: names the file and the key
    │   └── PackError                 a rule pack cannot be used: names the file and the line
    ├── MissingExtraError             an optional dependency is absent (also ImportError)
    ├── ContractDefinitionError       a contract is malformed: the annotation is wrong, not the tensor
    ├── ShapeContractError            a tensor breaks a contract (no TypeError, see there)
    ├── CompositionError              a composition that cannot be run right (also ValueError)
    │   └── SharesError               shares that do not add up (also IndexError)
    ├── UnsupportedVersionError       an installed library is not one that the reference corrects
    ├── OracleError                   the row oracle cannot judge: the model itself fails or is random
    └── RowMismatch                   a row differs from the row run alone (also AssertionError)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class ShapeguardError(Exception):
    """Root of every error that shapeguard raises on purpose."""


class UsageError(ShapeguardError):
    """The command line or the configuration asks for something that does not exist."""


class ConfigError(UsageError):
    """A configuration file is wrong; the message names the file and the key."""


class PackError(UsageError):
    """A rule pack or an op-model pack cannot be loaded."""


class MissingExtraError(ShapeguardError, ImportError):
    """An optional dependency is absent; the message says what to install, and which extra that is."""

    def __init__(self, feature: str, extra: str, missing: str) -> None:
        wanted = " ".join(map(_quoted, _requirements(extra) or [missing]))
        super().__init__(
            f"{feature} needs {missing}, which is not installed: "
            f"pip install {wanted} (the extra `{extra}` of shapeguard)"
        )
        self._of = (feature, extra, missing)

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way out of a worker process."""
        return type(self), self._of


def _requirements(extra: str) -> list[str]:
    """Return what the extra brings, as pip takes it; nothing if shapeguard itself is not installed.

    It cannot be had by the name of shapeguard: on PyPI that is another project.
    """
    from importlib import metadata  # noqa: PLC0415 - a plain import must stay cheap

    try:
        declared = metadata.requires("shapeguard") or []
    except metadata.PackageNotFoundError:
        return []
    parts = [each.partition(";") for each in declared]
    return [wanted.strip() for wanted, _, marker in parts if f"'{extra}'" in marker]


def _quoted(requirement: str) -> str:
    return requirement if requirement.replace("-", "").isalnum() else f"'{requirement}'"


class ContractDefinitionError(ShapeguardError):
    """A contract cannot be understood. Raised when it is applied, never when it is checked."""


@dataclass(frozen=True, slots=True)
class Violation:
    """The facts of a broken contract: no tensors, no tensor contents.

    ``expected`` and ``actual`` are extents (rows, heads, ...); ``bound_by`` says which argument
    and axis gave ``expected`` its value; ``blame`` is ``"caller"`` for a broken precondition and
    ``"method"`` for a broken postcondition (Findler and Felleisen 2002, "Contracts for
    higher-order functions"). ``share`` is the path of composition blocks down to the share, e.g.
    ``Stack > BatchSplit[2 of 2, batch_sizes=[2, 0]] > b``.
    """

    code: str
    method: str
    argument: str
    axis: str | None = None
    expected: int | str | None = None
    actual: int | str | None = None
    bound_by: str | None = None
    blame: str = "caller"
    layer: int | None = None
    location: str | None = None
    adapter: str | None = None
    path: tuple[str, ...] = ()
    share: str | None = None


class ShapeContractError(ShapeguardError):
    """A tensor breaks a shape contract. The fields of :class:`Violation` are attributes of it.

    It is no ``TypeError``, unlike jaxtyping's: transformers (``check_model_inputs``, 4.57) takes any
    ``TypeError`` of a model for a keyword argument that the model does not know, runs it once more,
    and raises what comes of that instead.

    ``finding`` is the :class:`~shapeguard.finding.Finding` that reports show.
    """

    finding: Any = None

    def __init__(self, message: str, violation: Violation) -> None:
        super().__init__(message)
        self.violation = violation
        self.code = violation.code
        self.method = violation.method
        self.argument = violation.argument
        self.axis = violation.axis
        self.expected = violation.expected
        self.actual = violation.actual
        self.bound_by = violation.bound_by
        self.blame = violation.blame
        self.layer = violation.layer
        self.location = violation.location
        self.adapter = violation.adapter
        self.path = violation.path
        self.share = violation.share

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way out of a worker process, with the facts and the finding."""
        return type(self), (str(self), self.violation), {"finding": self.finding}


class CompositionError(ShapeguardError, ValueError):
    """A composition that cannot be run right, refused before any tensor is touched."""


class SharesError(CompositionError, IndexError):
    """Shares of rows or tokens that do not add up; adapters raises an IndexError for them."""


class UnsupportedVersionError(ShapeguardError):
    """An installed library has a version that shapeguard's reference does not correct."""


class OracleError(ShapeguardError):
    """The row oracle cannot judge: the model fails when run alone, or two equal runs differ."""


class RowMismatch(ShapeguardError, AssertionError):  # noqa: N818 - reads as what pytest reports
    """At least one row of a composed run differs from the same row run alone."""
