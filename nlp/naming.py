"""Names that tell themes apart: a short phrase in the customers' own words, three terms, one typical quote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.encoders import Vectors, unit
from nlp.granularity import Labels
from nlp.phrases import content, phrases, sentence_case

_CENTRAL = 40
_TERMS = 3


@dataclass(frozen=True, slots=True)
class ThemeName:
    """``terms`` are up to three telling words, ``exemplar`` the row of the most typical text."""

    name: str
    terms: tuple[str, ...]
    exemplar: int


def name_themes(
    texts: Sequence[str], labels: Labels, vectors: Vectors, *, taken: Collection[str] = ()
) -> dict[int, ThemeName]:
    """Name the themes of rows that are all of one kind (pains, say). Rows labelled -1 are background only.

    A name is a clause of 2 to 8 words, of one of the texts nearest to the theme's middle, whose words are common in the
    theme and rare outside. No two names, and no name and one of ``taken``, share all their words that carry meaning.
    Larger themes choose first.
    """
    words = [content(text) for text in texts]
    everywhere = Counter(word for row in words for word in row)
    used = {frozenset(content(name)) for name in taken}
    named: dict[int, ThemeName] = {}
    ids, sizes = np.unique(labels[labels >= 0], return_counts=True)
    for theme in ids[np.lexsort((ids, -sizes))]:
        rows = np.flatnonzero(labels == theme)
        telling = _telling([words[row] for row in rows], everywhere, len(texts))
        central = rows[_central(vectors[rows])]
        name = _choose(texts, central, telling, used)
        used.add(frozenset(content(name)))
        terms = _spelled(
            sorted(telling, key=lambda word: (-telling[word], word))[:_TERMS], [texts[row] for row in central]
        )
        named[int(theme)] = ThemeName(name, terms, int(_exemplar(texts, central)))
    return named


def _telling(rows: Sequence[tuple[str, ...]], everywhere: Counter[str], n: int) -> dict[str, float]:
    """How telling each word is: its share of the theme's texts times the log of how much rarer it is outside."""
    inside = Counter(word for row in rows for word in row)
    outside = max(1, n - len(rows))
    return {
        word: count / len(rows) * float(np.log(1 + (count / len(rows)) / ((everywhere[word] - count + 0.5) / outside)))
        for word, count in inside.items()
    }


def _central(vectors: Vectors) -> NDArray[np.intp]:
    mean = unit(vectors.mean(axis=0, keepdims=True))[0]
    return np.argsort(-(vectors @ mean), kind="stable")[:_CENTRAL]


def _choose(
    texts: Sequence[str], central: NDArray[np.intp], telling: dict[str, float], used: set[frozenset[str]]
) -> str:
    scored: dict[str, float] = {}
    for rank, row in enumerate(central):
        for phrase in phrases(texts[row]):
            carried = content(phrase)
            score = sum(telling.get(word, 0.0) for word in carried) / np.sqrt(len(carried) + 1)
            score *= (1 - 0.01 * rank) * (0.8 if len(phrase.split()) < 3 else 1.0)
            scored[phrase] = max(scored.get(phrase, 0.0), float(score))
    for phrase in sorted(scored, key=lambda phrase: (-scored[phrase], len(phrase), phrase)):
        if frozenset(content(phrase)) not in used:
            return sentence_case(phrase)
    best = sorted(telling, key=lambda word: (-telling[word], word))
    for length in range(1, len(best) + 1):
        if frozenset(best[:length]) not in used:
            return sentence_case(" ".join(_spelled(best[:length], [texts[row] for row in central])))
    number = 1
    while frozenset(content(f"Theme {number}")) in used:
        number += 1
    return f"Theme {number}"


def _spelled(stems: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    """Return for each stem the form of the word that the texts use most."""
    forms: dict[str, Counter[str]] = {word: Counter() for word in stems}
    for text in texts:
        for word in text.lower().split():
            bare = word.strip(".,;:!?()[]\"'")
            for carried in content(bare):
                if carried in forms:
                    forms[carried][bare] += 1
    return tuple(forms[word].most_common(1)[0][0] if forms[word] else word for word in stems)


def _exemplar(texts: Sequence[str], central: NDArray[np.intp]) -> np.intp:
    """The most central text that is long enough to mean something and short enough to be read at a glance."""
    for row in central:
        if 4 <= len(texts[row].split()) <= 30:
            return np.intp(row)
    return np.intp(central[0])
