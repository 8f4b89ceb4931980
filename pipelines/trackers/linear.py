"""Linear's issues, by its GraphQL interface. Completed is done, canceled is turned down."""

from __future__ import annotations

from typing import Any

from ingest.web import NotFound, Outside, OutsideError
from insights.listening.tracked import Issue, State
from pipelines.settings import TrackerAddress
from pipelines.trackers.tracker import Tracker, reason_in

ADDRESS = "https://api.linear.app"
FIELDS = "id identifier url title state { type } comments(last: 50) { nodes { body createdAt } }"
CREATE = f"mutation($input: IssueCreateInput!) {{ issueCreate(input: $input) {{ issue {{ {FIELDS} }} }} }}"
READ = f"query($id: String!) {{ issue(id: $id) {{ {FIELDS} }} }}"
COMMENT = "mutation($input: CommentCreateInput!) { commentCreate(input: $input) { success } }"
STATES = {"completed": State.DONE, "canceled": State.DECLINED}


class Linear:
    """The issues of one team."""

    def __init__(self, outside: Outside, team: str) -> None:
        self._outside = outside
        self._team = team

    def create(self, title: str, body: str) -> Issue:
        given = {"teamId": self._team, "title": title, "description": body}
        return self._issue(self._ask(CREATE, {"input": given})["issueCreate"]["issue"])

    def read(self, key: str) -> Issue:
        return self._issue(self._ask(READ, {"id": key})["issue"])

    def comment(self, key: str, text: str) -> None:
        self._ask(COMMENT, {"input": {"issueId": key, "body": text}})

    def _ask(self, question: str, given: dict[str, Any]) -> dict[str, Any]:
        told = self._outside.send("POST", "/graphql", {"query": question, "variables": given}).json()
        if told.get("errors"):
            said = "; ".join(str(error.get("message", error)) for error in told["errors"])[:200]
            kind = NotFound if "not found" in said.casefold() else OutsideError
            raise kind(f"{self._outside.name} refused: {said}")
        found: dict[str, Any] = told["data"]
        return found

    def _issue(self, told: dict[str, Any]) -> Issue:
        state = STATES.get(told["state"]["type"], State.OPEN)
        comments = sorted(told["comments"]["nodes"], key=lambda one: one["createdAt"])
        reason = reason_in([one["body"] for one in comments]) if state is not State.OPEN else ""
        return Issue(told["identifier"], told["url"], told["title"], state, reason)


def opened(name: str, given: TrackerAddress) -> tuple[Tracker, Outside]:
    """Return the tracker and its connection."""
    outside = Outside(name, given.address or ADDRESS, {"Authorization": given.token.get_secret_value()})
    return Linear(outside, given.project), outside
