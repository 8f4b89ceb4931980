"""Names of people: after a cue, from the lists, at the foot of a message; in capitals and in lower case."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.redaction.cues import BARE, BY_WORD, NAME_BEFORE, NAME_BEFORE_WORDS, SIGN_OFF, SIGN_OFF_WORDS, Cue, Strength
from nlp.redaction.gazetteer import first_names, is_listed, is_thing, is_word
from nlp.redaction.people import people
from nlp.redaction.spelling import PARTICLES, Words

_FOOT = re.compile(r"(?:^|[.!?…)\n][ \t\n]*)(?P<name>[^\W\d_][\w'’.-]{0,30}(?: [^\W\d_][\w'’.-]{0,30}){0,3})[ \t.]*$")
_FOOT_BEFORE_NUMBER = re.compile(
    r"(?:^|[.!?…)\n][ \t\n]*)(?P<name>[^\W\d_][\w'’.-]{0,30}(?: [^\W\d_][\w'’.-]{0,30}){0,3}), (?=born|geb|account|"
    r"contract|customer|tel|\d|\+|[A-Z]{1,4}-?\d)"
)
_FOOT_LENGTH = 60
_HEAD = re.compile(
    r"(?P<name>[A-ZÀ-Ý][\w'’-]{0,30}\.?(?:[ -](?:[a-z]{1,3} )?[A-ZÀ-Ý][\w'’-]{0,30}\.?){0,2})(?:(?=[,:(] | very)|"
    r"(?P<verb> (?:again|back|called|asks?|wants|rang|phoned|writes|works|needs|rings|mailed|reports|"
    r"complains)\b))"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A stretch of text taken for a person's name: character offsets, end exclusive."""

    start: int
    end: int


class NameReader(Words):
    """Finds the names in one text. Goes by capitals where it has them, by lists and dictionary where it has none."""

    def names(self) -> Iterator[Name]:
        """Yield every name found; they may overlap."""
        for at, word in enumerate(self.lower):
            for cue in BY_WORD.get(word, ()):
                yield from self._after(cue, at)
        yield from self._listed()
        yield from self._placed()

    def unknown_pairs(self, names: Sequence[Name]) -> Iterator[Name]:
        """Yield people among words in capitals that neither a cue nor a list explains, if the language model
        knows them."""
        if not self.by_capitals or self.german:
            return
        starts = {
            self.starts[at]: at
            for at in range(len(self.words) - 1)
            if self.is_surname(at) and self.is_surname(at + 1) and self.joined(at + 1) and not self.shut(at)
        }
        if not all(any(name.start <= start < name.end for name in names) for start in starts):
            for start, end in people(self.text):
                first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
                if last - first > 1 and start in starts and not self.is_firm(first, last, Strength.WEAK):
                    yield self._name(first, last)

    def _after(self, cue: Cue, at: int) -> Iterator[Name]:
        match = cue.pattern.match(self.text, self.starts[at])
        first = bisect_left(self.starts, match.end()) if match else len(self.words)
        if not match or first >= len(self.words) or self.starts[first] - match.end() > 1:
            return
        if self.by_capitals or cue.lower or is_listed(self.bare[first]):
            yield from self._read(first, cue.strength)

    def _listed(self) -> Iterator[Name]:
        """Yield names that need no cue: a sure first name, a roster name, or a listed first name and a
        surname beside it."""
        listed = first_names()
        done = 0
        for at, bare in enumerate(self.bare):
            if at < done or not (bare in listed or bare in self.deny or (self.by_capitals and self.capital[at])):
                continue
            if self.stands_alone(at):
                for name in self._read(at, Strength.NONE):
                    yield name
                    done = bisect_left(self.starts, name.end)

    def _placed(self) -> Iterator[Name]:
        """Yield names known by their place: at the foot, at the head, before "is my name"."""
        for match in SIGN_OFF.finditer(self.text) if not SIGN_OFF_WORDS.isdisjoint(self.lower) else ():
            first = bisect_left(self.starts, match.start("name"))
            if first < len(self.words) and (self.by_capitals or is_listed(self.bare[first])):
                yield from self._read(first, Strength.WEAK)
        for match in NAME_BEFORE.finditer(self.text) if not NAME_BEFORE_WORDS.isdisjoint(self.lower) else ():
            last = bisect_left(self.starts, match.start())
            for first in range(max(0, last - 3), last):
                found = list(self._read(first, Strength.WEAK))
                if found and found[0].end == match.start():
                    yield found[0]
                    break
        if self.by_capitals:
            feet: list[re.Match[str] | None] = [_FOOT.search(self.text, max(0, len(self.text) - _FOOT_LENGTH))]
            feet += list(_FOOT_BEFORE_NUMBER.finditer(self.text)) if ", " in self.text else []
            for foot in feet:
                if foot:
                    yield from self._whole(*foot.span("name"), alone=len(self.words) > 3)
            if head := _HEAD.match(self.text):
                yield from self._whole(*head.span("name"), alone=head["verb"] is not None)
        elif len(self.words) <= 16 and (line := BARE.match(self.text)):
            first = bisect_left(self.starts, line.start("name"))
            bares = self.bare[first : bisect_left(self.starts, line.end("name"))]
            plain = any(is_thing(bare) or (is_word(bare) and not is_listed(bare)) for bare in bares)
            if not plain and not (line["code"] and is_word(line["code"].lower())):
                yield Name(*line.span("name"))

    def _whole(self, start: int, end: int, *, alone: bool) -> Iterator[Name]:
        """Yield the stretch when each word of it can be part of a name; a lone unknown word only where it may
        stand ``alone``."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        row = range(first, last)
        fit = any(len(self.bare[at]) > 1 for at in row) and all(
            self.is_surname(at)
            or (self.lower[at] in PARTICLES and at > first)
            or (len(self.bare[at]) == 1 and len(row) > 1)
            or (self.bare[at] in first_names() and self.capital[at] and not is_thing(self.bare[at]))
            for at in row
        )
        enough = any(self.bare[at] in first_names() for at in row) or (not self.german and (alone or len(row) > 1))
        if fit and enough and not self.shut(first) and not self.is_firm(first, last, Strength.WEAK):
            yield self._name(first, last)

    def _read(self, first: int, strength: Strength) -> Iterator[Name]:
        """Yield the name that begins with word number ``first``, if one does."""
        last = first
        while last < len(self.words) and last - first < 5 and (last == first or self.joined(last)):
            if not self.belongs(last, first, strength) and not (
                self.lower[last] in PARTICLES and self.after_particles(last, first, strength)
            ):
                break
            last += 1
        while last - first > 1 and self.lower[last - 1] in PARTICLES and not self.capital[last - 1]:
            last -= 1
        if last > first and not self.is_firm(first, last, strength):
            yield self._name(first, last)

    def _name(self, first: int, last: int) -> Name:
        end = self.spans[last - 1][1]
        word = self.words[last - 1]
        if word[-2:].lower() in ("'s", "’s"):
            end -= 2
        elif word.endswith(".") and len(word) != 2:
            end -= 1
        return Name(self.starts[first], end)
