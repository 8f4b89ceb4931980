"""What every tracker can do, and how the one of a name is opened."""

from __future__ import annotations

from typing import Protocol

from ingest.web import Outside
from insights.listening.tracked import Issue
from pipelines.settings import TrackerAddress

OURS = "Sent by Earshot"
"""The line that our comments end with, so that they are not taken for somebody's reason."""


class Tracker(Protocol):
    """A project in a tracker. Every call may raise ``ingest.web.OutsideError``."""

    def create(self, title: str, body: str) -> Issue:
        """Make an issue; ``body`` is Markdown."""
        ...

    def read(self, key: str) -> Issue:
        """Return an issue as it is now."""
        ...

    def comment(self, key: str, text: str) -> None:
        """Say something below an issue; ``text`` is Markdown."""
        ...


def open_tracker(name: str, given: TrackerAddress) -> tuple[Tracker, Outside]:
    """Return the tracker and its connection, which the caller closes."""
    from pipelines.trackers import github, gitlab, jira, linear

    match given.kind:
        case "github":
            return github.opened(name, given)
        case "gitlab":
            return gitlab.opened(name, given)
        case "jira":
            return jira.opened(name, given)
        case "linear":
            return linear.opened(name, given)


def reason_in(comments: list[str]) -> str:
    """Return what somebody said last, in one line; ``comments`` are oldest first, ours are passed over."""
    theirs = [" ".join(text.split()) for text in comments if OURS not in text and text.strip()]
    return theirs[-1][:1_000] if theirs else ""
