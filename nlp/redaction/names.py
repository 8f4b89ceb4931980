"""Names of people: after a cue, from the lists, at the foot of a message; in capitals, in lower case, all over a ticket."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.redaction.cues import BARE, BY_WORD, NAME_BEFORE, SIGN_OFF, Cue
from nlp.redaction.findings import PLACEHOLDER
from nlp.redaction.gazetteer import firm_phrases, firms_and_places, first_names, is_listed, is_sure, is_thing, is_word

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*\.?(?:-[^\W\d_]+(?:['’][^\W\d_]+)*)*")
_FOOT = re.compile(
    r"(?:^|[.!?…)\n][ \t\n]*)(?P<name>[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,3})[ \t.]*(?:$|(?=, (?:born|geb|account|contract|customer|tel|\d|\+|[A-Z]{1,4}-?\d)))"
)
_HEAD = re.compile(
    r"[A-ZÀ-Ý][^\W\d_'’]*(?:[ -](?:[a-z]{1,3} )?[A-ZÀ-Ý][\w'’.-]*){1,2}(?=[,:(]| again| back| called| says| asks| wants| rang| very)"
)
_CAMEL = re.compile(r"[^\W\d_][a-zà-ÿ]+[A-ZÀ-Ý]")
_SENTENCE_END = re.compile(r"[.!?:\n\"“(]\s*$")
_PARTICLES = frozenset(
    "de da di do dos das del della van von der den het ter ten te la le al el bin ibn ben abu bint st saint du des y e zu zum af av op 't vd d".split()
)
_FIRM = frozenset(
    "inc llc ltd plc gmbh bv corp co company group bank banks finance financial credit loan loans lending capital mortgage service services insurance motors auto holdings associates "
    "partners union solutions systems airlines airways hotel hotels street road avenue lane drive university college school hospital church store stores center centre county city park station airport "
    "island beach plaza mall portal app desk team orchestra foundation institute agency agencies bureau representatives reps agents support trains trust fund usa security federal customer "
    "personal card cards account accounts line money app apps firewall website online".split()
)
_GERMAN = frozenset("ist und ich nicht der die das mein meine bei wir sie ein eine mit für auf".split())
_AFTER_LOWER = frozenset("and here from with my at who in of about to again number is i we but ssn was".split())


@dataclass(frozen=True, slots=True)
class Name:
    """A stretch of text taken for a person's name: character offsets, end exclusive."""

    start: int
    end: int


