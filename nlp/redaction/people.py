"""The language model's word on two unknown words in capitals: a person or not. Asked only about those, for it
is slow."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import spacy
from spacy.language import Language

from nlp.redaction.gazetteer import MODEL

_UNUSED = ["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer"]
_LONGEST = 20_000


@cache
def _model() -> Language:
    return spacy.load(MODEL, exclude=_UNUSED)


def people(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each person the model names in the first 20,000 characters of the text."""
    for entity in _model()(text[:_LONGEST]).ents:
        if entity.label_ == "PERSON":
            yield entity.start_char, entity.end_char
