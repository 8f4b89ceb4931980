"""Protects proposals: numbers that last, decisions that are made once, and nothing proposed against a person's no."""

from __future__ import annotations

from dataclasses import replace

import pytest

from insights.delivery.rows import signal_id
from insights.delivery.writer import Home, write
from insights.store import Store
from insights.themes import curation, proposals
from insights.themes.curation import Decision
from insights.themes.decisions import decisions
from insights.themes.proposals import ProposalError, State, Suggestion
from tests.insights.notes import NOW, analysis, feedback

MACHINE = Decision("machine", "refresh", NOW)
ANNA = Decision("anna", "no", NOW)


def plant(store: Store, number: int = 12) -> list[int]:
    notes = [analysis(feedback(str(at), customer_key=f"c{at % 5}")) for at in range(number)]
    write(store, notes, [[Home(None, 0.0)]] * number, received_at=NOW)
    return [signal_id(note.feedback.id, note.signals[0]) for note in notes]


def new(members: list[int]) -> Suggestion:
    return Suggestion("pain", "new", None, None, tuple(members), name="New", terms=("a", "b"), customers=2, purity=0.75)


def test_a_proposal_comes_back_as_it_was_made(store: Store) -> None:
    signals = plant(store)
    (number,) = proposals.keep(store, "pain", [new(signals[:5])], NOW)
    (found,) = proposals.waiting(store)
    assert found.suggestion == new(signals[:5])
    assert (found.id, found.state, found.made_at, found.theme) == (number, State.WAITING, NOW, "")
    assert proposals.count(store) == 1


def test_a_proposal_made_again_keeps_its_number_and_others_are_outdated(store: Store) -> None:
    signals = plant(store)
    first, second = proposals.keep(store, "pain", [new(signals[:5]), new(signals[6:])], NOW)
    again = proposals.keep(store, "pain", [new(signals[:6])], NOW)
    assert again == (first,)
    assert [len(found.suggestion.members) for found in proposals.waiting(store)] == [6]
    with pytest.raises(ProposalError, match="outdated already"):
        proposals.one(store, second)
    assert proposals.keep(store, "job", [], NOW) == ()
    assert proposals.count(store) == 1, "a refresh of one kind says nothing about another"
    proposals.keep(store, "pain", [], NOW, looked_for=("merge",))
    assert proposals.count(store) == 1, "what was not looked for is not outdated"


def test_a_no_stays_a_no_until_the_matter_has_changed(store: Store) -> None:
    signals = plant(store)
    (number,) = proposals.keep(store, "pain", [new(signals[:5])], NOW)
    proposals.decide(store, number, State.REJECTED, ANNA)
    assert proposals.keep(store, "pain", [new(signals[:6])], NOW) == ()
    (other,) = proposals.keep(store, "pain", [new(signals)], NOW)
    assert other > number
    with pytest.raises(ProposalError, match="rejected already"):
        proposals.one(store, number)
    with pytest.raises(ProposalError, match="somebody decided"):
        proposals.decide(store, number, State.ACCEPTED, ANNA)
    with pytest.raises(ProposalError, match="no proposal 99"):
        proposals.one(store, 99)


def test_only_what_is_still_where_it_was_fits(store: Store) -> None:
    signals = plant(store)
    one = curation.create(store, "pain", "One", signals[:4], MACHINE).theme_id
    two = curation.create(store, "pain", "Two", signals[4:8], MACHINE).theme_id
    rest = new(signals[6:])
    fitting = proposals.still_fitting(store, rest)
    assert fitting is not None
    assert set(fitting.members) == set(signals[8:])
    assert proposals.still_fitting(store, new(signals[:8])) is None
    split = Suggestion("pain", "split", one, None, tuple(signals[:2]))
    assert proposals.still_fitting(store, split) == replace(split, members=tuple(sorted(signals[:2])))
    assert proposals.still_fitting(store, replace(split, members=tuple(signals[:4]))) is None, "it would leave nothing"
    merge = Suggestion("pain", "merge", one, two, tuple(signals[:4]))
    assert proposals.still_fitting(store, merge) is not None
    curation.merge(store, one, two, MACHINE)
    assert proposals.still_fitting(store, merge) is None
    assert proposals.still_fitting(store, Suggestion("pain", "grow", one, None, tuple(signals[8:]))) is None
    assert proposals.still_fitting(store, Suggestion("pain", "fade", two, None, ())) is not None
    assert proposals.still_fitting(store, Suggestion("pain", "confirm", two, None, ())) is None


def test_what_people_decided_is_remembered(store: Store) -> None:
    signals = plant(store)
    one = curation.create(store, "pain", "One", signals[:4], MACHINE).theme_id
    two = curation.create(store, "pain", "Two", signals[4:8], MACHINE)
    nobody = decisions(store, "pain")
    assert (nobody.placed, nobody.whole, nobody.kept_apart, nobody.refused) == ({}, frozenset(), frozenset(), {})
    part = curation.split(store, one, signals[:2], ANNA, name="Part").other_theme_id
    found = decisions(store, "pain")
    assert found.placed == dict.fromkeys(signals[:2], part)
    assert found.kept_apart == {one, part}
    curation.undo(store, two.lineage_id, ANNA)
    found = decisions(store, "pain")
    assert {signal: found.placed[signal] for signal in signals[4:8]} == dict.fromkeys(signals[4:8])
    assert found.refused == dict.fromkeys(signals[4:8], frozenset({two.theme_id}))
    assert part is not None
    curation.merge(store, part, one, ANNA)
    assert decisions(store, "pain").whole == {one}
    assert decisions(store, "job").placed == {}
