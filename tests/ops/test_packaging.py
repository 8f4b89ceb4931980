"""An installed Earshot has everything the source tree has: patterns, styles, migrations, the shipped notes."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("ingest", "nlp", "insights", "dashboard", "pipelines")


def test_the_wheel_holds_every_file_of_the_five_packages(tmp_path: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    source = tmp_path / "source"
    for name in [*tracked, "pyproject.toml", "README.md", "LICENSE"]:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "--wheel-dir",
            tmp_path,
            source,
        ],
        check=True,
    )
    [wheel] = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert [name for name in tracked if name not in packed] == [], "name them in pyproject.toml, package-data"


def test_the_five_packages_are_ours() -> None:
    distribution = importlib.metadata.packages_distributions()
    assert {name: distribution.get(name) for name in PACKAGES} == {name: ["earshot"] for name in PACKAGES}
