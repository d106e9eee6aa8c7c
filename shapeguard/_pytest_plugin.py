"""``pytest --shapeguard[=MODE]``: a test run under shape contracts, with a section about what broke.

The marker ``no_shapeguard`` lets a test run without them. Loading the plugin imports nothing heavy.
Under pytest-xdist the workers send what they found along with their reports.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from shapeguard.contracts.relations import LEVELS
from shapeguard.errors import ShapeContractError, ShapeguardError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from shapeguard.finding import Finding
    from shapeguard.runtime.control import Activation

_MARKER = "no_shapeguard"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; without the first one the plugin does nothing."""
    group = parser.getgroup("shapeguard", "shape contracts")
    group.addoption(
        "--shapeguard",
        nargs="?",
        const="error",
        metavar="MODE",
        help="enforce shape contracts: error (default), warn or collect; write it with '='",
    )
    group.addoption(
        "--shapeguard-level",
        default=LEVELS[0],
        choices=LEVELS,
        help="how much the contracts ask for (default: %(default)s)",
    )
    group.addoption(
        "--shapeguard-report",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="also write what broke to FILE, in an output format of shapeguard",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Put the contracts in force.

    Raises:
        pytest.UsageError: for a mode, level or report that does not exist, or a missing library.

    """
    config.addinivalue_line("markers", f"{_MARKER}: run the test without shape contracts")
    mode = config.getoption("--shapeguard")
    if mode is None:
        return
    from shapeguard.cli.reports import wanted_reports  # noqa: PLC0415 - only where it is asked for
    from shapeguard.runtime import control, switch  # noqa: PLC0415 - as above

    if mode not in control.MODES:
        message = (
            f"--shapeguard {mode!r}: the mode is one of {', '.join(control.MODES)}; "
            "write --shapeguard=MODE, or put --shapeguard behind the paths"
        )
        raise pytest.UsageError(message)
    try:
        reports: list[str] = config.getoption("--shapeguard-report") or []
        files = wanted_reports(reports)
        switch.require_library("pytest --shapeguard")
        session = _Session(
            control.checked(mode, str(config.getoption("--shapeguard-level"))), files
        )
        switch.begin_from_import(session.activation)
    except ShapeguardError as error:
        raise pytest.UsageError(str(error)) from error
    config.pluginmanager.register(session, "shapeguard-session")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Step aside for a test that is marked; whether or not the option is given.

    Its fixtures and every thread of the process are included.
    """
    if item.get_closest_marker(_MARKER) is None:
        return (yield)
    from shapeguard.runtime import control  # noqa: PLC0415 - only where it is asked for

    with control.aside_everywhere():
        return (yield)


@dataclass
class _Session:
    """A test run under contracts; ``found`` maps fingerprints to findings, each with its first test."""

    activation: Activation
    reports: list[tuple[str, Path]]
    found: dict[str, tuple[str, Finding]] = field(default_factory=dict[str, "tuple[str, Finding]"])
    sent: set[str] = field(default_factory=set[str])
    unwritten: str | None = None

    def pytest_unconfigure(self) -> None:
        """Take the contracts back."""
        from shapeguard.runtime import switch  # noqa: PLC0415 - loaded already

        switch.end(self.activation)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Send along what broke in a phase of a test, as values of JSON's own types."""
        import msgspec  # noqa: PLC0415 - only where it is asked for

        from shapeguard.runtime import violations  # noqa: PLC0415 - loaded already

        report = yield
        error = call.excinfo.value if call.excinfo is not None else None
        ended = [error.finding] if isinstance(error, ShapeContractError) else []
        new = [each for each in (*ended, *violations()) if each.fingerprint not in self.sent]
        self.sent |= {each.fingerprint for each in new}
        report.__dict__["shapeguard"] = msgspec.to_builtins(new)
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what broke, from whatever process it comes."""
        import msgspec  # noqa: PLC0415 - only where it is asked for

        from shapeguard.finding import Finding  # noqa: PLC0415 - as above

        sent: Any = getattr(report, "shapeguard", ())
        for finding in msgspec.convert(sent, tuple[Finding, ...]):
            self.found.setdefault(finding.fingerprint, (report.nodeid, finding))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the reports that were asked for; a run without them is no success."""
        from shapeguard.cli.reports import write_reports  # noqa: PLC0415 - loaded already

        if hasattr(session.config, "workerinput"):
            return  # of pytest-xdist: the reports are written where everything arrives
        try:
            write_reports([each for _, each in self.found.values()], self.reports)
        except ShapeguardError as error:
            self.unwritten = str(error)
            if session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show what broke, and which reports could not be written."""
        if self.unwritten:
            terminalreporter.section("shape contracts: no report", red=True)
            terminalreporter.line(self.unwritten, red=True)
        if not self.found:
            return
        terminalreporter.section(f"shape contracts: {len(self.found)} broken")
        for nodeid, finding in self.found.values():
            terminalreporter.line(f"{finding.code} {finding.name}: {finding.message}")
            terminalreporter.line(f"    {finding.span.filename}:{finding.span.start.row}")
            terminalreporter.line(f"    first in {nodeid}")
