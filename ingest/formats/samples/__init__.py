"""A small sample of each format, as it ships: invented people and words."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Sample:
    """A file's name and its bytes."""

    name: str
    content: bytes


def sample(format_name: str) -> Sample:
    """Return the sample of a format. Raises KeyError for a name without one."""
    for found in files(__name__).iterdir():
        stem, _, ending = found.name.rpartition(".")
        if stem == format_name and ending not in ("py", "pyc"):
            return Sample(found.name, found.read_bytes())
    raise KeyError(format_name)
