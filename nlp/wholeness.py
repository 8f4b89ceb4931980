"""Whether a phrase stands on its own as a name of its kind, judged by the parts of speech of its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from nlp.language import load
from nlp.signals import SignalKind

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


UNUSED = ("parser", "ner", "lemmatizer", "senter")
_NO_START = _listed("CC IN TO WDT WP WP$ WRB RP POS MD EX , . : -LRB- -RRB- '' `` UH FW")
_NO_END = _listed("CC DT IN TO WDT WP WP$ WRB POS MD EX PRP$ PDT , : -LRB- `` UH")
_BE = _listed("be is are was were am been being has have had does do did 's 're 've 'm got get gets")
_ABSENT = _listed("he she her him they them hers theirs herself himself themselves it itself this that these those one")
_POSSESSIVE = frozenset({"his", "her", "their", "its"})
VAGUE = _listed(
    "nobody nothing something somebody everything everyone someone anything day days week weeks month months year years time "
    "times way thing things lot bit end hour hours minute minutes morning evening night today yesterday euro o'clock "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october "
    "november december one two three four five six seven eight nine ten first second third last next"
)
_CUT_QUESTION = _listed("many much old long far often half")
_COURTESY = re.compile(
    r"""all\ the\ best|fair\ enough|(?:kind|best|warm)?\ ?regards|see\ you|take\ care|no\ worries|thank|thanks|sorted\b.{0,12}$|good\ (?:day|luck)
    |not\ like\ |(?:inc|llc|ltd)\b|.*\bas\ follows$
    |have\ a\ |that's\ |thats\ |well\ done|not\ sure|perfect\b.{0,14}$|quick\ (?:one|q|question|answer)|me\ again""",
    re.IGNORECASE | re.VERBOSE,
)
_SPEECH = _listed("says said told asked asks showed thinks thought reckons mailed explains explained mentions")
_REPORTING = _listed(
    "stating saying meaning claiming including regarding telling adding alleging implying seeing knowing being"
)
"""Words that hand on what follows: "stating that I have not paid" is somebody else's sentence."""
_ASKING = _listed("do did does can are is should could were was")
_NEGATED = re.compile(
    r"""\b(?:not|never|no|none|nobody|nothing|cannot|without|refus\w+|reject\w*|declin\w+|fail\w*|wrong\w*|broke\w*|late|lost|slow\w*
    |stuck|wait\w*|missing|overdue|crash\w*|freez\w+|drop\w*|drain\w*|blocked|denied|unable|hidden|charged|twice|again|too|dead|empty|flat
    |stolen|stops?|stopped|worse|rude|expensive|delay\w*|ignored?|lies|lied|fell|falls|collapse\w*|squeal\w*|rattl\w+|kicks?|kicked
    |hang\w*|error|scam|bounced|gone|vanish\w+|bent|blank|unreadable|refuse\w*|double|hold)\b|n['’]t\b""",
    re.IGNORECASE | re.VERBOSE,
)
_PLEASED = re.compile(
    r"""\b(?:good|great|lovely|love\w*|brilliant|perfect\w*|excellent|amazing|nice|kind\w*|friendly|helpful|quick\w*|fast|easy|easily|simple
    |smooth\w*|patient|thank\w*|happy|pleased|best|gem|star|sorted|solved|fair|impress\w+|wonderful|fantastic|calm|polite|honest|clear\w*
    |beautiful\w*|works|works?\s+well|delighted|grateful|recommend\w*|awesome|super|darling|legend|hero|changed|explained)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def judged(phrases: Sequence[str], kind: SignalKind | None = None) -> list[tuple[str, float]]:
    """Return each phrase as a name would write it, and how well it stands alone, from 0 (not at all) to about 1.

    Possessives that point at somebody unnamed become "the". ``kind`` asks for its own form: a verb first for jobs and
    suggestions, something that hurts for pains, something good for praise. Raises LanguagePipelineMissing.
    """
    docs = load(exclude=UNUSED).pipe(phrases, batch_size=256)
    return [(_written(doc), _standing(doc) * _fitting(doc, kind)) for doc in docs]


def _written(doc: Doc) -> str:
    return "".join(("the" if _of_nobody(token) else token.text) + token.whitespace_ for token in doc)


def _of_nobody(token: Token) -> bool:
    """A possessive whose owner is not named, as in "open her lock"; in "riders under their own account" he is."""
    own = token.i + 1 < len(token.doc) and token.nbor().lower_ == "own"
    return token.tag_ == "PRP$" and token.lower_ in _POSSESSIVE and not own


def _standing(doc: Doc) -> float:
    words = [token for token in doc if not token.is_punct]
    if not words or _dangling(words):
        return 0.0
    nouns = sum(token.tag_.startswith("NN") and token.lower_ not in VAGUE for token in words)
    verbs = sum(token.tag_.startswith("VB") and token.lower_ not in _BE for token in words)
    modifiers = sum(token.tag_.startswith(("JJ", "VBN", "VBG", "IN")) for token in words) + (nouns > 1)
    weight = (1.0 if nouns else 0.3) * (0.5 if words[0].lower_ in ("every", "each") else 1.0)
    if not verbs and not any(token.lower_ in _BE for token in words):
        weight *= 0.85 if modifiers else 0.3
    count = len([token for token in words if not token.text.startswith(("'", "n'", "’"))])
    weight *= {1: 0.05, 2: 0.25, 3: 0.9, 8: 0.95, 9: 0.85}.get(count, 1.0 if count < 9 else 0.7)
    for token in words:
        nobody = token.lower_ in _ABSENT and token.tag_ in ("PRP", "DT")
        if nobody or any(character.isdigit() for character in token.text):
            weight *= 0.4
        elif token.tag_ == "CD":
            weight *= 0.7
    return weight


def _dangling(words: Sequence[Token]) -> bool:
    first, last = words[0], words[-1]
    if _COURTESY.match(first.doc.text) or first.lower_ in _CUT_QUESTION | _SPEECH:
        return True
    if first.lower_ in _REPORTING or (first.lower_ in VAGUE and _turned(words)):
        return True
    if first.tag_ in _NO_START and first.lower_ not in ("without", "no"):
        return True
    # "s on my list" is what is left of "what's"; "no I only wanted" answers somebody.
    if (len(first.text) == 1 and first.lower_ != "i") or (
        first.lower_ == "no" and words[1:] and words[1].tag_ == "PRP"
    ):
        return True
    if first.lower_ in _BE - {"get", "got"} or first.lower_ in _ABSENT or first.text[0].isdigit():
        return True
    if last.tag_ in _NO_END or last.lower_ in _BE | {"n't", "not"} or last.tag_ == "CD":
        return True
    if last.lower_ in _SPEECH and len(words) > 1 and words[-2].tag_ == "CC":
        return True
    # "title to my car and I need": another sentence has only begun.
    if last.tag_.startswith("VB") and len(words) > 2 and words[-2].tag_ == "PRP" and words[-3].tag_ == "CC":
        return True
    if last.tag_ == "RB" and len(words) > 1 and words[-2].lower_ in _BE:
        return True
    # "hobbies do you like", "reservation been confirmed": the rest of a question whose first word went.
    return any(
        (one.lower_ in _ASKING and two.tag_ == "PRP")
        or (one.lower_ in ("do", "does", "did") and two.tag_ in ("DT", "PRP$"))
        or (two.lower_ == "been" and one.tag_.startswith("NN"))
        or (one.lower_ in ("a", "an", "the") and two.tag_ in ("PRP", "PRP$"))
        for one, two in pairwise(words)
    )


def _turned(words: Sequence[Token]) -> bool:
    """A stretch of time that only led up to the point: "weeks and we have", "days after final installation"."""
    return len(words) > 1 and words[1].lower_ in ("and", "after", "before", "since", "later", "ago", "prior")


def _fitting(doc: Doc, kind: SignalKind | None) -> float:
    """How well the form suits the kind."""
    first = doc[0]
    verb_first = first.tag_ in ("VB", "VBP") and first.lower_ not in _BE - {"get"}
    finite = any(token.tag_ in ("VBZ", "VBD", "VBP", "MD") for token in doc[1:])
    if kind in (SignalKind.JOB, SignalKind.SUGGESTION):
        return 1.25 if verb_first else 0.9 if first.tag_ == "VBG" else 0.6 if finite else 0.8
    weight = 0.5 if first.lower_ in ("not", "you", "i", "we") else 0.7 if first.tag_ in ("VBZ", "VBD") else 1.0
    if kind is SignalKind.PAIN:
        weight *= (1.5 if _NEGATED.search(doc.text) else 1.0) * (0.5 if _PLEASED.search(doc.text) else 1.0)
    if kind is SignalKind.PRAISE:
        weight *= (1.3 if _PLEASED.search(doc.text) else 0.7) * (0.6 if _NEGATED.search(doc.text) else 1.0)
    return weight
