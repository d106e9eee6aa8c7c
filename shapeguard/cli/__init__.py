"""The command line: one module a subcommand, loaded when it is used.

This package alone prints. Exit statuses: 0 nothing found, 1 findings, 2 wrong usage or
configuration, a path that cannot be read, or an internal error; ``run`` has the script's own.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the command line on ``argv`` (``sys.argv[1:]`` by default) and exit with its status."""
    from shapeguard.lint.memory import let_go, seldom_collected  # noqa: PLC0415 - importing stays free

    with seldom_collected():
        from shapeguard.cli.group import invoke  # noqa: PLC0415 - as above

    arguments = sys.argv[1:] if argv is None else argv
    status = invoke(arguments)
    if arguments[:1] != ["run"]:  # a script ends as it does without shapeguard
        let_go()
    sys.exit(status)
