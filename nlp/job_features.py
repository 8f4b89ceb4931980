"""What a job candidate looks like to the small models that judge it: is it a job, of which kind, and where does it end."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.jobs import KINDS, Candidate, Sentence
from nlp.network import LABELS
from nlp.reading import Reading

HASHED = 1 << 15
EVIDENCE = 8
_FARTHEST = 18
_KEPT = 200_000
_INSIDE = [LABELS.index(kind) for kind in KINDS[1:]]
_BEGINS = [len(LABELS) + column for column in _INSIDE]
_OVER = -6.0
_UNHEARD_OF = -5.0
_LONGEST = 1 << 40
_CLASSES = {  # word families that tell a purpose from what only looks like one
    "wish": "want wants wanted need needs needed like wish hope hoping looking trying tried try wanna love prefer seek seeking plan planning",
    "controls": (
        "decided decide decides refuse refused refuses agree agreed offer offered failed fail seem seems seemed start started begin "
        "began continue continued forget forgot manage managed happen happened tend tends appear appears promise promised claim claims "
        "pretend threatened used going have has had having about supposed got ought told tell tells asked ask asks allow allowed let "
        "expect expected force forced learn learned remember hesitate dare care bother afford deserve proceed attempted attempt"
    ),
    "feels": (
        "happy glad pleased sorry sad afraid ready able unable willing easy hard difficult nice good great best worst better free quick slow "
        "impossible likely lucky due safe sure excited proud surprised amazed worth first last only close next next too enough"
    ),
    "moves": (
        "go goes going went gone come came comes drive drove travel travelled flew fly walk walked return returned back take took taken "
        "taking bring brought bringing visit visited stop stopped stay stayed move moved head headed run rush rushed sent send in over out up"
    ),
    "gets": (
        "use uses used using buy bought buying get got getting order ordered book booked hire hired rent rented pay paid need needs needed "
        "charge charged charges pick picked choose chose chosen call called calling contact contacted email emailed ask asked hold keep kept "
        "signed subscribed downloaded install installed spend spent borrow borrowed purchased recommend save saved work works worked"
    ),
    "spell": "0 year years month months week weeks day days hour hours minutes while time times long ages now once first last example instance",
    "people": "me us you him her them my our your his their everyone anyone somebody family wife husband kids people children friends",
    "answers": "thanks thank sorry waiting wait known famous responsible bill price cost money dollars pay paid asked asking blame reason charged",
    "states": "be have see know find think say tell hear feel wait believe admit mention add note understand",
}
_CLASS_OF: dict[str, tuple[str, ...]] = {}
for _name, _members in _CLASSES.items():
    for _member in _members.split():
        _CLASS_OF[_member] = (*_CLASS_OF.get(_member, ()), _name)


def _slot(feature: str) -> int:
    """Return the column of a feature."""
    return crc32(_bytes(feature)) & (HASHED - 1)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@lru_cache(_KEPT)
def _begun(name: str) -> int:
    return crc32(_bytes(name))


def _each(name: str, words: Sequence[bytes]) -> list[int]:
    """Return the column of ``name`` followed by each of the words."""
    begun = _begun(name)
    return [crc32(word, begun) & (HASHED - 1) for word in words]


@lru_cache(_KEPT)
def _word(name: str, word: str) -> int:
    """Return the column of a feature that one word fills."""
    return _slot(name + word)


@lru_cache(_KEPT)
def _families(name: str, word: str, stranger: str = "") -> tuple[int, ...]:
    """Return the columns of the families of ``word``; of the family ``stranger``, if given, when it has none."""
    return tuple(_slot(name + family) for family in _CLASS_OF.get(word, (stranger,) if stranger else ()))


def start_features(read: Sentence, candidate: Candidate) -> list[int]:
    """Return the hashed features by which a candidate is judged."""
    words, at, trigger = read.words, candidate.word, candidate.trigger
    left = words[max(0, at - 8) : at]
    right = words[at : at + 7]
    found = [_word("t=", trigger), _word("s=", read.speaker), _word(f"ts={trigger} ", read.speaker)]
    found += map(_word, ("l0=", "l1=", "l2=", "l3="), reversed(left))
    found += map(_word, ("r0=", "r1=", "r2=", "r3="), right)
    before, after = [_bytes(word) for word in left], [_bytes(word) for word in right]
    found += _each("lb=", before)
    found += _each("rb=", after)
    found += _each(f"tl={trigger} ", before)
    if left:
        found += map(_slot, (f"lr={left[-1]} {right[0]}", "l2=" + " ".join(left[-2:]), "l3=" + " ".join(left[-3:])))
    else:
        found.append(_word("first", ""))
    found.append(_slot("r2=" + " ".join(right[:2])))
    found += [_word("q=", str(words[-1] == "?")), _word("suffix=", right[0][-3:])]
    governor = left[-2:-1] if trigger in {"to", "for", "lets", "so"} else left[-1:]
    for word in governor:
        found += _families(f"g={trigger} ", word, "other")
    name = f"gb={trigger} "
    for word in left[:-2]:
        found += _families(name, word)
    found += _families(f"rc={trigger} ", right[0], "other")
    for word in right[1:3]:
        found += _families(f"rc2={trigger} ", word)
    gone = any("moves" in _CLASS_OF.get(word, ()) for word in left)
    found.append(_word(f"gone={trigger} ", "moves" if gone else "stays"))
    return found


def stop_features(read: Sentence, candidate: Candidate, after: int, kind: str) -> list[int]:
    """Return the hashed features by which "the job ends before word ``after``" is judged."""
    words = read.words
    following = words[after : after + 3]
    before = words[max(candidate.word, after - 2) : after]
    length = str(min(after - candidate.word, 9))
    found = [_word("k=", kind), _word("d=", length), _word("first=", words[candidate.word])]
    if following:
        found += [
            _word("n=", following[0]),
            _slot("nn=" + " ".join(following[:2])),
            _slot("nnn=" + " ".join(following)),
            _word(f"kn={kind} ", following[0]),
            _slot(f"bn={before[-1]} {following[0]}"),
            _word("shape=", str(following[0].isalpha())),
        ]
    else:
        found.append(_word("end", ""))
    found += [_word("b=", before[-1]), _slot("bb=" + " ".join(before)), _word("bs=", before[-1][-3:])]
    return found


def stops(read: Sentence, candidate: Candidate) -> range:
    """Return the word numbers before which a job may end."""
    return range(candidate.word + 1, min(len(read.words), candidate.word + _FARTHEST) + 1)


def matrix(rows: Sequence[Sequence[int]]) -> sparse.csr_matrix:
    """Return hashed features as a matrix of ones, shape (rows, HASHED)."""
    pointers = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum([len(row) for row in rows], out=pointers[1:])
    flat = np.fromiter(chain.from_iterable(rows), dtype=np.int32, count=int(pointers[-1]))
    built = sparse.csr_matrix((np.ones(len(flat), np.float32), flat, pointers), shape=(len(rows), HASHED))
    built.sum_duplicates()
    np.minimum(built.data, 1.0, out=built.data)
    return built


def best_stop(hazards: NDArray[np.float64]) -> int:
    """Return the position where the job most likely ends, given the chance of ending at each place once reached."""
    reached = np.concatenate([[1.0], np.cumprod(1.0 - hazards[:-1])])
    return int(np.argmax(reached * hazards))


def places(read: Reading, passages: Sequence[int], offsets: Sequence[int]) -> NDArray[np.int64]:
    """Return which word of ``read`` stands at each offset of the passage with that number."""
    of_word = np.repeat(np.arange(len(read.firsts) - 1), np.diff(read.firsts))
    numbers = np.asarray(passages, dtype=np.int64)
    keys = numbers * _LONGEST + np.asarray(offsets, dtype=np.int64)
    found = np.searchsorted(of_word * _LONGEST + read.starts, keys, side="right") - 1
    return np.maximum(read.firsts[numbers], found)


def evidence(
    scores: NDArray[np.float64], words: NDArray[np.float64], around: NDArray[np.float64], places: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return all that is said of each candidate, (candidates, EVIDENCE): the regressions' scores, and the networks' odds that
    a want or purpose begins there, stands there, and is anywhere in the sentence."""
    return np.hstack([scores, words[places][:, _BEGINS], words[places][:, _INSIDE], around[places][:, _INSIDE]])