class NameReader:
    """Finds the names in one text. Goes by capitals where the text has them, by lists and dictionary where it has none."""

    def __init__(self, text: str, deny: frozenset[str] = frozenset()) -> None:
        self.text = text
        self.deny = deny
        self.spans = [match.span() for match in _WORD.finditer(text)]
        self.words = [text[start:end] for start, end in self.spans]
        self.lower = [word.lower().rstrip(".") for word in self.words]
        self.bare = [word[:-2] if word.endswith(("'s", "’s")) else word for word in self.lower]
        self.capital = [word[0].isupper() for word in self.words]
        self.starts = [start for start, _ in self.spans]
        shouted = sum(len(word) > 1 and word.isupper() for word in self.words)
        self.by_capitals = any(self.capital) and not (shouted * 2 > len(self.words) > 2)
        self.german = len(_GERMAN.intersection(self.lower)) >= 2
        self.closed = [match.span() for match in PLACEHOLDER.finditer(text)] if "[" in text else []
        if any(self.capital) or "fargo" in self.lower:
            self.closed += [match.span() for match in firm_phrases().finditer(text)]

    def names(self) -> Iterator[Name]:
        """Yield every name found; they may overlap."""
        for at, word in enumerate(self.lower):
            for cue in BY_WORD.get(word, ()):
                yield from self._after(cue, at)
        yield from self._listed()
        if self.words:
            yield from self._placed()

    def _after(self, cue: Cue, at: int) -> Iterator[Name]:
        match = cue.pattern.match(self.text, self.starts[at])
        if not match or match.end() == self.starts[at]:
            return
        first = bisect_left(self.starts, match.end())
        if first < len(self.words) and self.starts[first] - match.end() <= 1:
            yield from self._read(first, strong=cue.strong, cued=True)

    def _listed(self) -> Iterator[Name]:
        """Yield names that need no cue: a sure first name, a roster name, or a listed first name and a surname beside it."""
        at = 0
        while at < len(self.words):
            found = list(self._read(at, strong=False, cued=False)) if self._stands_alone(at) else []
            yield from found
            at = bisect_left(self.starts, found[0].end) if found else at + 1

    def _stands_alone(self, at: int) -> bool:
        bare = self.bare[at]
        if bare in self.deny:
            return True
        if bare not in first_names():
            return self.by_capitals and self._initials(at)
        if not self.by_capitals:
            return is_sure(bare) and len(bare) > 2
        if not self.capital[at] or is_thing(bare):
            return False
        return is_sure(bare) or self._mid_sentence(at) or self._surname_follows(at)

    def _mid_sentence(self, at: int) -> bool:
        """A name that is also a word counts inside a sentence, between words in lower case."""
        before = self.text[max(0, self.starts[at] - 3) : self.starts[at]]
        return (
            at > 0
            and not self.german
            and not _SENTENCE_END.search(before)
            and not self.capital[at - 1]
            and (at + 1 >= len(self.words) or not self.capital[at + 1])
            and len(self.bare[at]) > 2
            and not self.words[at].isupper()
        )

    def _surname_follows(self, at: int) -> bool:
        after = at + 1
        while (
            after < len(self.words)
            and self._joined(after)
            and (self.lower[after] in _PARTICLES or len(self.bare[after]) == 1)
        ):
            after += 1
        return after < len(self.words) and self._joined(after) and self._is_surname(after)

    def _is_surname(self, at: int) -> bool:
        bare = self.bare[at]
        return (
            self.capital[at]
            and len(bare) > 1
            and not is_thing(bare)
            and bare not in _FIRM
            and (is_listed(bare) or not is_word(bare))
            and not _CAMEL.match(self.words[at])
        )

    def _initials(self, at: int) -> bool:
        """T. Okkerman; F. van Loon."""
        return (
            len(self.bare[at]) == 1
            and self.words[at].endswith(".")
            and self.text[max(0, self.starts[at] - 1)] != "."
            and self._surname_follows(at)
        )

    def _placed(self) -> Iterator[Name]:
        """Yield names known by their place: at the foot, at the head, before "is my name"."""
        for match in SIGN_OFF.finditer(self.text):
            yield from self._read(bisect_left(self.starts, match.start("name")), strong=True, cued=True)
        for match in NAME_BEFORE.finditer(self.text):
            last = bisect_left(self.starts, match.start())
            for first in range(max(0, last - 3), last):
                found = list(self._read(first, strong=False, cued=True))
                if found and found[0].end == match.start():
                    yield found[0]
                    break
        if self.by_capitals:
            for match in _FOOT.finditer(self.text):
                yield from self._whole(match, "name")
            if (head := _HEAD.match(self.text)) is not None:
                yield from self._whole(head, 0)
        elif len(self.words) <= 16 and (match := BARE.match(self.text)) is not None:
            first = bisect_left(self.starts, match.start("name"))
            bares = self.bare[first : bisect_left(self.starts, match.end("name"))]
            if not any(is_thing(bare) or (is_word(bare) and not is_listed(bare)) for bare in bares):
                yield Name(match.start("name"), match.end("name"))

    def _whole(self, match: re.Match[str], group: int | str) -> Iterator[Name]:
        """Yield the match when every word of it can be part of a name, and it is more than one unknown word."""
        first, last = bisect_left(self.starts, match.start(group)), bisect_left(self.starts, match.end(group))
        words = range(first, last)
        fit = all(
            self._is_surname(at)
            or (self.bare[at] in first_names() and self.capital[at] and not is_thing(self.bare[at]))
            or self.lower[at] in _PARTICLES
            or len(self.bare[at]) == 1
            for at in words
        )
        known = any(self.bare[at] in first_names() for at in words)
        if fit and words and (known or (len(words) > 1 and not self.german)) and not self._shut(first):
            found = list(self._read(first, strong=False, cued=True))
            yield from found

    def _read(self, first: int, *, strong: bool, cued: bool) -> Iterator[Name]:
        """Yield the name that begins with word number ``first``, if one does."""
        if first >= len(self.words):
            return
        last = first
        while last < len(self.words) and last - first < 5 and (last == first or self._joined(last)):
            if not self._belongs(last, first, strong=strong, cued=cued) and not (
                self.lower[last] in _PARTICLES and self._after_particles(last, first, strong=strong, cued=cued)
            ):
                break
            last += 1
        while last - first > 1 and self.lower[last - 1] in _PARTICLES and not self.capital[last - 1]:
            last -= 1
        if last == first or self._is_firm(first, last, cued=cued and strong):
            return
        yield self._name(first, last)

    def _is_firm(self, first: int, last: int, *, cued: bool) -> bool:
        if self.bare[first] in self.deny:
            return False
        if any(self.bare[at] in _FIRM for at in range(first, last)):
            return True
        follows = last < len(self.words) and self.text[self.spans[last - 1][1] : self.starts[last]] in (
            " ",
            " & ",
            " and ",
        )
        if follows and self.bare[last] in _FIRM and (self.capital[last] or not is_sure(self.bare[first])):
            return True
        return last - first == 1 and not cued and self.bare[first] in firms_and_places()

    def _after_particles(self, at: int, first: int, *, strong: bool, cued: bool) -> bool:
        after = at + 1
        while after < len(self.words) and self.lower[after] in _PARTICLES and after - at < 3:
            after += 1
        return (
            after < len(self.words)
            and self._joined(after)
            and (at > first or (self.by_capitals and (cued or self.capital[at])))
            and self._belongs(after, first, strong=strong, cued=cued)
            and (self.by_capitals or is_listed(self.bare[after]))
        )

    def _joined(self, at: int) -> bool:
        between = self.text[self.spans[at - 1][1] : self.starts[at]]
        return between == " " and (not self.words[at - 1].endswith(".") or len(self.bare[at - 1]) <= 2)

    def _shut(self, at: int) -> bool:
        return any(left <= self.starts[at] < right for left, right in self.closed)

    def _belongs(self, at: int, first: int, *, strong: bool, cued: bool) -> bool:
        word, bare = self.words[at], self.bare[at]
        if self._shut(at):
            return False
        if bare in self.deny:
            return True
        if is_thing(bare) and not (
            at > first and bare not in firms_and_places() and self.capital[at] and is_listed(bare) and self.by_capitals
        ):
            return (
                cued and strong and at == first and self.capital[at] and bare in firms_and_places() and is_listed(bare)
            )
        if self.by_capitals:
            return self._belongs_by_capital(at, first, word, bare, strong=strong, cued=cued)
        if len(bare) == 1:
            return at > first and bare not in "aiou"
        if is_sure(bare):
            return True
        if at > first:
            return (not is_word(bare) and len(bare) > 2) or (
                is_listed(bare) and (at + 1 == len(self.words) or self.lower[at + 1] in _AFTER_LOWER)
            )
        if not cued:
            return False
        if is_listed(bare) and (strong or self._ends_or_goes_on(at)):
            return True
        return not is_word(bare) and len(bare) > 2 and (strong or self._ends_or_goes_on(at))

    def _belongs_by_capital(self, at: int, first: int, word: str, bare: str, *, strong: bool, cued: bool) -> bool:
        if not self.capital[at]:
            return cued and at == first and (is_sure(bare) or (strong and bare in first_names() and not is_word(bare)))
        if len(bare) == 1:
            return (
                at > first
                or (
                    cued
                    and at + 1 < len(self.words)
                    and self._joined(at + 1)
                    and self.capital[at + 1]
                    and not is_thing(self.bare[at + 1])
                )
                or self._initials(at)
            )
        if (
            _CAMEL.match(word)
            and not word.startswith(("Mc", "Mac", "De", "Van", "La", "Le", "O'", "O’", "D'", "D’", "Fitz"))
            and "-" not in word
        ):
            return False
        if word.isupper() and len(word) > 1 and not is_listed(bare):
            return False
        if is_listed(bare):
            return True
        if at > first:
            return not is_word(bare)
        if not cued or is_word(bare) and not strong:
            return False
        if strong:
            return not (is_word(bare) and (self.german or self._capital_word_follows(at)))
        return not self.german and self._ends_or_goes_on(at)

    def _capital_word_follows(self, at: int) -> bool:
        return at + 1 < len(self.words) and self._joined(at + 1) and self.capital[at + 1] and is_word(self.bare[at + 1])

    def _ends_or_goes_on(self, at: int) -> bool:
        """Tell whether a lone unknown word stands as a name does: before a stop, a surname, or words said of people."""
        end = self.spans[at][1]
        if at + 1 >= len(self.words) or self.text[end : end + 1] in ",.!?;:()\n'’":
            return True
        if self.by_capitals and self._joined(at + 1) and self._is_surname(at + 1):
            return True
        return (
            self.lower[at + 1] in _AFTER_LOWER
            or (not self.by_capitals and not is_word(self.bare[at + 1]))
            or self.lower[at + 1] in ("who", "said", "told", "called", "we")
        )

    def _name(self, first: int, last: int) -> Name:
        end = self.spans[last - 1][1]
        word = self.words[last - 1]
        if word[-2:].lower() in ("'s", "’s"):
            end -= 2
        elif word.endswith(".") and len(word) != 2:
            end -= 1
        return Name(self.starts[first], end)
