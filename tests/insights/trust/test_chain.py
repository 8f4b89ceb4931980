"""Protects the chain of hashes: any change, gap or exchange of entries shows at the first entry that is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.trust.chain import START, Link, canonical, linked, verify

CONTENT = st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=5), max_size=3)


def chained(contents: list[dict[str, object]]) -> list[Link]:
    links, previous = list[Link](), START
    for number, content in enumerate(contents, start=1):
        links.append(linked(number, content, previous))
        previous = links[-1].hash
    return links


@given(st.lists(CONTENT, max_size=8))
def test_an_untouched_chain_holds(contents: list[dict[str, object]]) -> None:
    assert verify(chained(contents)) is None


@given(st.lists(CONTENT, min_size=1, max_size=8), st.data())
def test_a_changed_entry_shows(contents: list[dict[str, object]], data: st.DataObject) -> None:
    """Seen to fail when the content is left out of the hash."""
    links = chained(contents)
    at = data.draw(st.integers(0, len(links) - 1))
    links[at] = replace(links[at], content={**links[at].content, "slipped in": True})
    assert verify(links) == links[at]


@given(st.lists(CONTENT, min_size=2, max_size=8), st.data())
def test_a_missing_entry_shows_unless_it_was_the_last(contents: list[dict[str, object]], data: st.DataObject) -> None:
    """Seen to fail without the check of the number, once the hash before was left out too."""
    links = chained(contents)
    at = data.draw(st.integers(0, len(links) - 2))
    del links[at]
    assert verify(links) == links[at]


@given(st.lists(CONTENT, min_size=2, max_size=8), st.data())
def test_a_missing_entry_shows_although_those_behind_it_are_numbered_anew(
    contents: list[dict[str, object]], data: st.DataObject
) -> None:
    """Seen to fail without the check of the hash before."""
    links = chained(contents)
    at = data.draw(st.integers(0, len(links) - 2))
    links[at:] = [linked(link.number - 1, link.content, link.previous) for link in links[at + 1 :]]
    assert verify(links) == links[at]


@given(st.lists(CONTENT, min_size=2, max_size=8), st.data())
def test_a_changed_entry_whose_hash_was_made_anew_breaks_the_next(
    contents: list[dict[str, object]], data: st.DataObject
) -> None:
    links = chained(contents)
    at = data.draw(st.integers(0, len(links) - 2))
    changed = {**links[at].content, "slipped in": True}
    links[at] = linked(links[at].number, changed, links[at].previous)
    assert verify(links) == links[at + 1]


def test_a_check_may_begin_in_the_middle() -> None:
    links = chained([{"at": number} for number in range(5)])
    assert verify(links[3:], links[2].hash, 3) is None
    assert verify(links[3:]) == links[3]


def test_one_content_has_one_text_and_what_json_cannot_hold_is_refused() -> None:
    assert canonical({"b": 1, "a": "ü"}) == canonical({"a": "ü", "b": 1}) == '{"a":"ü","b":1}'
    with pytest.raises(ValueError):
        canonical({"a": float("nan")})
    with pytest.raises(TypeError):
        canonical({"a": object()})
