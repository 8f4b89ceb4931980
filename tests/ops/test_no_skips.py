"""Where everything is installed, a skip must not pass for green."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = """
import pytest

def test_passes(): pass

def test_skips(): pytest.skip("needs a thing: install it")

@pytest.fixture
def thing(): pytest.skip("needs a thing: install it")

def test_skips_in_a_fixture(thing): pass

@pytest.mark.xfail
def test_is_known_to_fail(): assert False
"""


@pytest.mark.parametrize(
    ("no_skips", "closing"), [("1", "1 failed, 1 passed, 1 xfailed, 1 error"), ("", "1 passed, 2 skipped, 1 xfailed")]
)
def test_a_skip_is_a_failure_only_where_none_is_allowed(tmp_path: Path, no_skips: str, closing: str) -> None:
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.no_skips", "--rootdir", tmp_path, "-c", os.devnull, tmp_path],
        cwd=ROOT,
        env=os.environ | {"EARSHOT_NO_SKIPS": no_skips},
        capture_output=True,
        text=True,
        check=False,
    )
    assert closing in run.stdout
    assert ("needs a thing: install it" in run.stdout) == bool(no_skips)