def may_be(words: NDArray[np.float64], places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether the networks think a job at each place at all possible; where not, nobody else ever heard one."""
    return np.asarray(words[places][:, _BEGINS + _INSIDE].max(axis=1) > _UNHEARD_OF)


def stop_places(
    read: Reading, asked: Sequence[tuple[int, Sentence, int, str]]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return, for each (passage, sentence, number of the word before which a job may end, kind), the word before, the word
    behind (-1: none) and the kind's column."""
    passages = [passage for passage, *_ in asked]
    before = places(read, passages, [sentence.spans[after - 1][0] for _, sentence, after, _ in asked])
    follows = [after < len(sentence.spans) for _, sentence, after, _ in asked]
    next_ = [sentence.spans[min(after, len(sentence.spans) - 1)][0] for _, sentence, after, _ in asked]
    behind = np.where(follows, places(read, passages, next_), -1)
    return (before, behind, np.array([LABELS.index(kind) for *_, kind in asked], dtype=np.int64))


def stop_evidence(
    scores: NDArray[np.float64],
    words: NDArray[np.float64],
    at: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
) -> NDArray[np.float64]:
    """Return all that is said of each place where a job may end, (places, 3); ``at`` as of ``stop_places``."""
    before, behind, column = at
    following = np.where(behind < 0, _OVER, words[behind, column])
    return np.stack([scores, words[before, column], following], axis=1)
