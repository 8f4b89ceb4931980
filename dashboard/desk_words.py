"""What the desk says after a key: what was saved, who was faster, what went wrong."""

from __future__ import annotations

from datetime import datetime

from dashboard.words import ago
from insights.desk.annotations import Judgement, Outcome, Verdict

SAID = {
    Verdict.ACCEPTED: "accepted",
    Verdict.CORRECTED: "corrected",
    Verdict.REJECTED: "rejected",
    Verdict.ADDED: "marked",
}


def what_became(said: Judgement, done: Outcome, now: datetime) -> str:
    """Return what became of a judgement, in one or two sentences."""
    if done.told is None:
        return "Saved. A second opinion, compared later." if said.blind else "Saved."
    first = f"{done.told.who} {SAID.get(done.told.verdict, 'judged')} this {ago(done.told.at, now)}"
    if done.told.verdict is said.verdict:
        return f"{first}; yours was not needed."
    return f"{first}; yours is kept beside it and changes nothing. Say it again to overrule."


def sentence(error: Exception) -> str:
    """Return an error of a service as a sentence."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
