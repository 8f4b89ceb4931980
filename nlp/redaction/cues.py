"""The words after which a name stands, gated by their first word so that most words cost one look-up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from nlp.redaction.words import words

ROLE = (
    r"(?:(?:sales|account|branch|store|general|district|regional|customer|care|loan|office|team|service|bank|"
    r"assistant|senior|support|field|case|claims?|call|shop|area|collections?) )*"
    r"(?:representatives?|reps?|agents?|managers?|supervisors?|specialists?|associates?|advis[oe]rs?|officers?|"
    r"bankers?|tellers?|clerks?|receptionist|operators?|employees?|colleagues?|"
    r"lady|ladies|gentlem[ae]n|guy|man|woman|wom[ae]n|person|individual|technicians?|mechanics?|drivers?|"
    r"couriers?|riders?|engineers?|director|attorney|lawyer|assistant|owner|contact|caretaker|"
    r"conductor|nurse|doctor|planner|parent|student|customer|cust|cu|cus|client|klant|kunde|kundin|cliente?)"
)
KIN = (
    r"(?:husband|wife|mother|mum|mom|father|dad|son|daughter|brother|sister|friend|partner|spouse|uncle|aunt|"
    r"cousin|neighbou?r|flatmate|roommate|fianc[eé]e?|girlfriend|"
    r"boyfriend|grand(?:mother|father|ma|pa|son|daughter)|nephew|niece|coworker|boss|landlord|niece|mate|kid|"
    r"child|baby|buddy)"
)
_CALLED = r"(?:[ \t]*,|[ \t]*\(|[ \t]+(?:named|called|by the name of|name|whose name (?:is|was)))?"
_INTRODUCED = (
    rf"(?:(?:an?|the|my|our|his|her|their|another|one of (?:the|your|their))[ \t]+(?:\w+[ \t]+){{0,2}}?(?:{ROLE}|{KIN}){_CALLED}[ \t]+"
    r"|(?:someone|somebody)(?: new| else)?[ \t]+(?:named|called)[ \t]+|(?:mr|mrs|ms|dr)\b\.?[ \t]+)?"
)


class Strength(IntEnum):
    """How much the words before a name say that one follows."""

    NONE = 0
    WEAK = 1
    MET = 2
    OWN = 3


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern that ends where a name begins. ``first`` are the words it can begin with.

    After an OWN cue ("my name is") anything is a name that is not plainly something else; after a MET cue ("spoke with") an
    English word must not be it; after a WEAK one ("this is") the name must also stand as names do, or be listed.
    """

    pattern: re.Pattern[str]
    first: frozenset[str]
    strength: Strength
    lower: bool = True
    """Whether an unlisted word in lower case may be a name after this cue."""


def _cue(first: str, pattern: str, strength: Strength, *, lower: bool = True) -> Cue:
    return Cue(re.compile(pattern, re.IGNORECASE), frozenset(first.split()), strength, lower)


