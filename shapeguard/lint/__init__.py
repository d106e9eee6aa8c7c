"""Source text to findings: libcst, never torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from shapeguard.finding import Finding
    from shapeguard.lint.config import Settings

__all__ = ["analyse"]


def analyse(
    paths: str | Path | Sequence[str | Path],
    *,
    config: Settings | None = None,
    executor: Executor | None = None,
) -> list[Finding]:
    """Check files and directories, or one of them; return the findings in the order of files and places.

    ``config`` replaces the configuration that would be read from the nearest file of each. ``executor``
    executes the functions elsewhere: any of ``concurrent.futures`` in whose workers shapeguard is installed
    and the files are at the same paths, on this machine or others; threads of one process take turns. Raises
    UsageError for paths that cannot be read and ConfigError for a wrong configuration.
    """
    import uuid  # noqa: PLC0415 - importing shapeguard.lint costs nothing
    from pathlib import Path  # noqa: PLC0415

    from shapeguard.errors import UsageError  # noqa: PLC0415
    from shapeguard.lint.configuring import configure  # noqa: PLC0415
    from shapeguard.lint.discover import discover, working_directory  # noqa: PLC0415
    from shapeguard.lint.engine import check  # noqa: PLC0415
    from shapeguard.lint.labour import Crew  # noqa: PLC0415

    here = working_directory()
    chosen = [paths] if isinstance(paths, str | Path) else paths
    settings = configure(None, here)[1] if config is None else config
    found = discover(chosen, settings, here)
    crew = None if executor is None else Crew(executor, uuid.uuid4().hex, here.resolve())
    outcome = check(found.files, settings, root=here, labour=crew)
    if problems := (*found.problems, *outcome.problems):
        raise UsageError("; ".join(problems))
    return list(outcome.findings)
