"""With EARSHOT_NO_SKIPS=1 a skipped test fails: where everything is installed, a skip hides a hole."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure that repeats the skip's reason."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("EARSHOT_NO_SKIPS") == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: skips are not allowed here (EARSHOT_NO_SKIPS=1). {reason}"
    return report