CUES = (
    _cue(
        "name names named surname username",
        r"(?:sur|user)?names?(?:'s|s)?(?: of (?:the |my )?\w+)?(?: (?:is|was|are|as|to|be))?(?: (?:indeed|just|"
        r"actually))?[ \t]*[:=]?(?:[ \t]+)(?:\")?(?:(?:mr|mrs|ms|dr)\b\.?[ \t]+)?",
        Strength.OWN,
    ),
    _cue("i", r"I,[ \t]+", Strength.MET, lower=False),
    _cue("named", r"named[ \t]+(?:me[ \t]+)?", Strength.MET),
    _cue("by in goes", r"by the name(?: of)?[ \t]+|in the name of[ \t]+|goes by[ \t]+(?:the name )?", Strength.OWN),
    _cue(
        "mein ich je mon me mi mijn ik nombre naam nom navn nome",
        r"(?:mein name ist|ich hei(?:ß|ss)e|je m[’']appelle|mon nom est|me llamo|mi nombre es|mijn naam is|"
        r"ik heet|mi chiamo|nombre|naam|nom|navn|nome)[ \t]*[:=]?[ \t]*",
        Strength.OWN,
    ),
    _cue(
        "mr mrs ms miss mx dr prof hr herr herrn frau fr mme mlle monsieur madame señor señora sr sra srta "
        "doña mevr mevrouw meneer dhr mw mvr familie sig signora",
        r"(?:mr|mrs|ms|miss|mx|dr|prof|hr|herrn?|frau|fr|mme|mlle|monsieur|madame|señora?|sra?|srta|doña|"
        r"mevr(?:ouw)?|meneer|dhr|mw|mvr|familie|sig|signora)\b(?:\.[ \t]*|[ \t]+)(?:(?:dr|de heer|en|and|y|"
        r"et)\b\.?[ \t]+)?",
        Strength.MET,
    ),
    _cue(
        "speak spoke spoken speaking talk talked talking chat chatted met meeting dealt dealing sat",
        rf"(?:speak|spoke|spoken|speaking|talk|talked|talking|chat|chatted|met|meeting|dealt|"
        rf"dealing)[ \t]+(?:again[ \t]+)?(?:with|to|w/)[ \t]+{_INTRODUCED}",
        Strength.MET,
    ),
    _cue(
        "transferred connected assigned passed handed escalated greeted assisted helped served handled visited",
        rf"(?:transferred|connected|assigned|passed|handed|escalated)(?: (?:me|us|her|him|it|over|on|"
        rf"back))*[ \t]+to[ \t]+{_INTRODUCED}|(?:greeted|assisted|helped|served|handled|"
        rf"visited)[ \t]+by[ \t]+{_INTRODUCED}",
        Strength.WEAK,
    ),
    _cue(
        "on with told thanks thx per contact",
        rf"(?:on the phone with|told|thanks|thx|per|contact)[ \t]+{_INTRODUCED}",
        Strength.WEAK,
        lower=False,
    ),
    _cue(
        "i'm i’m i im this it it's it’s its that's helloim ich je soy ik c'est correct her his",
        r"(?:i am|i['’]?m|(?:hello)?im|this is|it['’]?s|its|it is|it should be|(?:her|his) name['’]?s|ich bin|"
        r"je suis|soy|ik ben|c[’']est|correct it as)[ \t]+(?:just[ \t]+)?(?:me,?[ \t]+)?(?:(?:mr|mrs|ms|"
        r"dr)\b\.?[ \t]+)?",
        Strength.WEAK,
    ),
    _cue(
        "hi hello hey hiya dear hallo hoi dag hola bonjour salut beste liebe lieber good morning afternoon "
        "evening estimado estimada cher chère geachte ciao moin servus attn cc goedemorgen goedemiddag",
        r"(?:hi|hello|hey|hiya|dear|hallo|hoi|dag|hola|bonjour|salut|beste|lieber?|(?:good )?(?:morning|"
        r"afternoon|evening)|estimad[oa]|cher|chère|geachte|ciao|moin|servus|attn|cc|"
        r"goede\w+)[ \t]*[,:]?[ \t]+(?:there[ \t]+)?",
        Strength.WEAK,
        lower=False,
    ),
    _cue(
        "sales account branch store general district regional customer care loan office team service bank "
        "assistant senior support field case claim claims call shop area collection collections "
        "representative representatives rep reps agent agents manager managers supervisor supervisors "
        "specialist specialists associate adviser advisor officer officers banker bankers teller clerk "
        "receptionist "
        "operator employee colleague lady gentleman guy man woman women person individual technician mechanic "
        "driver courier rider engineer director attorney lawyer assistant owner caretaker conductor nurse "
        "doctor planner parent student cust cu cus client klant kunde kundin cliente husband wife mother mum "
        "mom father dad son daughter brother sister friend partner spouse uncle aunt cousin neighbour "
        "neighbor flatmate roommate fiance fiancee fiancé fiancée girlfriend boyfriend grandmother grandfather "
        "grandma grandpa grandson granddaughter nephew niece coworker boss landlord mate kid child baby buddy",
        rf"(?:{ROLE}|{KIN})(?:{_CALLED}|[ \t]+(?:is|was))[ \t]+",
        Strength.WEAK,
        lower=False,
    ),
)
BY_WORD: dict[str, tuple[Cue, ...]] = {
    word: tuple(cue for cue in CUES if word in cue.first) for word in {word for cue in CUES for word in cue.first}
}
SIGN_OFF = re.compile(
    r"\b(?:(?:yours|kind|warm|best|many|with|mit|freundlichen|vriendelijke|met|un|very|truly|"
    r"thank)[ \t]+)*(?:regards|sincerely|respectfully|thanks|you|thx|cheers|best|wishes|yours|truly|love|"
    r"grüßen|grüße|gruß|gruss|lg|mfg|vg|"
    r"cordialement|salutations|merci|saludos|saludo|atentamente|gracias|groet(?:en|jes)?|mvg|bedankt|dank|"
    r"danke|kindly|faithfully|signed|saluti|greetings|ta)"
    r"(?: (?:again|so much|much|in advance|d'avance|im voraus|you|und|et|alvast|mates?|all|team|truly|"
    r"sincerely|faithfully))*"
    r"[ \t]*[,.!:–-]*\s+(?P<name>(?:[^\W\d_][\w'’.-]{0,30}[ \t]+){0,3}[^\W\d_][\w'’-]{0,30}\.?)[ \t.!]*(?:$|\n|[(,\d\[+])",
    re.IGNORECASE,
)
# A name may come before its cue, too: "Jo Brand here", "jo brand is my name".
NAME_BEFORE = re.compile(
    r"(?:[ \t,]+(?:is|was) (?:my|his|her|the|our) (?:(?:full|first|last) )?name\b|[ \t]+(?:here|speaking|"
    r"calling)\b(?=[ \t]*(?:$|[,.!;:\n-]|from|from the|again|i\b|and\b)))",
    re.IGNORECASE,
)
SIGN_OFF_WORDS = words("sign_off_words")
NAME_BEFORE_WORDS = words("name_before_words")
# A chat line that opens with a name and goes on to a number or what it belongs to.
BARE = re.compile(
    r"\W*(?:(?:sure|yes|yeah|ok|okay|oh|um|hi|hello|no|its|it is|well|please|sorry|"
    r"name)[ ,]+){0,3}(?P<name>[^\W\d_]{1,30}(?: [^\W\d_]{1,30}){0,2}?)(?: and| is| with|,)? "
    r"(?:(?:my |the |his |her )?(?:savings )?(?:ssn|password|pwd|confirmation|booking|account|ac|acct|card|"
    r"credit|policy|claim|phone|number|address|email|pin|last (?:4|four))\b|\d|(?P<code>[a-z]{1,3}) \d)",
    re.IGNORECASE,
)
