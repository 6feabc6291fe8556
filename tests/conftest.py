"""Fixtures live in fix_*.py, one family a file."""

import pytest

pytest_plugins = [
    "tests.fix_store",
    "tests.fix_world",
    "tests.fix_idp",
    "tests.fix_saml",
    "tests.conformance.clients.fix_clients",
    "tests.conformance.fix_iam",
    "tests.conformance.fix_agent",
    "tests.conformance.fix_s3",
    "tests.conformance.fix_points",
    "tests.conformance.fix_tutorial",
    "tests.attacks.fix_target",
    "tests.console.fix_console",
]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures that tests measured (`record_property("figures", ...)`), for docs/faults.md."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    for report in reports:
        for name, value in getattr(report, "user_properties", ()):
            if name == "figures" and report.when == "call":
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {value}")
