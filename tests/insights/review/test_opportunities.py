"""Protects the opportunity solution tree: a tree it stays, whatever is hung where; edits are known; exports are whole."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from insights.delivery.writer import Home, write
from insights.review import opportunities
from insights.review import opportunity_edits as edits
from insights.review.opportunities import UNDER, NodeKind, State
from insights.review.opportunity_edits import TreeError
from insights.review.opportunity_export import as_json, mermaid
from insights.store import Store
from insights.tables import SignalRow
from insights.themes import curation
from insights.themes.lineage import Decision
from insights.trust import audit, people
from insights.trust.people import NotAllowed, Person, Role
from tests.insights.notes import NOW, analysis, feedback

HOSTILE = 'Click "here"]; click n1 call alert() <img src=x onerror=1> `x` #quot; %%'


@pytest.fixture
def ada(store: Store) -> Person:
    return people.local(store, "Ada", at=NOW)


@pytest.fixture
def themes(store: Store) -> list[int]:
    """Three themes of one note each."""
    notes = [feedback(str(number), customer_key=f"c{number}") for number in range(3)]
    write(store, [analysis(one) for one in notes], [[Home(None, 0.0)]] * 3, received_at=NOW)
    with store.connect() as connection:
        signals = list(connection.execute(select(SignalRow.id).order_by(SignalRow.id)).scalars())
    names = ("Locks", "Refunds", HOSTILE)
    decision = Decision("machine", "", NOW)
    return [
        curation.create(store, "pain", name, [one], decision).theme_id for name, one in zip(names, signals, strict=True)
    ]


def grown(store: Store, ada: Person, themes: list[int]) -> list[int]:
    """An outcome, a theme, a solution, an experiment."""
    outcome = edits.add(store, NodeKind.OUTCOME, " Fewer  contacts ", by=ada, at=NOW)
    theme = edits.add(store, NodeKind.THEME, under=outcome, theme_id=themes[0], by=ada, at=NOW)
    solution = edits.add(store, NodeKind.SOLUTION, "Safe retry", under=theme, owner="Payments", by=ada, at=NOW)
    trial = edits.add(store, NodeKind.EXPERIMENT, "Two depots", under=solution, by=ada, at=NOW)
    return [outcome, theme, solution, trial]


def test_a_tree_grows_is_edited_and_shows_what_is_known_of_its_themes(
    store: Store, ada: Person, themes: list[int]
) -> None:
    outcome, theme, solution, trial = grown(store, ada, themes)
    other = edits.add(store, NodeKind.THEME, under=outcome, theme_id=themes[1], by=ada, at=NOW)
    assert [one.id for one in opportunities.tree(store).places(opportunities.tree(store).nodes[solution])] == [other]
    edits.hang(store, solution, other, by=ada, at=NOW)
    edits.change(store, trial, state=State.RUNNING, note="A third fewer calls", by=ada, at=NOW)
    found = opportunities.tree(store)
    assert [(depth, node.title) for depth, node in found.walk()] == [
        (0, "Fewer contacts"),
        (1, "Locks"), (2, "Safe retry"), (3, "Two depots"),
        (1, "Refunds"), (2, "Safe retry"), (3, "Two depots"),
    ]  # fmt: skip
    assert (found.nodes[theme].customers, found.nodes[theme].notes) == (1, 1)
    assert (found.nodes[trial].state, found.nodes[trial].note) == (State.RUNNING, "A third fewer calls")
    assert [one.id for one in found.above(solution)] == [theme, other]
    assert found.places(found.nodes[theme]) == (found.nodes[other],)
    edits.unhang(store, solution, other, by=ada, at=NOW)
    with pytest.raises(TreeError, match="hangs nowhere else"):
        edits.unhang(store, solution, theme, by=ada, at=NOW)
    curation.merge(store, themes[0], themes[2], Decision("Ada", "", NOW))
    after = opportunities.tree(store).nodes[theme]
    assert (after.title, after.theme_id, after.customers) == (HOSTILE, themes[2], 2)
    assert edits.add(store, NodeKind.THEME, under=outcome, theme_id=themes[2], by=ada, at=NOW) == theme


def test_every_edit_is_known_and_what_is_removed_is_told_whole(store: Store, ada: Person, themes: list[int]) -> None:
    _, theme, solution, trial = grown(store, ada, themes)
    edits.change(store, trial, state=State.WORKED, by=ada, at=NOW)
    edits.change(store, trial, state=State.WORKED, by=ada, at=NOW)
    with pytest.raises(TreeError, match="move or remove that first"):
        edits.remove(store, solution, by=ada, at=NOW)
    edits.remove(store, trial, by=ada, at=NOW)
    log = [one for one in audit.entries(store) if one.subject == f"opportunity:{trial}"]
    assert [one.action.removeprefix("opportunity ") for one in reversed(log)] == ["added", "hung", "changed", "removed"]
    assert log[0].before == {
        "kind": "experiment", "title": "Two depots", "theme_id": None, "owner": "", "state": "worked", "note": "",
        "under": [solution],
    }  # fmt: skip
    assert {node.id for _, node in opportunities.tree(store).walk()} == {1, theme, solution}


def test_what_makes_no_sense_is_refused(store: Store, ada: Person, themes: list[int]) -> None:
    outcome, theme, solution, trial = grown(store, ada, themes)
    tom = people.add(store, "Tom", "", Role.AGENT, by=ada, at=NOW)
    with pytest.raises(NotAllowed):
        edits.add(store, NodeKind.OUTCOME, "Mine", by=tom, at=NOW)
    for step, why in (
        (lambda: edits.add(store, NodeKind.OUTCOME, "  ", by=ada, at=NOW), "in a few words"),
        (lambda: edits.add(store, NodeKind.SOLUTION, "x", by=ada, at=NOW), "hangs under"),
        (lambda: edits.add(store, NodeKind.SOLUTION, "x", under=outcome, by=ada, at=NOW), "cannot hang"),
        (lambda: edits.add(store, NodeKind.THEME, "x", under=outcome, by=ada, at=NOW), "choose a theme"),
        (lambda: edits.hang(store, trial, outcome, by=ada, at=NOW), "cannot hang"),
        (lambda: edits.change(store, theme, title="x", by=ada, at=NOW), "renamed on its own page"),
        (lambda: edits.remove(store, 999, by=ada, at=NOW), "no node 999"),
        (lambda: edits.hang(store, theme, theme, by=ada, at=NOW), "under itself"),
    ):
        with pytest.raises(TreeError, match=why):
            step()
    assert len(opportunities.tree(store).edges) == 3
    assert solution in opportunities.tree(store).nodes


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.booleans()), max_size=12))
def test_it_never_closes_a_circle(
    store: Store, ada: Person, themes: list[int], moves: list[tuple[int, int, bool]]
) -> None:
    ids = grown(store, ada, themes) if not opportunities.tree(store).nodes else sorted(opportunities.tree(store).nodes)
    outcome = ids[0]
    for theme in themes:
        edits.add(store, NodeKind.THEME, under=outcome, theme_id=theme, by=ada, at=NOW)
    ids = sorted(opportunities.tree(store).nodes)
    for child, parent, instead in moves:
        hangs = next((above for above, below in opportunities.tree(store).edges if below == ids[child]), None)
        with suppress(TreeError):
            edits.hang(store, ids[child], ids[parent], by=ada, at=NOW, instead_of=hangs if instead else None)
        found = opportunities.tree(store)
        assert {node.id for _, node in found.walk()} == set(found.nodes)
        assert all(found.nodes[above].kind in UNDER[found.nodes[below].kind] for above, below in found.edges)


def test_exports_are_whole_and_carry_nobody_s_markup(store: Store, ada: Person, themes: list[int]) -> None:
    outcome, theme, *_ = grown(store, ada, themes)
    edits.add(store, NodeKind.THEME, under=outcome, theme_id=themes[2], by=ada, at=NOW)
    edits.add(store, NodeKind.SOLUTION, HOSTILE, under=theme, by=ada, at=NOW)
    found = opportunities.tree(store)
    drawn = mermaid(found, NOW + timedelta(minutes=5)).splitlines()
    assert drawn[:2] == ["%% Opportunity solution tree, as of 2026-09-30 12:05 UTC", "flowchart LR"]
    assert '  n2["Locks<br/>1 customer, 1 note"]' in drawn
    shapes = re.compile(r'  n\d+(\(\[|\[|\(|\{\{)"([^"`\[\]{}()]*)"(\]\)|\]|\)|\}\})')
    for line in drawn[2:]:
        matched = shapes.fullmatch(line)
        assert matched or re.fullmatch(r"  n\d+ --> n\d+", line), line
        if matched:
            assert "<" not in matched[2].replace("<br/>", "")
    assert sum("-->" in line for line in drawn) == len(found.edges) == 5
    told = json.loads(as_json(found, NOW))
    assert told["nodes"][0] | {"title": "Fewer contacts", "kind": "outcome"} == told["nodes"][0]
    assert [(edge["parent"], edge["child"]) for edge in told["edges"]] == list(found.edges)
    assert told["exported_at"] == NOW.isoformat()
