"""A text as words, and what their spelling and their neighbours say about being part of a name."""

from __future__ import annotations

import re

from nlp.redaction.cues import Strength
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
from nlp.redaction.words import words

PARTICLES = words("particles")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*\.?(?:-[^\W\d_]+(?:['’][^\W\d_]+)*)*")
_CAMEL = re.compile(r"[^\W\d_][a-zà-ÿ]+[A-ZÀ-Ý]")
_SENTENCE_END = re.compile(r"[.!?:\n\"“(]\s*$")
_FIRM = words("firm_words")
_GERMAN = words("german_words")
_AFTER_NAME = words("after_name")
_INNER_CAPITAL = ("Mc", "Mac", "De", "Van", "La", "Le", "O'", "O’", "D'", "D’", "Fitz")


class Words:
    """The words of a text by number: ``starts``, ``lower`` (no point), ``bare`` (no possessive 's) and ``capital`` run alike.

    ``by_capitals`` tells whether capitals mean anything in it, ``german`` whether nouns have them too, ``deny`` lists names.
    """

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
        closed = [match.span() for match in PLACEHOLDER.finditer(text)] if "[" in text else []
        if not firm_heads().isdisjoint(self.bare):
            closed += [match.span() for match in firm_phrases().finditer(text)]
        self._closed = frozenset(at for start, end in closed for at in range(start, end))

    def stands_alone(self, at: int) -> bool:
        """Tell whether word ``at`` begins a name without any cue."""
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
            self.is_surname(at)
            and at + 1 < len(self.words)
            and self.joined(at + 1)
            and self.is_surname(at + 1)
            and self.bare[at + 1] in surnames()
        )

    def _surname_follows(self, at: int) -> bool:
        after = at + 1
        while (
            after < len(self.words)
            and self.joined(after)
            and (self.lower[after] in PARTICLES or len(self.bare[after]) == 1)
        ):
            after += 1
        return after < len(self.words) and self.joined(after) and self.is_surname(after)

    def is_surname(self, at: int) -> bool:
        """Tell whether word ``at`` can be a surname by its spelling: a capital, and no English word, firm or place."""
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

    def shut(self, at: int) -> bool:
        """Tell whether word ``at`` is inside a placeholder or the name of a firm."""
        return self.starts[at] in self._closed

    def is_firm(self, first: int, last: int, strength: Strength) -> bool:
        """Tell whether words ``first`` to ``last`` (excluded) name a firm, by one of them or by the word that follows."""
        if self.bare[first] in self.deny:
            return False
        if any(self.bare[at] in _FIRM for at in range(first, last)):
            return True
        follows = last < len(self.words) and self.text[self.spans[last - 1][1] : self.starts[last]] in (" ", " & ")
        if follows and self.bare[last] in _FIRM and strength < Strength.OWN:
            return self.capital[last] or not is_sure(self.bare[first])
        return last - first == 1 and strength < Strength.MET and self.bare[first] in firms_and_places()

    def after_particles(self, at: int, first: int, strength: Strength) -> bool:
        """Tell whether word ``at`` is a particle of the name begun at ``first``, such as "van der"."""
        after = at + 1
        while after < len(self.words) and self.lower[after] in PARTICLES and after - at < 3:
            after += 1
        return (
            after < len(self.words)
            and self.joined(after)
            and (
                at > first
                or self.capital[at]
                or strength is Strength.OWN
                or (self.by_capitals and strength > Strength.NONE)
            )
            and self.belongs(after, first, strength)
            and (self.by_capitals or strength is Strength.OWN or is_listed(self.bare[after]))
        )

    def joined(self, at: int) -> bool:
        """Tell whether only a blank stands between word ``at`` and the one before it."""
        between = self.text[self.spans[at - 1][1] : self.starts[at]]
        return between == " " and (not self.words[at - 1].endswith(".") or len(self.bare[at - 1]) <= 2)

    def belongs(self, at: int, first: int, strength: Strength) -> bool:
        """Tell whether word ``at`` is part of a name that began at ``first``."""
        bare = self.bare[at]
        if self.shut(at):
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
        """Tell whether a brand or place is a name here: a surname after a first name, or a listed name after a strong cue."""
        bare = self.bare[at]
        if bare not in firms_and_places():
            return at > first and self.by_capitals and self.capital[at] and bare in surnames()
        if at > first:
            return (self.by_capitals and self.capital[at] and is_listed(bare)) or strength is Strength.OWN
        return strength > Strength.WEAK and is_listed(bare) and (self.capital[at] or not self.by_capitals)

    def _pair_in_lower(self, at: int) -> bool:
        return (
            at + 1 < len(self.words)
            and self.joined(at + 1)
            and is_listed(self.bare[at + 1])
            and self._name_ends(at + 1)
        )

    def _name_ends(self, at: int) -> bool:
        """Tell whether word ``at`` closes a clause in lower case, as the last word of a name does."""
        if at >= len(self.words):
            return False
        return at + 1 == len(self.words) or self.lower[at + 1] in _AFTER_NAME or not self.joined(at + 1)

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
                and self.joined(at + 1)
                and self.capital[at + 1]
                and len(self.bare[at + 1]) > 1
                and is_word(self.bare[at + 1])
            )
            return strength > Strength.WEAK and lone and not self.german
        if strength is Strength.NONE:
            return self._known_surname_follows(at)
        return strength > Strength.WEAK or (not self.german and self._goes_on(at))

    def _goes_on(self, at: int) -> bool:
        """Tell whether a lone unknown word stands as a name does: before a stop, a surname, or words said of
        people."""
        if at + 1 >= len(self.words) or self.text[self.spans[at][1]] in ",.!?;:()\n'’":
            return True
        if self.lower[at + 1] in _AFTER_NAME or (len(self.bare[at + 1]) == 1 and self.words[at + 1].endswith(".")):
            return True
        return self.joined(at + 1) and (self.is_surname(at + 1) if self.by_capitals else not is_word(self.bare[at + 1]))
