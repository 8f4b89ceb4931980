"""Protects the page of one theme: its figures, its quotes with every mark in them, and links that never die."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from ingest.feedback import Segment, Speaker
from insights.board.theme import Highlight, QuoteOrder, quotes, theme
from insights.counting.weeks import change
from insights.delivery.rows import signal_id
from insights.delivery.writer import Home, write
from insights.store import Store
from insights.themes import curation
from insights.themes.curation import Decision
from nlp.analyzer import Analysis
from nlp.signals import Attribution, SignalKind
from tests.insights.notes import NOW, analysis, feedback, signal

TODAY = NOW.date()
BY = Decision("machine", "discovered", NOW)


def put(store: Store, *notes: Analysis) -> list[int]:
    write(store, notes, [[Home(None, 0.0)] * len(note.signals) for note in notes], received_at=NOW)
    return [signal_id(note.feedback.id, found) for note in notes for found in note.signals]


def three(store: Store) -> tuple[list[Analysis], list[int], int]:
    """Three notes of two customers: near the mean, nearest it, and far from it."""
    places: Sequence[tuple[str, int, list[float]]] = (
        ("c1", 1, [1, 0.2, 0, 0]),
        ("c1", 8, [1, 0, 0, 0]),
        ("c2", 15, [0.3, 1, 0, 0]),
    )
    notes = [
        analysis(
            feedback(
                f"n{at}", customer_key=who, occurred_at=NOW - timedelta(days=days), product="Bike", region=f"r{at % 2}"
            ),
            vectors=[vector],
        )
        for at, (who, days, vector) in enumerate(places)
    ]
    ids = put(store, *notes)
    made = curation.create(store, "pain", "Does not unlock", ids, BY, terms=("unlock",), exemplar=ids[0])
    return notes, ids, made.theme_id


def test_the_figures_of_a_theme(store: Store) -> None:
    notes, _, theme_id = three(store)
    found = theme(store, theme_id, TODAY)
    assert found is not None
    assert (found.name, found.kind, found.terms, found.status) == ("Does not unlock", "pain", ("unlock",), "live")
    assert (found.notes, found.customers, found.came_back, found.severity) == (3, 2, 1, 3)
    assert (found.first_heard, found.last_heard) == (notes[2].feedback.occurred_at, notes[0].feedback.occurred_at)
    assert (found.running_week, found.weeks[-1], found.weeks[-2]) == (1, (date(2026, 9, 21), 1), (date(2026, 9, 14), 1))
    assert len(found.weeks) == 12
    assert found.change == change(2, 0)
    said = {(one.field, one.value): (one.notes, one.customers) for one in found.affected}
    assert said["product", "Bike"] == (3, 2)
    assert (said["region", "r0"], said["region", "r1"]) == ((2, 2), (1, 1))
    assert not [one for one in found.affected if one.field == "plan"]
    assert found.typical_quote == notes[0].signals[0].text
    assert found.redirected_from is None


def test_an_old_id_leads_on_and_an_unknown_one_to_nothing(store: Store) -> None:
    _, _, theme_id = three(store)
    more = put(store, analysis(feedback("other")), analysis(feedback("third")))
    second = curation.create(store, "pain", "Second", more[:1], BY).theme_id
    third = curation.create(store, "pain", "Third", more[1:], BY).theme_id
    curation.merge(store, third, second, Decision("anna", "the same", NOW))
    curation.merge(store, second, theme_id, Decision("anna", "the same", NOW))
    found = theme(store, third, TODAY)
    assert found is not None
    assert (found.id, found.redirected_from, found.notes) == (theme_id, third, 5)
    step = found.lineage[0]
    assert (step.event, step.other_theme, step.other_name, step.moved, step.who) == (
        "merged",
        second,
        "Second",
        2,
        "anna",
    )
    assert not step.outgoing
    assert [step.event for step in found.lineage] == ["merged", "created"]
    assert theme(store, 999, TODAY) is None
    assert theme(store, -1, TODAY) is None
    assert theme(store, 2**70, TODAY) is None


def test_neighbours_are_the_nearest_of_the_same_kind(store: Store) -> None:
    vectors = [[1, 0, 0, 0], [0.9, 0.1, 0, 0], [0, 1, 0, 0], [0.5, 0.5, 0, 0]]
    ids = put(store, *(analysis(feedback(str(at)), vectors=[vector]) for at, vector in enumerate(vectors)))
    made = [curation.create(store, "pain", f"T{at}", [one], BY, exemplar=one).theme_id for at, one in enumerate(ids)]
    found = theme(store, made[0], TODAY)
    assert found is not None
    assert tuple((near.id, near.name) for near in found.neighbours) == (
        (made[1], "T1"),
        (made[3], "T3"),
        (made[2], "T2"),
    )


def test_an_empty_theme_has_a_page(store: Store) -> None:
    group = curation.create(store, "pain", "Riding", [], BY).theme_id
    found = theme(store, group, TODAY)
    assert found is not None
    assert (found.notes, found.severity, found.first_heard, found.neighbours) == (0, 0, NOW, ())


def test_quotes_newest_typical_different_and_by_week(store: Store) -> None:
    notes, _, theme_id = three(store)
    order = [note.feedback.id for note in notes]
    assert [found.feedback_id for found in quotes(store, theme_id, QuoteOrder.NEWEST)] == order
    typical = [found.feedback_id for found in quotes(store, theme_id, QuoteOrder.TYPICAL)]
    assert typical == [order[0], order[1], order[2]]
    different = [found.feedback_id for found in quotes(store, theme_id, QuoteOrder.DIFFERENT)]
    assert different == [order[2], order[1], order[0]]
    for sort in QuoteOrder:
        week = quotes(store, theme_id, sort, week=date(2026, 9, 21))
        assert [found.feedback_id for found in week] == [order[1]]
        paged = [quotes(store, theme_id, sort, limit=1, offset=at) for at in range(4)]
        assert [found for page in paged for found in page] == list(quotes(store, theme_id, sort))
    assert quotes(store, 999, QuoteOrder.TYPICAL) == ()


def test_a_quote_is_its_whole_segment_with_every_mark(store: Store) -> None:
    text = "It is slow. Please make it fast. It is so slow."
    found = feedback("1", text)
    found = type(found)(
        source="desk",
        external_id="1",
        occurred_at=NOW,
        segments=(Segment(Speaker.CUSTOMER, text), Segment(Speaker.AGENT, "I see.")),
        channel="chat",
    )
    signals = [
        signal("It is slow."),
        signal("Please make it fast.", SignalKind.SUGGESTION, start=12),
        signal("It is so slow.", start=33),
    ]
    ids = put(store, analysis(found, signals))
    made = curation.create(store, "pain", "Slow", [ids[0], ids[2]], BY).theme_id
    (quote,) = quotes(store, made, QuoteOrder.NEWEST)
    assert (quote.text, quote.speaker, quote.channel) == (text, "customer", "chat")
    assert quote.highlights == (Highlight("pain", 0, 11), Highlight("suggestion", 12, 32), Highlight("pain", 33, 47))
    assert [text[mark.start : mark.end] for mark in quote.highlights] == [found.text for found in signals]


def test_an_agents_guess_is_no_evidence(store: Store) -> None:
    _, _, theme_id = three(store)
    guess = analysis(feedback("g"), [signal("Probably the lock.", attribution=Attribution.AGENT)])
    write(store, [guess], [[Home(theme_id, 0.9)]], received_at=NOW)
    found = theme(store, theme_id, TODAY)
    assert found is not None
    assert found.notes == len(quotes(store, theme_id, QuoteOrder.NEWEST)) == 3
