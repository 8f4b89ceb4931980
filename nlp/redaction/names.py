"""Names of people: after a cue, from the lists, in a sign-off; in capitals, in lower case, and all over a ticket."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.redaction.findings import PLACEHOLDER
from nlp.redaction.gazetteer import common_words, is_name, is_word, may_be_name, words_of

_ROLE = (
    r"(?:(?:sales |account |branch |store |general |district |regional |customer (?:service|care) |loan |office |team |service |bank |assistant |senior |support |field |case |claims? )*"
    r"(?:representatives?|reps?|agents?|managers?|supervisors?|specialists?|associates?|advis[oe]rs?|officers?|bankers?|tellers?|clerks?|receptionist|operators?|employees?|colleagues?|"
    r"lady|ladies|gentlem[ae]n|guy|man|woman|wom[ae]n|person|individual|lead|technicians?|mechanics?|drivers?|engineers?|director|attorney|lawyer|assistant|owner|contact|caretaker))"
)
_KIN = r"(?:husband|wife|mother|mum|mom|father|dad|son|daughter|brother|sister|friend|partner|spouse|uncle|aunt|cousin|neighbou?r|flatmate|roommate|fianc[eé]e?|girlfriend|boyfriend|grand(?:mother|father|ma|pa|son|daughter)|nephew|niece|colleague|coworker|boss|landlord)"
_AFTER_ROLE = r"(?:\s*,|\s*\(|\s+(?:named|called|by the name of|name|is|was|whose name (?:is|was)))?"
# Strong: what follows is a name unless it is plainly not. Weak: it must look like one.
_STRONG = re.compile(
    r"\b(?:(?:full |first |last |legal |given |family |maiden |middle |sur|good |user|nick|real |account |divorced |married )*names?(?:'s|s)?(?: of \w+)?(?: (?:is|was|are|as|on|to|be))?(?: (?:indeed|just|actually))?"
    rf"|named(?: me)?|by the name(?: of)?|in the name of|goes by|{_ROLE} (?:called|by the name of)"
    r"|(?:speak|spoke|spoken|speaking|talk|talked|talking|chat|chatted|met|meeting) (?:again )?(?:with|to|w/)"
    r"|(?:transferred|connected|assigned|forwarded|passed|handed|escalated|referred|redirected)(?: (?:me|us|her|him|it|over|on|back))* to"
    r"|(?:greeted|assisted|helped|served|handled|contacted|visited) by|on the phone with"
    r"|mein name ist|ich hei(?:ß|ss)e|je m[’']appelle|mon nom est|me llamo|mi nombre es|mijn naam is|ik heet|mi chiamo|nombre|naam|nom|mr|mrs|ms|miss|mx|dr|prof|herrn?|frau|"
    r"mme|mlle|monsieur|madame|m\.|señora?|sra?|srta|doña|mevr(?:ouw)?|meneer|dhr|mw|mvr|familie|fam)\b\.?[ \t]*[:=]?(?:[ \t]+|$)(?:\[?\")?"
    rf"(?:(?:an?|the|my|our|his|her|their|another|one of (?:the|your|their))[ \t]+(?:\w+ )?{_ROLE}{_AFTER_ROLE}[ \t]*|(?:someone|somebody)[ \t]+(?:named|called)[ \t]+)?(?:(?:mr|mrs|ms|dr)\b\.?[ \t]+)?",
    re.IGNORECASE,
)
_WEAK = re.compile(
    rf"(?:\b(?:i am|i['’]?m|im|this is|(?:it['’]?s|its|it is)(?: me)?|(?:her|his|name)[’']s|ich bin|je suis|c[’']est|soy|ik ben|met|it should be|correct it as|called|from|contacted|asked for|ask for|told|"
    rf"thanks to|attn|attention|regarding|re|cc|per|by|with|for|and|hi|hello|hey|dear|hallo|hoi|dag|hola|bonjour|salut|beste|liebe[r]?|good (?:morning|afternoon|evening)|estimad[oa]|cher|chère|geachte|ciao|moin|servus|"
    rf"colleague|customer|cust|cu|cus|client|agent|rep|rider|driver|klant|kund(?:e|in)|client[ea]?|cliente|{_KIN}|{_ROLE}){_AFTER_ROLE}|\bI,)[ \t]+",
    re.IGNORECASE,
)
_LOWER_CUE = re.compile(
    rf"\b(?:i am|i['’]?m|im|hello ?im|this is|it['’]?s|its|it is|it should be|correct it as|hi|hello|hey|dear|mr|mrs|ms|{_KIN}|{_ROLE}|i,){_AFTER_ROLE}[ \t]+",
    re.IGNORECASE,
)
_NAME_BEFORE = re.compile(
    r"[ \t,]+(?:is|was) (?:my|his|her|the|our) (?:(?:full|first|last) )?name\b|[ \t]+(?:here|speaking)\b(?!,? (?:to|in|at|is|about))",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(
    r"(?:regards|sincerely|respectfully|thanks|thank you|thx|cheers|best|best wishes|yours|truly|love|grüßen|grüße|gruß|gruss|lg|mfg|vg|cordialement|bien à vous|salutations|merci|saludos|atentamente|gracias|"
    r"groet(?:en|jes)?|mvg|groetjes|bedankt|dank|kindly|faithfully|signed|saluti)(?: (?:again|so much|in advance|you|und|et|voraus|alvast|mates?|all|team))*[ \t]*[,.!:–-]*\s+"
    r"(?P<name>(?:[^\W\d_][\w'’.-]*[ \t]+){0,3}[^\W\d_][\w'’-]*\.?)[ \t.!,]*(?:$|\n|\(|\d|\[|\+)",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^\W*(?:(?:sure|yes|yeah|ok|okay|oh|um|hi|hello|no|its|it is|well|please|sorry|name)[ ,]+){0,3}(?P<name>[^\W\d_]+(?: [^\W\d_]+){0,2}?)(?: and| is| with|,)? (?:(?:my |the |his |her )?(?:ssn|password|pwd|confirmation|booking|account|ac|acct|card|credit|policy|claim|phone|number|address|email|pin|last (?:4|four))\b|\d|[a-z]{1,4} \d)",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    "de da di do dos das del della van von der den het ter ten te la le al el bin ibn ben abu bint st st. saint du des y e d' zu zum af av op 't vd".split()
)
_FIRM = frozenset(
    "inc llc ltd plc gmbh bv corp co company group bank finance financial credit loans loan lending capital mortgage services service insurance motors auto holdings associates partners union solutions systems airlines hotel hotels street road avenue lane drive university college school hospital store stores center centre county city park station airport island beach plaza mall portal app desk team orchestra foundation institute".split()
)


@dataclass(frozen=True, slots=True)
class Name:
    """A stretch of text taken for a person's name. ``sure`` names are looked for in the rest of the ticket."""

    start: int
    end: int
    sure: bool


