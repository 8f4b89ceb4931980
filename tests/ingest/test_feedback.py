"""An id is for ever: it must not depend on the process, and no two records may share one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.feedback import feedback_id

words = st.text(st.characters(), max_size=20)


def test_the_id_of_a_record_never_changes() -> None:
    assert feedback_id("zendesk", "4711") == "3dca834578b9344d2f6d095cb26e2cf6"


@given(st.tuples(words, words), st.tuples(words, words))
def test_two_records_have_two_ids(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (feedback_id(*one) == feedback_id(*other)) == (one == other)
