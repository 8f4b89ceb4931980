"""Protects the bill of a theme: every figure counted by hand, and exceptions that recur named as a rule to remove."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, text

from ingest.feedback import Segment, Speaker
from insights.delivery.writer import Home, write
from insights.listening import paid
from insights.store import Store
from insights.tables import SignalRow
from insights.themes import curation
from insights.themes.curation import Decision
from nlp.analyzer import Analysis
from nlp.signals import SignalKind
from tests.insights.notes import NOW, analysis, feedback, signal

PAIN = "charged twice again"
ONE_OFF = f"{PAIN}. Refunded 39 as a one-off."
HANDED = f"{PAIN}. Passed to finance, not our department."


def note(
    number: int, text: str, customer: str, agent: str, mark: SignalKind | None = None, **fields: object
) -> Analysis:
    said = feedback(f"n{number}", text, customer_key=customer, agent_key=agent, **fields)
    said = replace(said, segments=(Segment(Speaker.NOTE, text),), occurred_at=NOW - timedelta(days=20 - number))
    signals = [signal(PAIN)]
    if mark is not None:
        words = text[len(PAIN) + 2 :].split(".")[0].split(",")[0]
        signals.append(signal(words, mark, start=text.index(words)))
    return analysis(said, signals)


def test_each_figure_is_as_counted_by_hand(store: Store) -> None:
    notes = [
        note(1, ONE_OFF, "c1", "a1", SignalKind.COMPENSATION, refund=39.0, currency="EUR", handle_minutes=5.0),
        note(2, HANDED, "c1", "a2", SignalKind.HANDOFF, handle_minutes=7.5),
        note(3, ONE_OFF, "c2", "a1", SignalKind.COMPENSATION, credit=10.0, currency="EUR"),
        note(4, f"{PAIN}. Refunded 5.", "c3", "a1", SignalKind.COMPENSATION, refund=5.0, currency="GBP"),
        note(5, f"{PAIN}. For now he pays cash.", "c4", "a3"),
    ]
    theme = _theme(store, notes)
    bill = paid.paid(store, theme)
    assert bill is not None
    assert (bill.customers, bill.came_back, bill.minutes) == (4, 1, 12.5)
    # c1 told two people and was handed on once, the three others told one each.
    assert bill.people_told == 1.5
    assert (bill.refunds, bill.credits) == ({"EUR": 39.0, "GBP": 5.0}, {"EUR": 10.0})
    counts = [
        len(one) for one in (bill.handoffs, bill.compensations, bill.exceptions, bill.workarounds, bill.disclaimers)
    ]
    assert counts == [1, 3, 2, 1, 1]
    assert bill.exceptions == tuple(sorted((notes[0].feedback.id, notes[2].feedback.id)))
    assert paid.rules_to_remove(store) == ()
    assert paid.paid(store, theme + 1) is None


def test_exceptions_for_three_customers_make_a_rule_to_remove_with_its_cost(store: Store) -> None:
    notes = [
        note(n, ONE_OFF, f"c{n}", "a", SignalKind.COMPENSATION, refund=10.0, credit=2.5, currency="EUR")
        for n in range(3)
    ]
    theme = _theme(store, notes)
    (rule,) = paid.rules_to_remove(store)
    assert (rule.theme_id, rule.customers, rule.cost, len(rule.exceptions)) == (theme, 3, {"EUR": 37.5}, 3)


def _theme(store: Store, notes: list[Analysis]) -> int:
    write(store, notes, [[Home(None, 0.0)] * len(one.signals) for one in notes], received_at=NOW)
    with store.connect() as connection:
        ids = connection.execute(select(SignalRow.id).where(SignalRow.kind == "pain")).scalars().all()
    return curation.create(store, "pain", PAIN, ids, Decision("machine", "", NOW)).theme_id


def test_what_was_given_is_found_without_reading_all_signals(store: Store) -> None:
    """Rules to remove are asked for with every view of the owners."""
    sqlite = store.dialect == "sqlite"
    with store.begin() as connection:
        if not sqlite:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        wanted = paid._compensated().compile(connection.engine, compile_kwargs={"literal_binds": True})
        plan = connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN' if sqlite else ''} {wanted}").all()
    assert "ix_signal_given" in str(plan)
