"""What is heard: the right kinds, in words that can be pointed at, from the right mouth."""

from __future__ import annotations

from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.feedback import Segment, Speaker
from nlp import examples
from nlp.evaluation_jobs import evaluate_jobs
from nlp.evaluation_signals import evaluate_signals
from nlp.heads import HeadsModel, UnreadableModel
from nlp.hearing import Hearer
from nlp.model import open_model
from nlp.signals import Attribution, Signal, SignalKind

C, A, N = Speaker.CUSTOMER, Speaker.AGENT, Speaker.NOTE


@pytest.fixture(scope="module")
def shipped() -> Hearer:
    """A hearer with the model that ships, built once in the repository's own folder."""
    return Hearer(open_model(Path(__file__).parents[2] / "var" / "models"))


def heard(hearer: Hearer, speaker: Speaker, text: str) -> tuple[Signal, ...]:
    return hearer.hear([Segment(speaker, text)])


def test_a_complaint_is_reported_without_its_frame(hearer: Hearer) -> None:
    (pain,) = [
        s for s in heard(hearer, N, "Customer is complaining that the lift is stuck.") if s.kind is SignalKind.PAIN
    ]
    assert pain.text == "the lift is stuck"
    assert pain.attribution is Attribution.REPORTED
    assert 1 <= pain.severity <= 5


def test_a_customers_own_words_are_customer_evidence(hearer: Hearer) -> None:
    signals = heard(hearer, C, "the app keeps crashing and I still have no refund")
    assert {s.attribution for s in signals} == {Attribution.CUSTOMER}
    assert SignalKind.PAIN in {s.kind for s in signals}


def test_an_agents_turn_carries_only_compensation_and_handoff(hearer: Hearer) -> None:
    texts = [
        "The app keeps crashing for everybody.",
        "You should add dark mode.",
        "I've refunded the fee and passed it to billing.",
    ]
    kinds = {s.kind for text in texts for s in heard(hearer, A, text)}
    assert kinds <= {SignalKind.COMPENSATION, SignalKind.HANDOFF}


@pytest.mark.parametrize(
    "text", ["prob. a broken cable", "Agent states that the line is broken and the app keeps crashing."]
)
def test_what_an_agent_guesses_or_says_is_no_pain(hearer: Hearer, text: str) -> None:
    assert SignalKind.PAIN not in {s.kind for s in heard(hearer, N, text)}


@pytest.mark.parametrize(
    ("speaker", "text"),
    [
        (C, "No problems with the app at all so far."),
        (C, "I have never had any trouble with the heating."),
        (C, "If the pump broke in winter I would be furious."),
        (C, "What happens if my parcel gets lost?"),
        (N, "might be a faulty sensor on our side"),
        (N, "I suspect the router firmware is broken."),
    ],
)
def test_what_did_not_happen_is_no_pain(shipped: Hearer, speaker: Speaker, text: str) -> None:
    """Negations, hypotheticals and an agent's own guess."""
    assert SignalKind.PAIN not in {s.kind for s in heard(shipped, speaker, text)}


def test_help_for_one_person_is_no_suggestion(shipped: Hearer) -> None:
    for text in ("Please send me the form.", "You should receive it on Monday."):
        assert SignalKind.SUGGESTION not in {s.kind for s in heard(shipped, C, text)}
    assert SignalKind.SUGGESTION in {s.kind for s in heard(shipped, C, "Please add a dark mode.")}


def test_long_and_hostile_text_is_heard_in_time(shipped: Hearer) -> None:
    for text in ("please " * 600, "i need to " * 400, "((((" * 1000, "so that i can, and " * 250, "ab" * 2500):
        began = process_time()
        heard(shipped, C, text)
        assert process_time() - began < 2


def test_a_job_is_only_the_thing_wanted(hearer: Hearer) -> None:
    jobs = [s for s in heard(hearer, C, "I want to change my address.") if s.kind is SignalKind.JOB]
    assert [s.text for s in jobs] == ["change my address"]
    assert jobs[0].slots[0].name == "want"


def test_a_language_no_head_reads_gives_nothing(hearer: Hearer) -> None:
    note = [Segment(C, "the app keeps crashing")]
    assert hearer.hear_many([note, note], ["de", "en"])[0] == ()
    assert hearer.hear_many([note, note], ["de", "en"])[1] != ()


def test_a_batch_hears_what_single_notes_hear(hearer: Hearer) -> None:
    notes = [[Segment(C, "the app froze. please add tabs"), Segment(N, "cu says refund late")], [], [Segment(C, "")]]
    assert hearer.hear_many(notes, ["en"] * 3) == [hearer.hear(note) for note in notes]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from(
                [
                    "i need it to",
                    "please add",
                    "cu says",
                    "broken",
                    "İ",
                    "[NAME-1]",
                    ". ",
                    "for work",
                    "so that i can",
                    "\n",
                ]
            ),
        ),
        max_size=14,
    ),
    st.sampled_from(list(Speaker)),
)
def test_every_signal_can_be_pointed_at(hearer: Hearer, parts: list[str], speaker: Speaker) -> None:
    text = " ".join(parts)
    for signal in heard(hearer, speaker, text):
        assert signal.text == text[signal.start : signal.end] != ""
        assert 0 <= signal.confidence <= 1
        assert (signal.severity > 0) == (signal.kind is SignalKind.PAIN)
        assert all(0 <= slot.start < slot.end <= len(text) for slot in signal.slots)


def test_sentences_never_trained_on_are_heard(hearer: Hearer) -> None:
    kept = [example for example in examples.read(examples.shipped()) if example.held_back and example.speaker == "c"]
    for kind, floor in (("pain", 0.55), ("suggestion", 0.55)):
        labels = [any(mark.label in {kind, "tip" if kind == "suggestion" else kind} for mark in e.marks) for e in kept]
        assert evaluate_signals([e.text for e in kept], labels, kind, hearer)["f1"] >= floor


def test_jobs_are_measured_by_kind(hearer: Hearer) -> None:
    items: list[dict[str, Any]] = [
        {"text": "I want to cancel my plan.", "jobs": [{"kind": "want", "start": 10, "end": 24}]},
        {"text": "The line opens at nine.", "jobs": []},
    ]
    measured = evaluate_jobs(items, hearer)
    assert measured["want"]["f1"] == 1.0
    assert measured["want"]["span_f1"] == 1.0
    with pytest.raises(ValueError, match="item 1"):
        evaluate_jobs([{"text": "x", "jobs": [{"kind": "wish", "start": 0, "end": 1}]}], hearer)


def test_a_model_is_read_back_as_it_was_saved(hearer: Hearer, tmp_path: Path) -> None:
    hearer.model.save(tmp_path / "heads")
    again = Hearer(HeadsModel.load(tmp_path / "heads"))
    note = [Segment(C, "My parcel never came, and I need it for a wedding.")]
    assert again.hear(note) == hearer.hear(note)


def test_a_broken_model_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "heads.json").write_text("{}")
    with pytest.raises(UnreadableModel, match="earshot train"):
        HeadsModel.load(tmp_path / "heads")
