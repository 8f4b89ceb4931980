"""GitHub's issues, by its REST interface of version 2022-11-28. A closed issue is done unless closed as not planned."""

from __future__ import annotations

from typing import Any

from ingest.web import Outside
from insights.listening.tracked import Issue, State
from pipelines.settings import TrackerAddress
from pipelines.trackers.tracker import Tracker, reason_in

ADDRESS = "https://api.github.com"
PAGE = 100


class GitHub:
    """The issues of one repository."""

    def __init__(self, outside: Outside, repository: str) -> None:
        self._outside = outside
        self._issues = f"/repos/{repository}/issues"

    def create(self, title: str, body: str) -> Issue:
        made = self._outside.send("POST", self._issues, {"title": title, "body": body}).json()
        return self._issue(made)

    def read(self, key: str) -> Issue:
        return self._issue(self._outside.get(f"{self._issues}/{key.removeprefix('#')}").json())

    def comment(self, key: str, text: str) -> None:
        self._outside.send("POST", f"{self._issues}/{key.removeprefix('#')}/comments", {"body": text})

    def _issue(self, told: dict[str, Any]) -> Issue:
        state = State.OPEN
        if told["state"] == "closed":
            state = State.DECLINED if told.get("state_reason") in ("not_planned", "duplicate") else State.DONE
        reason = ""
        if state is not State.OPEN and told.get("comments"):
            last = (told["comments"] - 1) // PAGE + 1
            answer = self._outside.get(f"{self._issues}/{told['number']}/comments", per_page=PAGE, page=last)
            reason = reason_in([one["body"] or "" for one in answer.json()])
        return Issue(f"#{told['number']}", told["html_url"], told["title"], state, reason)


def opened(name: str, given: TrackerAddress) -> tuple[Tracker, Outside]:
    """Return the tracker and its connection."""
    headers = {
        "Authorization": f"Bearer {given.token.get_secret_value()}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    outside = Outside(name, given.address or ADDRESS, headers)
    return GitHub(outside, given.project), outside