class NameReader:
    """Finds the names in one text. Reads capitals where the text has them, lists and the dictionary where it has none."""

    def __init__(self, text: str, deny: frozenset[str] = frozenset()) -> None:
        self.text = text
        self.deny = deny
        self.words = words_of(text)
        self.starts = [word.start() for word in self.words]
        self.lower = [word[0].lower().rstrip(".") for word in self.words]
        capitals = sum(word[0][0].isupper() for word in self.words)
        shouted = sum(len(word[0]) > 1 and word[0].isupper() for word in self.words)
        self.plain_case = not (capitals == 0 or (shouted * 2 > len(self.words) and len(self.words) > 2))
        self.closed = [match.span() for match in PLACEHOLDER.finditer(text)] if "[" in text else []

    def names(self) -> Iterator[Name]:
        """Yield every name found; they may overlap."""
        if not self.words:
            return
        yield from self._after(_STRONG, strong=True)
        yield from self._after(_WEAK if self.plain_case else _LOWER_CUE, strong=False)
        yield from self._signed()
        yield from self._listed()
        if not self.plain_case:
            yield from self._bare()

    def _after(self, cue: re.Pattern[str], *, strong: bool) -> Iterator[Name]:
        for match in cue.finditer(self.text):
            first = bisect_left(self.starts, match.end())
            if first < len(self.words) and self.words[first].start() - match.end() <= 1:
                yield from self._read(first, strong=strong)

    def _read(self, first: int, *, strong: bool) -> Iterator[Name]:
        """Yield the name that begins with word number ``first``, if one does."""
        last = first
        while last < len(self.words) and last - first < 5 and (last == first or self._joined(last)):
            if not self._belongs(last, first, strong):
                if self.lower[last] in _PARTICLES and self._belongs_after_particle(last, first, strong):
                    last += 1
                    continue
                break
            last += 1
        while last > first and self.lower[last - 1] in _PARTICLES and last - first > 1:
            last -= 1
        if last == first:
            return
        if (
            last < len(self.words)
            and self._joined(last)
            and self.lower[last] in _FIRM
            and self.words[last][0][0].isupper()
        ):
            return
        if self.lower[last - 1] in _FIRM and last - first > 1:
            return
        yield self._name(first, last, sure=strong or last - first > 1 or may_be_name(self.lower[first]))

    def _belongs_after_particle(self, at: int, first: int, strong: bool) -> bool:
        after = at + 1
        while after < len(self.words) and self.lower[after] in _PARTICLES and after - at < 3:
            after += 1
        return (
            after < len(self.words)
            and self._joined(after)
            and (at > first or self.plain_case)
            and self._belongs(after, first, strong)
        )

    def _joined(self, at: int) -> bool:
        between = self.text[self.words[at - 1].end() : self.words[at].start()]
        return between in (" ", "  ", ". ") and (between != ". " or len(self.lower[at - 1]) == 1)

    def _belongs(self, at: int, first: int, strong: bool) -> bool:
        word, lower = self.words[at][0], self.lower[at]
        bare = _possessor(lower)
        if any(left <= self.starts[at] < right for left, right in self.closed):
            return False
        if bare in common_words() and not (
            bare in ("may", "april", "june", "august") and may_be_name(self.lower[min(at + 1, len(self.lower) - 1)])
        ):
            return False
        if self.plain_case:
            if not word[0].isupper():
                return strong and at == first and is_name(bare)
            if len(bare) == 1:
                return at > first or (
                    at + 1 < len(self.words) and self._joined(at + 1) and self.words[at + 1][0][0].isupper()
                )
            if word.isupper() and len(word) > 1 and not may_be_name(bare):
                return False
            return strong or at > first or may_be_name(bare) or not is_word(bare)
        if len(bare) == 1:
            return at > first and bare not in "aiou"
        if is_name(bare):
            return True
        if strong or at > first:
            return not is_word(bare) or (may_be_name(bare) and (strong or is_name(self.lower[at - 1])))
        return (
            not is_word(bare)
            and len(bare) > 2
            and (
                may_be_name(bare)
                or at + 1 >= len(self.words)
                or self.lower[at + 1] in ("and", "here", "from", "with", "my")
            )
        )

    def _signed(self) -> Iterator[Name]:
        for match in _SIGN_OFF.finditer(self.text):
            first = bisect_left(self.starts, match.start("name"))
            if first < len(self.words):
                yield from self._read(first, strong=True)

    def _listed(self) -> Iterator[Name]:
        at = 0
        while at < len(self.words):
            bare = _possessor(self.lower[at])
            capital = self.words[at][0][0].isupper()
            known = bare in self.deny or (is_name(bare) and (capital or not self.plain_case) and len(bare) > 2)
            pair = (
                not known
                and capital
                and self.plain_case
                and may_be_name(bare)
                and bare not in common_words()
                and at + 1 < len(self.words)
                and self._joined(at + 1)
                and self.words[at + 1][0][0].isupper()
                and is_name(_possessor(self.lower[at + 1]))
            )
            if known or pair:
                names = list(self._read(at, strong=bare in self.deny))
                yield from names
                at = max(at + 1, bisect_left(self.starts, names[0].end) if names else 0)
            else:
                at += 1

    def _bare(self) -> Iterator[Name]:
        match = _BARE.match(self.text)
        if match and len(self.words) <= 16:
            first = bisect_left(self.starts, match.start("name"))
            count = len(match["name"].split())
            if (
                all(not is_word(self.lower[at]) or may_be_name(self.lower[at]) for at in range(first, first + count))
                and self.lower[first] not in common_words()
            ):
                yield Name(match.start("name"), match.end("name"), sure=True)

    def _name(self, first: int, last: int, *, sure: bool) -> Name:
        end = self.words[last - 1].end()
        word = self.words[last - 1][0]
        if word[-2:].lower() in ("'s", "’s"):
            end -= 2
        elif word.endswith(".") and len(word) != 2:
            end -= 1
        return Name(self.starts[first], end, sure)


def _possessor(word: str) -> str:
    return word[:-2] if word.endswith(("'s", "’s")) else word
