"""The words of notes, folded for searching, and kept beside the notes."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from insights.columns import table
from insights.counting.packing import hashed
from insights.tables import SearchNoteRow, SegmentRow

NOTE = table(SearchNoteRow)
_WORD = re.compile(r"\w+")
_AT_ONCE = 500
LONGEST = 60
"""Letters of a word that are kept; what is longer is no word."""


def folded(text: str) -> str:
    """Return the words of a text in small letters, without accents, one blank between them."""
    small = text.casefold()
    if not small.isascii():
        small = "".join(one for one in unicodedata.normalize("NFKD", small) if not unicodedata.combining(one))
    return " ".join(word[:LONGEST] for word in _WORD.findall(small.replace("_", " ")))


def index_words(connection: Connection, notes: Sequence[str]) -> None:
    """Keep the words of these notes as they stand now, in this order; those of a note that is gone go too."""
    for start in range(0, len(notes), _AT_ONCE):
        some = notes[start : start + _AT_ONCE]
        connection.execute(delete(NOTE).where(NOTE.c.feedback_id.in_(some)))
        said: dict[str, list[str]] = defaultdict(list)
        wanted = select(SegmentRow.feedback_id, SegmentRow.text).where(SegmentRow.feedback_id.in_(some))
        for row in connection.execute(wanted.order_by(SegmentRow.feedback_id, SegmentRow.position)):
            said[row.feedback_id].append(folded(row.text))
        rows = [
            {"feedback_id": note, "note": hashed(note), "words": " ".join(said[note])} for note in some if note in said
        ]
        if not rows:
            continue
        statement = insert(NOTE)
        if connection.dialect.name == "postgresql":
            words = func.to_tsvector("simple", bindparam("words"))
            statement = statement.values(feedback_id=bindparam("feedback_id"), note=bindparam("note"), words=words)
        connection.execute(statement, rows)
