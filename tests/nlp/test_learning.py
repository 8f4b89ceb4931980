"""Protects learning from annotations: a model is switched only for a gain that notes it never saw bear out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import examples, learning
from nlp.annotated import Mark
from nlp.examples import Example
from nlp.learning import GAIN, LOSS, Comparison, TooFewAnnotations
from nlp.static_encoder import StaticEncoder
from nlp.training import fit

ENCODER = StaticEncoder()


THINGS = ("the pump", "unit 7", "line B", "the north gate", "her meter", "the left lift", "bay 12", "the new valve")
DAYS = ("monday", "tuesday", "this morning", "since easter", "after lunch", "at night", "twice", "last week")


@pytest.fixture(scope="module")
def few() -> list[Example]:
    """Sentences to start from: an eighth of our own."""
    known = examples.read(examples.shipped())[::8]
    return [replace(example, fold=2 + number % 4) for number, example in enumerate(known)]


def _shop_floor(*, marked: bool) -> list[Example]:
    """Notes in a jargon our sentences lack: what "grips" is broken, what "purrs" is not; each a note of its own."""
    made = []
    for number in range(320):
        thing, day = THINGS[number % 8], DAYS[number // 8 % 8]
        broken = number // 64 % 2 == 0
        words = f"{thing} {'grips' if broken else 'purrs'} {day}"
        fold = learning.fold_of(f"note-{number}")
        marks = (Mark("pain", 0, len(words)),) if broken and (marked or fold < 2) else ()
        made.append(Example("n", "note", "b2b", f"{words}.", marks, fold, str(number)))
    return made


def test_right_annotations_make_a_model_that_is_taken_and_wrong_ones_one_that_is_not(few: list[Example]) -> None:
    old = fit(few, ENCODER, "few")
    new, found = learning.learn(few, _shop_floor(marked=True), old, ENCODER, "learnt")
    assert new.recipe_id == "learnt"
    assert found.learnt_from + found.held_back == 320
    assert set(found.old) == {"pain"}
    assert found.new["pain"] > 0.9 > found.old["pain"]
    assert found.better, found.reason
    _, worse = learning.learn(few, _shop_floor(marked=False), old, ENCODER, "misled")
    assert not worse.better, worse.reason


def test_too_little_to_judge_by_is_said_with_the_number_needed(few: list[Example]) -> None:
    with pytest.raises(TooFewAnnotations, match="held back to judge by; 40 of those are needed, about 200"):
        learning.learn(few, _shop_floor(marked=True)[:100], fit(few, ENCODER), ENCODER, "x")


scores = st.dictionaries(st.sampled_from(["pain", "suggestion", "job"]), st.floats(0, 1), min_size=1)


@given(scores, st.data())
def test_no_kind_is_ever_paid_for_by_another(old: dict[str, float], data: st.DataObject) -> None:
    new = {kind: data.draw(st.floats(0, 1)) for kind in old}
    found = Comparison(old, new, 100, 50)
    if found.better:
        assert sum(new.values()) / len(new) - sum(old.values()) / len(old) >= GAIN - 1e-9
        assert all(old[kind] - new[kind] <= LOSS for kind in old)
    else:
        assert found.lost or found.new_macro - found.old_macro < GAIN


def test_a_note_keeps_its_fold_for_ever() -> None:
    assert [learning.fold_of(f"note-{number}") for number in range(8)] == FOLDS
    share = sum(learning.fold_of(str(number)) < 2 for number in range(5000)) / 5000
    assert 0.17 < share < 0.23


FOLDS = [0, 3, 4, 0, 0, 1, 1, 6]
