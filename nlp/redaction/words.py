"""The word lists of redaction, read once from ``data/``. A ``#`` line is a comment; a ``[name]`` line opens a
named set."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def listed(name: str) -> frozenset[str]:
    """Return all words of the file ``name`` in the data folder."""
    return frozenset(word for line in _lines(name) for word in line.split())


@cache
def words(name: str) -> frozenset[str]:
    """Return the set ``[name]`` of ``words.txt``. Raises KeyError when there is none of that name."""
    sets: dict[str, set[str]] = {}
    opened = ""
    for line in _lines("words.txt"):
        if line.startswith("["):
            opened = line.strip("[]")
        else:
            sets.setdefault(opened, set()).update(line.split())
    return frozenset(sets[name])


def _lines(name: str) -> list[str]:
    text = files("nlp.redaction").joinpath("data", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
