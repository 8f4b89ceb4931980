"""Choosing words of a message: with the mouse in the text itself, or with the arrow keys on a slider of its words.

The script is a file of our own served from here, because the board's policy refuses every other script.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

HERE = Path(__file__).parent
NAME = "mark_words"
_WORD = re.compile(r"\w(?:\S*\w)?")
_SHOWN = 24


def words_of(text: str) -> list[tuple[int, int]]:
    """Return where each word of a text stands."""
    return [found.span() for found in _WORD.finditer(text)]


def snapped(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Widen a stretch to whole words, so that a slip of the mouse does not cut one; None when it holds no word."""
    inside = [(first, last) for first, last in words_of(text) if last > start and first < end]
    return (inside[0][0], inside[-1][1]) if inside else None


def choose_words(text: str, words_hash: str, start: int, end: int, *, key: str) -> tuple[int, int]:
    """Let the reader choose a stretch of ``text``; return it. ``start`` and ``end`` are what is chosen at first."""
    spans = words_of(text)
    if not spans:
        return start, end
    turn, ends = st.session_state.setdefault(f"{key}-chosen", (0, _ends(spans, start, end)))
    # A slider keeps what was pulled on it; after the mouse has chosen, it is another slider.
    slider = f"{key}-words-{turn}"
    first, last = st.session_state.get(slider, ends)
    _component()(
        key=f"{key}-mouse",
        data={"text": text, "start": spans[first][0], "end": spans[last][1], "hash": words_hash},
        on_marked_change=lambda: _marked(key, text, words_hash),
    )
    if len(spans) > 1:
        first, last = st.select_slider(
            "First and last word",
            range(len(spans)),
            value=ends,
            key=slider,
            format_func=lambda at: _word(text, spans, at),
        )
    # What was not touched stays as it was, to the letter.
    return (start, end) if (first, last) == _ends(spans, start, end) else (spans[first][0], spans[last][1])


def _marked(key: str, text: str, words_hash: str) -> None:
    """Take over what the mouse selected, unless the text has changed under it."""
    marked: Any = getattr(st.session_state.get(f"{key}-mouse"), "marked", None)
    if not isinstance(marked, (list, tuple)) or len(marked) != 3 or marked[2] != words_hash:
        return
    if not all(isinstance(at, int) and 0 <= at <= len(text) for at in marked[:2]):
        return
    found = snapped(text, *sorted(marked[:2]))
    if found is not None:
        turn, _ = st.session_state.get(f"{key}-chosen", (0, None))
        st.session_state[f"{key}-chosen"] = (turn + 1, _ends(words_of(text), *found))


def _ends(spans: list[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    inside = [at for at, (first, last) in enumerate(spans) if last > start and first < end]
    return (inside[0], inside[-1]) if inside else (0, len(spans) - 1)


def _word(text: str, spans: list[tuple[int, int]], at: int) -> str:
    return text[slice(*spans[at])][:_SHOWN]


@cache
def _component() -> Any:
    manifest = ComponentManifest("earshot", "1", [ComponentConfig(NAME, "static")])
    get_bidi_component_manager().register_from_manifest(manifest, HERE)
    return st.components.v2.component(f"earshot.{NAME}", js="mark_words.js", html="<div></div>", isolate_styles=False)
