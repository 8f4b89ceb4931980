"""X9: libraries whose older versions lose records or let strangers in are not taken, neither asked for nor locked."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LEAST = {
    "kafka-python": "3.0.12",  # GHSA-m3px-q5gj-j9x7, CVE-2026-10143, and stuck partitions before 3.0.9
    "streamlit": "1.67",  # CVE-2026-33682 before 1.54
    "sqlalchemy": "2.1.9",
}


@pytest.mark.parametrize("name", LEAST)
def test_x9_no_version_with_a_known_fault_is_asked_for_locked_or_installed(name: str) -> None:
    least = Version(LEAST[name])
    asked = re.findall(rf'^\s+"({name}[^"]*)",?$', (ROOT / "pyproject.toml").read_text(), flags=re.MULTILINE)
    floors = [Version(part.version) for part in Requirement(asked[0]).specifier if part.operator == ">="]
    assert floors
    assert min(floors) >= least
    for lock in ("runtime.txt", "dev.txt"):
        pinned = re.search(
            rf"^{name}(?:\[[^\]]*\])?==([\w.]+)", (ROOT / "locks" / lock).read_text(), flags=re.MULTILINE
        )
        assert pinned is not None, lock
        assert Version(pinned[1]) >= least
    assert Version(version(name)) >= least


def test_v2_checksums_come_from_the_fast_library() -> None:
    import crc32c

    assert version("crc32c")
    assert crc32c.crc32c(b"123456789") == 0xE3069283
