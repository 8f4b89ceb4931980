"""Jira's issues, by its REST interface v2, which takes plain text. Done with a resolution such as "Won't Do" is turned down."""

from __future__ import annotations

from typing import Any

from ingest.web import Outside
from insights.listening.tracked import Issue, State
from pipelines.settings import TrackerAddress
from pipelines.trackers.tracker import Tracker, reason_in

FIELDS = "summary,status,resolution,comment"
KEPT = frozenset({"done", "fixed", "resolved", "complete", "completed"})


class Jira:
    """The issues of one project; ``site`` is the address people open."""

    def __init__(self, outside: Outside, project: str, site: str) -> None:
        self._outside = outside
        self._project = project
        self._site = site.rstrip("/")

    def create(self, title: str, body: str) -> Issue:
        fields = {
            "project": {"key": self._project},
            "issuetype": {"name": "Task"},
            "summary": title[:255],
            "description": body,
        }
        return self.read(self._outside.send("POST", "/rest/api/2/issue", {"fields": fields}).json()["key"])

    def read(self, key: str) -> Issue:
        return self._issue(self._outside.get(f"/rest/api/2/issue/{key}", fields=FIELDS).json())

    def comment(self, key: str, text: str) -> None:
        self._outside.send("POST", f"/rest/api/2/issue/{key}/comment", {"body": text})

    def _issue(self, told: dict[str, Any]) -> Issue:
        fields = told["fields"]
        state, reason = State.OPEN, ""
        if fields["status"]["statusCategory"]["key"] == "done":
            resolution = (fields.get("resolution") or {}).get("name", "Done").casefold()
            state = State.DONE if resolution in KEPT else State.DECLINED
            reason = reason_in([one["body"] for one in (fields.get("comment") or {}).get("comments", ())])
        return Issue(told["key"], f"{self._site}/browse/{told['key']}", fields["summary"], state, reason)


def opened(name: str, given: TrackerAddress) -> tuple[Tracker, Outside]:
    """Return the tracker and its connection. Jira has no address of its own that fits everybody: it must be given."""
    auth = (given.user, given.token.get_secret_value())
    outside = Outside(name, given.address, {"Accept": "application/json"}, auth=auth)
    return Jira(outside, given.project, given.address), outside
