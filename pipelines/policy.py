"""Which suggestions are taken at once, which wait for a person, and how one is carried out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from insights.store import Store
from insights.themes import curation, proposals, standing
from insights.themes.curation import CurationError, Decision
from insights.themes.lineage import MACHINE, Step
from insights.themes.proposals import State, Suggestion
from nlp.lineage import Action
from pipelines.comparing import CONFIRM


class Policy(StrEnum):
    """``all`` suggestions are taken at once, only ``safe`` ones, or none: ``ask``."""

    ALL = "all"
    SAFE = "safe"
    ASK = "ask"

    def takes(self, suggestion: Suggestion) -> bool:
        return self is Policy.ALL or (self is Policy.SAFE and suggestion.safe)


@dataclass(frozen=True, slots=True)
class Change:
    """A suggestion carried out: ``theme_id`` is the theme it is about, ``moved`` the signals it moved.

    ``steps`` are what ``earshot themes undo`` takes, last first.
    """

    kind: str
    action: str
    theme_id: int
    moved: int
    steps: tuple[int, ...]


def carry_out(store: Store, suggestion: Suggestion, decision: Decision) -> Change | None:
    """Do what still fits of a suggestion; None, and nothing changed, when it fits no more. Raises StoreError."""
    fitting = proposals.still_fitting(store, suggestion)
    if fitting is None:
        return None
    try:
        steps = _steps(store, fitting, decision)
    except CurationError:
        # The themes moved between the look and the step; curation changes nothing then.
        return None
    if not steps:
        return None
    theme_id = suggestion.theme_id
    if theme_id is None or (suggestion.action == Action.SPLIT and suggestion.target_id is None):
        theme_id = steps[0].other_theme_id or steps[0].theme_id
    ids = tuple(step.lineage_id for step in steps)
    return Change(suggestion.kind, suggestion.action, theme_id, sum(step.moved for step in steps), ids)


def accept(store: Store, number: int, decision: Decision) -> Change | None:
    """Carry a stored proposal out; None when it was outdated, which is then written down. Raises ProposalError, StoreError."""
    found = proposals.one(store, number)
    # The idea stays the machine's: what a person thought up themselves binds later refreshes, this does not.
    why = f"proposal {number}, accepted by {decision.who}" + (f": {decision.why}" if decision.why else "")
    change = carry_out(store, found.suggestion, Decision(MACHINE, why, decision.at))
    if change is None:
        outdated = Decision(decision.who, "its signals or themes moved meanwhile", decision.at)
        proposals.decide(store, number, State.OUTDATED, outdated)
    else:
        proposals.decide(store, number, State.ACCEPTED, decision)
    return change


def reject(store: Store, number: int, decision: Decision) -> None:
    """Write down that a proposal is not wanted; it is not made again. Raises ProposalError, StoreError."""
    proposals.one(store, number)
    proposals.decide(store, number, State.REJECTED, decision)


def _steps(store: Store, suggestion: Suggestion, decision: Decision) -> list[Step]:
    theme, target, members = suggestion.theme_id, suggestion.target_id, suggestion.members
    name, terms, exemplar = suggestion.name, suggestion.terms, suggestion.exemplar_signal_id
    match suggestion.action:
        case Action.NEW:
            kind = suggestion.kind
            return [curation.create(store, kind, name, members, decision, terms=terms, exemplar=exemplar)]
        case Action.MERGE if theme is not None and target is not None:
            return [curation.merge(store, theme, target, decision)]
        case Action.SPLIT if theme is not None:
            return [
                curation.split(store, theme, members, decision, into=target, name=name, terms=terms, exemplar=exemplar)
            ]
        case Action.FADE if theme is not None:
            return [standing.fade(store, theme, decision)]
        case Action.GROW | "confirm" if theme is not None:
            confirmed = [standing.confirm(store, theme, decision)] if suggestion.action == CONFIRM else []
            grown = curation.grow(store, theme, members, decision)
            return confirmed + ([grown] if grown else [])
        case _:
            raise ValueError(f"a suggestion to {suggestion.action} needs its theme")
