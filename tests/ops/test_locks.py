"""What is installed is what was tested: every dependency is locked by version and hash, and no lock names an address."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RUNTIME = [Requirement(line) for line in PROJECT["dependencies"]]
DEVELOPMENT = [Requirement(line) for line in PROJECT["optional-dependencies"]["dev"]]


def locked(name: str) -> dict[str, set[Version]]:
    """Return the versions of each package in a lock; some have one per Python version."""
    found: dict[str, set[Version]] = {}
    for match in re.finditer(r"^([a-z0-9-]+)==([^ ;]+)", (ROOT / "locks" / name).read_text(), re.MULTILINE):
        found.setdefault(match[1], set()).add(Version(match[2]))
    return found


@pytest.mark.parametrize(
    ("name", "required"), [("runtime.txt", RUNTIME), ("dev.txt", RUNTIME + DEVELOPMENT)], ids=["runtime", "dev"]
)
def test_every_dependency_is_locked_in_a_version_that_fits(name: str, required: list[Requirement]) -> None:
    versions = locked(name)
    stale = [
        str(wanted)
        for wanted in required
        if not any(
            wanted.specifier.contains(found, prereleases=True)
            for found in versions.get(canonicalize_name(wanted.name), ())
        )
    ]
    assert not stale, f"locks/{name} does not hold {', '.join(stale)}; run `make lock`"


def test_the_two_locks_agree() -> None:
    runtime, development = locked("runtime.txt"), locked("dev.txt")
    assert {name: development.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_every_line_is_a_version_with_hashes_and_nothing_else(name: str) -> None:
    lines = (ROOT / "locks" / name).read_text().splitlines()
    pinned = re.compile(r"[a-z0-9-]+==[^ ;]+( ; [^/:]+)? \\")
    hashed = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [line for line in lines if not pinned.fullmatch(line) and not hashed.fullmatch(line)] == []
    assert not re.search(r"://|@ ", "\n".join(lines))


def test_nothing_huge_is_locked() -> None:
    huge = [name for name in locked("dev.txt") if re.match(r"torch|tensorflow|nvidia-|cuda|jax|triton", name)]
    assert huge == []
