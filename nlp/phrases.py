"""Short readable phrases out of what people say: the raw material of names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

FEWEST, MOST = 2, 9
_SHORT_ENOUGH = 7
_ENOUGH_SAID = 3

_WORD = re.compile(r"[^\W\d_][\w'’&/-]*|\d+(?:[.,]\d+)*[%€$£]?")
_BREAK = re.compile(
    r"[.!?;:,()\[\]\"\n]+|\s[-–—]\s|\b(?:and then|and so|but|because|since|which|so that|as soon as|although|however|therefore)\b",
    re.IGNORECASE,
)

# What a sentence opens with before it comes to the point; taken off from the left as long as anything matches.
_OPENING = re.compile(
    r"""^(?:
      (?:what(?:'s|’s|\s+is|\s+are|\s+was)|how\s+(?:do|can|would|should|could)\s+(?:i|you|we|one)|how\s+to|where\s+(?:is|are|do|can)\s*(?:i\b)?
        |when\s+(?:is|are|do|will)|who\s+(?:is|are)|is\s+there|are\s+there)\b
    | (?:only\s+thing\s+i'd\s+add\s+is|(?:it|this|that)(?:['’]s|\s+has|\s+is|['’]d\s+be|\s+would\s+be)\s+been?\b|still|only|even|once\s+again
        |finally|both|sad\s+that|make\s+it\s+possible\s+to|otherwise|must\s+say|until\s+then|already|had\s+already|either|yet|though|to\s+be\s+honest|to\s+be\s+fair)\b
    | (?:you|we|they)\s+(?:guys\s+)?(?:really\s+)?(?:should|could|must|need\s+to|ought\s+to)\b(?!\s+not|n['’]t)
    | (?:should|could|would)\s+(?:really\s+|also\s+)?(?=[a-z]+\s)(?!\S*not|be\b|have\b|you\b|i\b|we\b)
    | (?:why|how)\s+(?:don't|not|about)\b | (?:(?:i'd|would)\s+)?love\s+(?:a|an|to|if)\b
    | (?:we|you|they)\s+(?=(?:add|allow|build|give|have|lend|let|make|offer|put|read|rent|sell|send|show)\b)
    | (?:hi|hello|hey|yes|yeah|yep|oh|ok|okay|well|so|um|uh|and|or|also|then|please|pls|thanks|thank\s+you|sorry|actually|basically
        |just|now|right|sure|alright|great|good\s+(?:morning|afternoon|evening|day)|again|first(?:\s+off)?|anyway|like|that|if|when|what|who
        |maybe|perhaps|honestly|unfortunately)\b
    | (?:the\s+)?(?:customer|client|caller|user|mrs?|ms)?\b\s*□['’]?s?
    | (?:the\s+)?(?:customer|client|caller|user)\b\s*(?:is\s+|was\s+|has\s+|also\s+)*
      (?:say(?:s|ing)?|said|report(?:s|ed|ing)?|complain(?:s|ed|ing)?|enquir(?:es|ed|ing)|inquir(?:es|ed|ing)|ask(?:s|ed|ing)?|state[sd]?
        |mention(?:s|ed)?|claim(?:s|ed)?|explain(?:s|ed)?|told\s+(?:me|us)|feels|thinks|would\s+like|want(?:s|ed)?|wish(?:es)?|need(?:s|ed)?)
      (?:\s+(?:about|that|to|for|if|whether|on))?\b
    | i(?:'m|’m|\s+am|\s+was)?\s+(?:just\s+|really\s+|actually\s+)?(?:calling|call|writing|contacting|reaching\s+out|phoning|chatting)
      (?:\s+(?:in|you|today|because|about|to|for|regarding|since|and))*\b
    | i(?:'d|’d|\s+would|'ll|’ll|\s+will)?\s+(?:just\s+|really\s+|also\s+)*(?:like|love|want|wanted|need|needed|have|wish|hope|prefer|was\s+hoping)
      \s+(?:to\s+(?:know|ask|see|find\s+out|check)\s+)?(?:to|if|how|whether|about)\b
    | i(?:'m|’m|\s+am|\s+was)?\s+(?:also\s+|just\s+)*(?:looking|trying|hoping|wondering|going|interested
        |having\s+(?:trouble|problems|issues|difficulty))
      (?:\s+(?:to|for|in|if|about|with|on|how))?\b
    | (?:can|could|would|will|may)\s+(?:you|i|we|u)\s+(?:please\s+|pls\s+|kindly\s+|possibly\s+)*
      (?:help\s+me\s+(?:out\s+)?(?:with|to)?|tell\s+me|let\s+me\s+know|assist\s+me\s+(?:with|in)?|explain)?\b
    | (?:do|did)\s+(?:you|i)\s+(?:know|need\s+to|have\s+to)\b
    | (?:tell|help|show|give|let)\s+(?:me|us)\b(?:\s+(?:know|out|with|to|about|how|what|if))*
    | i(?:'ve|’ve|\s+have)?\s+(?:been\s+)?(?:noticed|noticing|think|thought|guess|believe|know|mean|see|feel)\b(?:\s+that)?
    | (?:it|this|that)\s+(?:would|will)\s+be\s+(?:nice|great|good|helpful|cool|lovely|useful|better)\s+(?:if|to|for)\b
    | (?:there\s+(?:is|was|are|were)|it(?:'s|’s|\s+is)|this\s+is|that(?:'s|’s|\s+is))\b(?=\s+(?:a|an|the|no|not)\b)
    | (?:ask|call)\s+(?:you|u|them)\s+(?:about|and|to|if|whether)\b | (?:saying|said|says|noticed)\s+that\b
    | i\b(?=\s+(?:can|could|do|did|was|am|have|had|got|get|never|still|cannot|can't|can’t|don't|don’t|didn't|didn’t|keep|see|need|want))
    | ['’](?:s|re|m|ve|d|ll)\b
    | i(?:['’]ll|['’]ve|['’]d)?\s+(?:must|should|will|shall)\b | (?:know|knowing|into|find(?:ing)?\s+out|see\s+if|need|want|wanna|gonna|gotta)\b
    | (?:is|are|was|were|does|do|did|should|could|would|will|can|have|has)\s+(?=(?:the|my|your|our|a|an|i|you|we|it|they|there)\b)
    | (?:he|she|they|it)\s+(?:has|have|had|is|are|was|were)\s+(?=(?:not|never|being|been|unable)\b)
    | (?:his|her|their|its|he|she|they)\b
    | (?:complain|enquir|inquir|ask)(?:s|es|ed|ing)\b(?:\s+(?:about|for|that|if|to|on|regarding))?
    | (?:where|why|whether|how(?!\s+(?:long|much|many|soon|often|far)))\b
    | (?:you|they|we)\s+(?:guys\s+)?(?:should|must|need\s+to|ought\s+to)\b(?!\s+not|n['’]t)
    | (?:you|we|i)\s+(?:can|could|have|just|also)\b(?!\s+not|\s*n['’]t)
    | (?:my|the|a|an|our|your|some|to|about|for|of|that|with|me|us)\b
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_CLOSING = re.compile(
    r"""\s+(?:please|pls|thanks|thank\ you|today|now|again|and|or|of|to|the|a|an|in|on|for|with|at|by|from|my|your|our|i|you|we|it|is|was|are
      |that|this|if|so|as|too|also|me|us|be|do|there|here|right|still|just|really|when|how|where|what|who|into|am|has|have|had|not\ sure
      |he|she|they|his|her|their|any|didn't|doesn't|about|up\ to|can|could|will|would|should|than|then|though|either|yet|already|lol|rather|tho|ty
      |says?|said|told|asked|mid|anymore
      |any\ ?more|yesterday|tonight|tomorrow|ago|instead|in\ there|only|even|such|some|very|but|because|while|after|before|since|until|without
      |(?:again\ )?(?:this|last|next|every|each|that)\ (?:\w+\ )?(?:time|morning|afternoon|evening|night|day|week|weekend|month|year)s?
      |(?:on\ |since\ |until\ |last\ |next\ |this\ |every\ )?(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?s?
      |(?:for\ |in\ |after\ |within\ |about\ |over\ |(?:the\ )?past\ |(?:the\ )?last\ |half\ |\d+-
        |(?:\d+|one|two|three|four|six)\ (?:or|to)\ )*(?:\d+|an?
        |one|two|three|four|five|six|seven|eight|nine|ten
        |several|a\ few|a\ couple\ of)
        \ (?:more\ )?(?:second|minute|min|hour|day|week|month|year)s?(?:\ (?:ago|now|later))?
      |(?:at|by|around|until|from)\ \d+(?:[:.]\d\d)?(?:am|pm)?|in\ the\ (?:morning|afternoon|evening)|at\ night
      |(?:as\ of\ |at\ |by\ |until\ |to\ |in\ )?the\ (?:end|start|beginning|middle)|so\ far|at\ all|of\ course|half\ of
      |\d+(?:[.:,]\d+)?|ever|st|dr|quite)$""",
    re.IGNORECASE | re.VERBOSE,
)
_JOINT = re.compile(r"\b(?:when|while|after|before|where|if|whether|and|or|even though|due to)\b", re.IGNORECASE)
_STEP = re.compile(
    r"\s+(?=(?:in|on|at|with|for|from|during|through|when|while|after|before|if|since|until|without|and|or)\s)",
    re.IGNORECASE,
)
_PLACED = re.compile(
    r"\b(?:puts?|plac(?:es?|ed|ing)|putting)\b|\b(?:sign(?:ed|s)?|log(?:ged|s)?|(?<!never )(?<!not )(?<!n't )(?:comes?|came|goes|went|go))$",
    re.IGNORECASE,
)
"""Verbs that are nothing without what follows."""
_MASK = re.compile(
    r"<[^>]*>|\[[^\]]*\]|\{[^}]*\}?|\bX{2,}(?:/X{2,})*(?:/\d+)?\b\S*|https?://\S+|@\w+|\b[A-Z]{1,3}-?\d{3,}\b",
    re.IGNORECASE,
)
_LONGEST_CLOSING = 40
_EDGES = " '\"-–—*#_/&+~>=|"
_HOLE = "□"
_PICTURES = re.compile(r"[\U0001F000-\U0001FAFF\u2190-\u21FF\u2600-\u27BF\uFE0F\u200D]+")
_SHORT = {
    "w/o": "without", "w/": "with", "w": "with", "abt": "about", "bc": "because", "b/c": "because", "pw": "password", "wk": "week",
    "wks": "weeks", "hrs": "hours", "mins": "minutes", "msg": "message", "msgs": "messages", "appt": "appointment", "adr": "address",
    "conf": "confirmation", "acct": "account", "cu": "customer", "cust": "customer", "cx": "customer", "yr": "year", "yrs": "years",
    "dep": "deposit", "pls": "please", "plz": "please", "thx": "thanks", "u": "you", "ur": "your", "cb": "callback", "svc": "service",
    "cant": "can't", "dont": "don't", "doesnt": "doesn't", "didnt": "didn't", "isnt": "isn't", "wont": "won't", "im": "I'm", "thats": "that's",
    "ws": "workshop", "q": "question", "avg": "average", "mth": "month", "mths": "months", "min": "minutes", "mo": "month", "tel": "phone",
    "pic": "picture", "pics": "pictures", "eur": "euro", "sub": "subscription", "pkg": "package", "mech": "mechanic",
    "thu": "Thursday", "fri": "Friday", "jan": "January", "feb": "February", "aug": "August", "sep": "September", "sept": "September",
    "oct": "October", "nov": "November", "dec": "December",
}  # fmt: skip
_SHORT_WORD = re.compile(
    r"(?<![\w'’/.-])(?:" + "|".join(map(re.escape, sorted(_SHORT, key=len, reverse=True))) + r")(?![\w'’/-])",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"\b(?:api|atm|crm|csv|eta|gps|hr|iban|nfc|pdf|sms|usb|vat|vpn)s?\b")
_PROPER = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|april|june|july|august|september|october|november|december"
    r"|dutch|english|french|german|spanish|italian)\b"
)
_SMALL = frozenset((files("nlp") / "data" / "small_words.txt").read_text(encoding="utf-8").split())


def content(text: str) -> tuple[str, ...]:
    """Return the stems of the words that carry meaning, in order of appearance, each once."""
    words = _WORD.findall(spelled_out(text).lower())
    stems = (stem(word) for word in words if word not in _SMALL)
    return tuple(dict.fromkeys(word for word in stems if len(word) > 1 or word.isdigit()))


def says_something(text: str) -> bool:
    """Tell whether a text says enough to found a theme with: "perfect", "quick one" and "once more" may be said of anything."""
    return len(text.split()) >= _ENOUGH_SAID or len(content(text)) > 1


def stem(word: str) -> str:
    """Cut a plural or a verb's ending; crude on purpose: it only has to bring forms of one word together."""
    word = word.removesuffix("'s")
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("e", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: len(word) - len(ending)] + instead
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl":
        return word[:-1]
    return word.removesuffix("e") if len(word) > 4 else word


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of 2 to 9 words; ``whole`` when it is a clause as it was said, not a part of one."""

    words: str
    whole: bool


def phrases(text: str) -> Iterator[Phrase]:
    """Yield the text's clauses without openings and closings, then their parts; none with a redacted stretch in it."""
    for clause in _BREAK.split(spelled_out(text)):
        whole = trimmed(clause)
        if _fits(whole):
            yield Phrase(whole, whole=True)
        parts = [trimmed(part) for part in _JOINT.split(whole) if part != whole]
        steps = list(_STEP.finditer(whole)) if len(whole.split()) > _SHORT_ENOUGH else []
        parts += [trimmed(whole[: step.start()]) for step in steps if not _PLACED.search(whole[: step.start()])]
        for part in dict.fromkeys(parts):
            if part != whole and _fits(part):
                yield Phrase(part, whole=False)


def spelled_out(text: str) -> str:
    """Write shorthand in full ("abt", "w/o") and a hole for what was redacted."""
    return _SHORT_WORD.sub(
        lambda found: _SHORT[found.group().lower()],
        _PICTURES.sub(" ", _MASK.sub(f" {_HOLE} ", text.replace("’", "'").replace(" & ", " and "))),
    )


def _fits(phrase: str) -> bool:
    return FEWEST <= len(phrase.split()) <= MOST and _HOLE not in phrase and bool(content(phrase))


def trimmed(clause: str) -> str:
    """Take the opening and the closing off a clause."""
    clause = " ".join(clause.split()).strip(_EDGES)
    while True:
        shorter = _OPENING.sub("", clause, count=1)
        if shorter == clause or not shorter.strip():
            break
        clause = shorter.strip(_EDGES)
    while end := _CLOSING.search(clause, max(0, len(clause) - _LONGEST_CLOSING)):
        clause = clause[: end.start()]
    return clause


def sentence_case(phrase: str) -> str:
    """Write a phrase as the start of a sentence; words written in capitals (ATM, PIN) stay so, and "crm" becomes so."""
    shouting = phrase.isupper() and len(phrase) > 5
    phrase = phrase.lower() if shouting else phrase
    phrase = re.sub(r"\bi\b", "I", _LETTERS.sub(lambda found: found.group().upper(), phrase))
    phrase = _PROPER.sub(lambda found: found.group().capitalize(), phrase)
    return phrase[:1].upper() + phrase[1:]
