"""Where a theme stands."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where a theme stands. The values are stored; never rename one.

    ``emerging`` gathered on the stream and no refresh has confirmed it; ``faded`` was not heard of for long.
    """

    LIVE = "live"
    EMERGING = "emerging"
    FADED = "faded"
    MERGED = "merged"
    RETIRED = "retired"


STANDING = (Status.LIVE.value, Status.EMERGING.value, Status.FADED.value)
"""Themes that are on the board and take signals."""
