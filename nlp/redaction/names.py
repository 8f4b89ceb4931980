"""Names of people: after a cue, from the lists, at the foot of a message; in capitals, in lower case, all over a ticket."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.redaction.cues import BARE, BY_WORD, NAME_BEFORE, NAME_BEFORE_WORDS, SIGN_OFF, SIGN_OFF_WORDS, Cue, Strength
from nlp.redaction.findings import PLACEHOLDER
from nlp.redaction.gazetteer import (
    firm_heads,
    firm_phrases,
    firms_and_places,
    first_names,
    is_listed,
    is_sure,
    is_thing,
    is_word,
    surnames,
)

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*\.?(?:-[^\W\d_]+(?:['’][^\W\d_]+)*)*")
_FOOT = re.compile(r"(?:^|[.!?…)\n][ \t\n]*)(?P<name>[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,3})[ \t.]*$")
_FOOT_BEFORE_NUMBER = re.compile(
    r"(?:^|[.!?…)\n][ \t\n]*)(?P<name>[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,3}), (?=born|geb|account|contract|customer|tel|\d|\+|[A-Z]{1,4}-?\d)"
)
_FOOT_LENGTH = 60
_HEAD = re.compile(
    r"(?P<name>[A-ZÀ-Ý][\w'’-]*\.?(?:[ -](?:[a-z]{1,3} )?[A-ZÀ-Ý][\w'’-]*\.?){0,2})(?:(?=[,:(] | very)|(?P<verb> (?:again|back|called|asks?|wants|rang|phoned|writes|works|needs|rings|mailed|reports|complains)\b))"
)
_CAMEL = re.compile(r"[^\W\d_][a-zà-ÿ]+[A-ZÀ-Ý]")
_SENTENCE_END = re.compile(r"[.!?:\n\"“(]\s*$")
_PARTICLES = frozenset(
    ["de", "da", "di", "do", "dos", "das", "del", "della", "van", "von", "der", "den", "het", "ter", "ten", "te", "la", "le", "al", "el", "bin", "ibn", "ben", "abu", "bint", "st", "saint", "du", "des", "y", "e", "zu", "zum", "af", "av", "op", "'t", "vd", "d"]
)
_FIRM = frozenset(
    ["inc", "llc", "ltd", "plc", "gmbh", "bv", "corp", "co", "company", "group", "bank", "banks", "finance", "financial", "credit", "loan", "loans", "lending", "capital", "mortgage", "service", "services", "insurance", "motors", "auto", "holdings", "associates", "partners", "union", "solutions", "systems", "airlines", "airways", "hotel", "hotels", "street", "road", "avenue", "lane", "drive", "university", "college", "school", "hospital", "church", "store", "stores", "center", "centre", "county", "city", "park", "station", "airport", "island", "beach", "plaza", "mall", "portal", "app", "desk", "team", "orchestra", "foundation", "institute", "agency", "agencies", "bureau", "representatives", "reps", "agents", "support", "trains", "trust", "fund", "usa", "security", "federal", "customer", "personal", "card", "cards", "account", "accounts", "line", "money", "app", "apps", "firewall", "website", "online"]
)
_GERMAN = frozenset(["ist", "und", "ich", "nicht", "der", "die", "das", "mein", "meine", "bei", "wir", "sie", "ein", "eine", "mit", "für", "auf"])
_AFTER_NAME = frozenset(
    ["and", "here", "from", "with", "my", "at", "who", "in", "of", "about", "to", "again", "number", "is", "i", "we", "but", "ssn", "was", "said", "told", "called", "back", "re", "rang", "asks", "says", "wants", "phoned", "booking", "password", "confirmation", "account", "address", "on", "by", "for", "the", "that"]
)
_INNER_CAPITAL = ("Mc", "Mac", "De", "Van", "La", "Le", "O'", "O’", "D'", "D’", "Fitz")


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
        self.starts = [start for start, _ in self.spans]
        self.words = [text[start:end] for start, end in self.spans]
        self.lower = [word.lower().rstrip(".") for word in self.words]
        self.bare = [word[:-2] if word.endswith(("'s", "’s")) else word for word in self.lower]
        self.capital = [word[0].isupper() for word in self.words]
        shouted = sum(len(word) > 1 and word.isupper() for word in self.words)
        self.by_capitals = any(self.capital) and not (shouted * 2 > len(self.words) > 2)
        self.german = len(_GERMAN.intersection(self.lower)) >= 2
        self.closed = [match.span() for match in PLACEHOLDER.finditer(text)] if "[" in text else []
        if not firm_heads().isdisjoint(self.bare):
            self.closed += [match.span() for match in firm_phrases().finditer(text)]

    def names(self) -> Iterator[Name]:
        """Yield every name found; they may overlap."""
        for at, word in enumerate(self.lower):
            for cue in BY_WORD.get(word, ()):
                yield from self._after(cue, at)
        yield from self._listed()
        yield from self._placed()

    def _after(self, cue: Cue, at: int) -> Iterator[Name]:
        match = cue.pattern.match(self.text, self.starts[at])
        first = bisect_left(self.starts, match.end()) if match else len(self.words)
        if match and first < len(self.words) and self.starts[first] - match.end() <= 1:
            if self.by_capitals or cue.lower or is_listed(self.bare[first]):
                yield from self._read(first, cue.strength)

    def _listed(self) -> Iterator[Name]:
        """Yield names that need no cue: a sure first name, a roster name, or a listed first name and a surname beside it."""
        listed = first_names()
        done = 0
        for at, bare in enumerate(self.bare):
            if at < done or not (bare in listed or bare in self.deny or (self.by_capitals and self.capital[at])):
                continue
            if self._stands_alone(at):
                for name in self._read(at, Strength.NONE):
                    yield name
                    done = bisect_left(self.starts, name.end)

    def _stands_alone(self, at: int) -> bool:
        bare = self.bare[at]
        if bare in self.deny:
            return True
        if bare not in first_names():
            return self.by_capitals and (self._is_initial(at) or self._known_surname_follows(at))
        if not self.by_capitals:
            return is_sure(bare) and len(bare) > 2
        if not self.capital[at] or is_thing(bare):
            return False
        return is_sure(bare) or self._mid_sentence(at) or self._surname_follows(at)

    def _mid_sentence(self, at: int) -> bool:
        """Tell whether a name that is also a word stands inside a sentence, between words in lower case."""
        return (
            at > 0
            and not self.german
            and len(self.bare[at]) > 2
            and not self.words[at].isupper()
            and not self.capital[at - 1]
            and not (at + 1 < len(self.words) and self.capital[at + 1])
            and not _SENTENCE_END.search(self.text[max(0, self.starts[at] - 3) : self.starts[at]])
        )

    def _known_surname_follows(self, at: int) -> bool:
        """Tell whether an unknown word in capitals stands before a listed surname: Alastair Penk."""
        return (
            self._is_surname(at)
            and at + 1 < len(self.words)
            and self._joined(at + 1)
            and self._is_surname(at + 1)
            and self.bare[at + 1] in surnames()
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
            and not self._is_camel(at)
            and not (self.words[at].isupper() and not is_listed(bare))
        )

    def _is_initial(self, at: int) -> bool:
        """T. Okkerman; F. van Loon."""
        return (
            len(self.bare[at]) == 1
            and self.words[at].endswith(".")
            and self.text[self.starts[at] - 1 : self.starts[at]] != "."
            and self._surname_follows(at)
        )

    def _is_camel(self, at: int) -> bool:
        word = self.words[at]
        return _CAMEL.match(word) is not None and not word.startswith(_INNER_CAPITAL) and "-" not in word

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
            feet = [_FOOT.search(self.text, max(0, len(self.text) - _FOOT_LENGTH))]
            feet += _FOOT_BEFORE_NUMBER.finditer(self.text) if ", " in self.text else ()
            for match in filter(None, feet):
                yield from self._whole(*match.span("name"), alone=len(self.words) > 3)
            if head := _HEAD.match(self.text):
                yield from self._whole(*head.span("name"), alone=head["verb"] is not None)
        elif len(self.words) <= 16 and (match := BARE.match(self.text)):
            first = bisect_left(self.starts, match.start("name"))
            bares = self.bare[first : bisect_left(self.starts, match.end("name"))]
            plain = any(is_thing(bare) or (is_word(bare) and not is_listed(bare)) for bare in bares)
            if not plain and not (match["code"] and is_word(match["code"].lower())):
                yield Name(*match.span("name"))

    def _whole(self, start: int, end: int, *, alone: bool) -> Iterator[Name]:
        """Yield the stretch when each word of it can be part of a name; a lone unknown word only where it may stand ``alone``."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        words = range(first, last)
        fit = all(
            self._is_surname(at)
            or (self.lower[at] in _PARTICLES and at > first)
            or (len(self.bare[at]) == 1 and len(words) > 1)
            or (self.bare[at] in first_names() and self.capital[at] and not is_thing(self.bare[at]))
            for at in words
        )
        listed = any(self.bare[at] in first_names() for at in words)
        if (
            fit
            and any(len(self.bare[at]) > 1 for at in words)
            and (listed or (not self.german and (alone or len(words) > 1)))
        ):
            if not any(left <= start < right for left, right in self.closed) and not self._is_firm(
                first, last, Strength.WEAK
            ):
                yield self._name(first, last)

    def _read(self, first: int, strength: Strength) -> Iterator[Name]:
        """Yield the name that begins with word number ``first``, if one does."""
        last = first
        while last < len(self.words) and last - first < 5 and (last == first or self._joined(last)):
            if not self._belongs(last, first, strength) and not (
                self.lower[last] in _PARTICLES and self._after_particles(last, first, strength)
            ):
                break
            last += 1
        while last - first > 1 and self.lower[last - 1] in _PARTICLES and not self.capital[last - 1]:
            last -= 1
        if last > first and not self._is_firm(first, last, strength):
            yield self._name(first, last)

    def _is_firm(self, first: int, last: int, strength: Strength) -> bool:
        if self.bare[first] in self.deny:
            return False
        if any(self.bare[at] in _FIRM for at in range(first, last)):
            return True
        follows = last < len(self.words) and self.text[self.spans[last - 1][1] : self.starts[last]] in (" ", " & ")
        if follows and self.bare[last] in _FIRM and strength < Strength.OWN:
            return self.capital[last] or not is_sure(self.bare[first])
        return last - first == 1 and strength < Strength.MET and self.bare[first] in firms_and_places()

    def _after_particles(self, at: int, first: int, strength: Strength) -> bool:
        after = at + 1
        while after < len(self.words) and self.lower[after] in _PARTICLES and after - at < 3:
            after += 1
        return (
            after < len(self.words)
            and self._joined(after)
            and (
                at > first
                or self.capital[at]
                or strength is Strength.OWN
                or (self.by_capitals and strength > Strength.NONE)
            )
            and self._belongs(after, first, strength)
            and (self.by_capitals or strength is Strength.OWN or is_listed(self.bare[after]))
        )

    def _joined(self, at: int) -> bool:
        between = self.text[self.spans[at - 1][1] : self.starts[at]]
        return between == " " and (not self.words[at - 1].endswith(".") or len(self.bare[at - 1]) <= 2)

    def _belongs(self, at: int, first: int, strength: Strength) -> bool:
        """Tell whether word ``at`` is part of a name that began at ``first``."""
        bare = self.bare[at]
        if any(left <= self.starts[at] < right for left, right in self.closed):
            return False
        if bare in self.deny:
            return True
        if is_thing(bare) and len(bare) > 1 and not self._is_thing_in_name(at, first, strength):
            return False
        if self.by_capitals:
            return self._belongs_by_capital(at, first, strength)
        if len(bare) == 1:
            return at > first and bare not in "iou" and (bare != "a" or self._name_ends(at + 1))
        if is_sure(bare):
            return True
        if at > first:
            return len(bare) > 2 and (not is_word(bare) or self._name_ends(at))
        if strength is Strength.NONE:
            return False
        if is_word(bare):
            ends = self._name_ends(at) or (strength > Strength.WEAK and is_listed(bare))
            return (strength is Strength.OWN or is_listed(bare)) and (ends or self._pair_in_lower(at))
        return len(bare) > 2 and (strength > Strength.WEAK or self._goes_on(at))

    def _is_thing_in_name(self, at: int, first: int, strength: Strength) -> bool:
        """Tell whether a brand or place is a name here: a surname after a first name, or a listed name after "my name is"."""
        bare = self.bare[at]
        if bare not in firms_and_places():
            return at > first and self.by_capitals and self.capital[at] and bare in surnames()
        if at > first:
            return (self.by_capitals and self.capital[at] and is_listed(bare)) or strength is Strength.OWN
        return strength > Strength.WEAK and is_listed(bare) and (self.capital[at] or not self.by_capitals)

    def _pair_in_lower(self, at: int) -> bool:
        return (
            at + 1 < len(self.words)
            and self._joined(at + 1)
            and is_listed(self.bare[at + 1])
            and self._name_ends(at + 1)
        )

    def _name_ends(self, at: int) -> bool:
        """Tell whether word ``at`` closes a clause in lower case, as the last word of a name does."""
        if at >= len(self.words):
            return False
        return at + 1 == len(self.words) or self.lower[at + 1] in _AFTER_NAME or not self._joined(at + 1)

    def _belongs_by_capital(self, at: int, first: int, strength: Strength) -> bool:
        word, bare = self.words[at], self.bare[at]
        if not self.capital[at]:
            return (
                strength > Strength.NONE
                and at == first
                and (is_sure(bare) or (strength is Strength.OWN and not is_word(bare)))
            )
        if len(bare) == 1:
            return at > first or self._is_initial(at) or (strength > Strength.NONE and self._surname_follows(at))
        if self._is_camel(at) or (word.isupper() and not is_listed(bare)):
            return False
        if is_listed(bare):
            return True
        if at > first:
            return not is_word(bare) or (is_sure(self.bare[first]) and not self.german and bare not in _FIRM)
        if is_word(bare):
            lone = not (
                at + 1 < len(self.words)
                and self._joined(at + 1)
                and self.capital[at + 1]
                and is_word(self.bare[at + 1])
            )
            return strength > Strength.WEAK and lone and not self.german
        if strength is Strength.NONE:
            return self._known_surname_follows(at)
        return strength > Strength.WEAK or (not self.german and self._goes_on(at))

    def _goes_on(self, at: int) -> bool:
        """Tell whether a lone unknown word stands as a name does: before a stop, a surname, or words said of people."""
        if at + 1 >= len(self.words) or self.text[self.spans[at][1]] in ",.!?;:()\n'’":
            return True
        if self.lower[at + 1] in _AFTER_NAME:
            return True
        return self._joined(at + 1) and (
            self._is_surname(at + 1) if self.by_capitals else not is_word(self.bare[at + 1])
        )

    def _name(self, first: int, last: int) -> Name:
        end = self.spans[last - 1][1]
        word = self.words[last - 1]
        if word[-2:].lower() in ("'s", "’s"):
            end -= 2
        elif word.endswith(".") and len(word) != 2:
            end -= 1
        return Name(self.starts[first], end)
