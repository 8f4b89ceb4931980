"""GitLab's issues, by its REST interface v4. A closed issue is done unless a label says that it was turned down."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ingest.web import Outside
from insights.listening.tracked import Issue, State
from pipelines.settings import TrackerAddress
from pipelines.trackers.tracker import Tracker, reason_in

ADDRESS = "https://gitlab.com"
TURNED_DOWN = frozenset({"declined", "won't do", "wont do", "wontfix", "won't fix", "not planned"})


class GitLab:
    """The issues of one project."""

    def __init__(self, outside: Outside, project: str) -> None:
        self._outside = outside
        self._issues = f"/api/v4/projects/{quote(project, safe='')}/issues"

    def create(self, title: str, body: str) -> Issue:
        return self._issue(self._outside.send("POST", self._issues, {"title": title, "description": body}).json())

    def read(self, key: str) -> Issue:
        return self._issue(self._outside.get(f"{self._issues}/{key.removeprefix('#')}").json())

    def comment(self, key: str, text: str) -> None:
        self._outside.send("POST", f"{self._issues}/{key.removeprefix('#')}/notes", {"body": text})

    def _issue(self, told: dict[str, Any]) -> Issue:
        state, reason = State.OPEN, ""
        if told["state"] == "closed":
            labels = {label.casefold() for label in told.get("labels") or ()}
            state = State.DECLINED if labels & TURNED_DOWN else State.DONE
            asked = {"sort": "desc", "order_by": "created_at", "per_page": 50}
            notes = self._outside.get(f"{self._issues}/{told['iid']}/notes", **asked).json()
            reason = reason_in([note["body"] for note in reversed(notes) if not note.get("system")])
        return Issue(f"#{told['iid']}", told["web_url"], told["title"], state, reason)


def opened(name: str, given: TrackerAddress) -> tuple[Tracker, Outside]:
    """Return the tracker and its connection."""
    outside = Outside(name, given.address or ADDRESS, {"PRIVATE-TOKEN": given.token.get_secret_value()})
    return GitLab(outside, given.project), outside
