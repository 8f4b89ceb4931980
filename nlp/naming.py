"""Names that tell themes apart: a short phrase in the customers' own words, three terms, one typical quote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from nlp.encoders import Vectors, unit
from nlp.louvain import Labels
from nlp.neighbours import centred
from nlp.phrases import content, phrases, sentence_case, spelled_out, stem
from nlp.proper import proper_names
from nlp.signals import SignalKind
from nlp.wholeness import VAGUE, judged

_CENTRAL = 40
_TERMS = 3
_TOPIC = 4
"""How many telling words a name would ideally carry."""
_TAGGED = 24
"""How many candidates of a theme have their parts of speech looked at: most of the cost."""
_NEAR, _CUT = 0.7, 0.65
"""How much it counts that a phrase's text is central, and that it is a clause cut short."""
_OWN = 0.75
"""What is left of a phrase for each of its words that next to nobody else in the theme uses."""
_AGREED = 0.5
"""How much it counts that the same texts use several of a phrase's words."""
_HEARD = 300
"""How many texts of a theme are asked whether they agree."""
_PARTICULAR = 0.2
"""What a word weighs that names a place or a person, a stretch of time or a number, unless a good part of the theme has it."""
_COMMON = 0.3
_WHOLE, _PLAIN = 0.5, 3
"""How well a clause must stand alone to serve where nothing else does, and how many of the most typical texts are asked for one."""
_VAGUE_STEMS = frozenset(stem(word) for word in VAGUE)
_LEAST = 0.004
"""Below this even the best candidate says less than the bare words do."""


@dataclass(frozen=True, slots=True)
class ThemeName:
    """``terms`` are up to three telling words, ``exemplar`` the row of the most typical text."""

    name: str
    terms: tuple[str, ...]
    exemplar: int


def name_themes(
    texts: Sequence[str],
    labels: Labels,
    vectors: Vectors,
    *,
    taken: Collection[str] = (),
    kind: SignalKind | None = None,
) -> dict[int, ThemeName]:
    """Name the themes of rows that are all of one kind (pains, say). Rows labelled -1 are background only.

    A name is a clause of one of the texts nearest to the theme's middle that carries the words that are common in the theme
    and rare outside, and that stands on its own. No two names, and no name and one of ``taken``, share all their words that
    carry meaning. Larger themes choose first. ``kind`` lets the form suit what is named. Raises LanguagePipelineMissing.
    """
    words = [content(text) for text in texts]
    vectors = centred(vectors) if len(texts) else vectors
    particular = proper_names(texts) | _VAGUE_STEMS
    everywhere = Counter(word for row in words for word in row)
    used = {frozenset(content(name)) for name in taken}
    named: dict[int, ThemeName] = {}
    ids, sizes = np.unique(labels[labels >= 0], return_counts=True)
    for theme in ids[np.lexsort((ids, -sizes))]:
        rows: list[int] = np.flatnonzero(labels == theme).tolist()
        telling = _telling([words[row] for row in rows], everywhere, len(texts), particular)
        near = dict(zip(rows, _nearness(vectors[rows]).tolist(), strict=True))
        best = sorted(telling, key=lambda word: (-telling[word], word))
        terms = _spelled(best[:_TERMS], [texts[row] for row in rows])
        candidates = _candidates(texts, words, near, telling, particular)
        exemplar = _exemplar(texts, _central(near))
        clauses = [phrase.words for row in _central(near)[:_PLAIN] for phrase in phrases(texts[row])]
        name = _choose(candidates, clauses, terms, used, kind)
        used.add(frozenset(content(name)))
        named[int(theme)] = ThemeName(name, terms, exemplar)
    return named


def _telling(
    rows: Sequence[tuple[str, ...]], everywhere: Counter[str], n: int, particular: Collection[str]
) -> dict[str, float]:
    """How telling each word is: its share of the theme's texts times the log of how much rarer it is outside."""
    inside = Counter(word for row in rows for word in row)
    outside = max(1, n - len(rows))
    share = {word: number / len(rows) for word, number in inside.items() if not word[0].isdigit()}
    return {
        word: part
        * float(np.log(1 + part / ((everywhere[word] - inside[word] + 0.5) / outside)))
        * (_PARTICULAR if word in particular and part < _COMMON else 1.0)
        for word, part in share.items()
    }


def _nearness(vectors: Vectors) -> NDArray[np.float32]:
    """Return how near each row is to the middle of its theme, from 0 (the farthest) to 1 (the nearest)."""
    near = vectors @ unit(vectors.mean(axis=0, keepdims=True))[0]
    spread = float(near.max() - near.min())
    scaled: NDArray[np.float32] = (near - near.min()) / spread if spread > 0 else np.ones_like(near)
    return scaled


def _central(nearness: Mapping[int, float]) -> list[int]:
    return sorted(nearness, key=lambda row: (-nearness[row], row))[:_CENTRAL]


def _candidates(
    texts: Sequence[str],
    words: Sequence[tuple[str, ...]],
    nearness: Mapping[int, float],
    telling: Mapping[str, float],
    particular: Collection[str],
) -> dict[str, float]:
    """Score the phrases of the most central texts and of those that carry most telling words; return the best of them."""
    ideal = sum(sorted(telling.values(), reverse=True)[:_TOPIC]) or 1.0
    told = {
        row: sum(sorted((telling.get(word, 0.0) for word in words[row]), reverse=True)[:_TOPIC]) for row in nearness
    }
    wordy = sorted(nearness, key=lambda row: (-told[row], row))[: _CENTRAL // 2]
    common = Counter(word for row in nearness for word in words[row])
    often = max(2, 0.04 * len(nearness))
    heard = [frozenset(words[row]) for row in sorted(nearness, key=lambda row: (-nearness[row], row))[:_HEARD]]
    scored: dict[str, float] = {}
    for row in dict.fromkeys([*_central(nearness), *wordy]):
        for phrase in phrases(texts[row]):
            carried = content(phrase.words)
            coverage = min(1.0, sum(telling.get(word, 0.0) for word in carried) / ideal)
            own = sum(
                common[word] < often or (word in particular and common[word] < _COMMON * len(nearness))
                for word in carried
            )
            score = coverage * _OWN**own * _agreed(carried, heard) ** _AGREED * (1 - _NEAR + _NEAR * nearness[row])
            score *= 1.0 if phrase.whole else _CUT
            scored[phrase.words] = max(scored.get(phrase.words, 0.0), score)
    first = sorted(scored, key=lambda phrase: (-scored[phrase], len(phrase), phrase))[:_TAGGED]
    return {phrase: scored[phrase] for phrase in first}


def _agreed(carried: Sequence[str], heard: Sequence[frozenset[str]]) -> float:
    """How far the theme's texts say the same: the mean square of the share of a phrase's words that a text has."""
    return float(np.mean([(sum(word in text for word in carried) / len(carried)) ** 2 for text in heard]))


def _choose(
    candidates: Mapping[str, float],
    clauses: Sequence[str],
    terms: Sequence[str],
    used: set[frozenset[str]],
    kind: SignalKind | None,
) -> str:
    weighed: dict[str, float] = {}
    for (name, wholeness), score in zip(judged(list(candidates), kind), candidates.values(), strict=True):
        weighed[name] = max(weighed.get(name, 0.0), wholeness * score)
    for phrase in sorted(weighed, key=lambda phrase: (-weighed[phrase], len(phrase), phrase)):
        if weighed[phrase] >= _LEAST and frozenset(content(phrase)) not in used:
            return sentence_case(phrase)
    plainly = sorted(((weight, clause) for clause, weight in judged(clauses, kind) if weight >= _WHOLE), reverse=True)
    for plain in (*(clause for _, clause in plainly), " and ".join(terms[:2]), " and ".join(terms)):
        if plain and frozenset(content(plain)) not in used:
            return sentence_case(plain)
    return f"Theme {next(number for number in count(1) if frozenset(content(f'Theme {number}')) not in used)}"


def _spelled(stems: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    """Return for each stem the form of the word that the texts use most."""
    forms: dict[str, Counter[str]] = {word: Counter() for word in stems}
    for text in texts:
        for word in spelled_out(text).lower().split():
            bare = word.strip(".,;:!?()[]\"'")
            for carried in content(bare):
                if carried in forms:
                    forms[carried][bare] += 1
    return tuple(forms[word].most_common(1)[0][0] if forms[word] else word for word in stems)


def _exemplar(texts: Sequence[str], central: Sequence[int]) -> int:
    """The most central text that is long enough to mean something and short enough to be read at a glance."""
    return next((row for row in central if 4 <= len(texts[row].split()) <= 30), central[0])
