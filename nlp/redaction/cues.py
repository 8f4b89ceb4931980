"""The words after which a name stands, gated by their first word so that most words cost one look-up."""

from __future__ import annotations

import re
from dataclasses import dataclass

ROLE = (
    r"(?:(?:sales|account|branch|store|general|district|regional|customer|care|loan|office|team|service|bank|assistant|senior|support|field|case|claims?|call|shop|area|collections?) )*"
    r"(?:representatives?|reps?|agents?|managers?|supervisors?|specialists?|associates?|advis[oe]rs?|officers?|bankers?|tellers?|clerks?|receptionist|operators?|employees?|colleagues?|"
    r"lady|ladies|gentlem[ae]n|guy|man|woman|wom[ae]n|person|individual|technicians?|mechanics?|drivers?|couriers?|riders?|engineers?|director|attorney|lawyer|assistant|owner|contact|caretaker|"
    r"conductor|nurse|doctor|planner|parent|student|customer|cust|cu|cus|client|klant|kunde|kundin|cliente?)"
)
KIN = (
    r"(?:husband|wife|mother|mum|mom|father|dad|son|daughter|brother|sister|friend|partner|spouse|uncle|aunt|cousin|neighbou?r|flatmate|roommate|fianc[eé]e?|girlfriend|"
    r"boyfriend|grand(?:mother|father|ma|pa|son|daughter)|nephew|niece|coworker|boss|landlord|niece|mate|kid|child|baby|buddy)"
)
_CALLED = r"(?:[ \t]*,|[ \t]*\(|[ \t]+(?:named|called|by the name of|name|whose name (?:is|was)))?"
_INTRODUCED = rf"(?:(?:an?|the|my|our|his|her|their|another|one of (?:the|your|their))[ \t]+(?:\w+[ \t]+){{0,2}}?(?:{ROLE}|{KIN}){_CALLED}[ \t]+|(?:someone|somebody)(?: new| else)?[ \t]+(?:named|called)[ \t]+|(?:mr|mrs|ms|dr)\b\.?[ \t]+)?"


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern that ends where a name begins. ``first`` are the words it can begin with.

    After a ``strong`` cue anything is a name that is not plainly something else; after another it must also look like one.
    """

    pattern: re.Pattern[str]
    first: frozenset[str]
    strong: bool


def _cue(first: str, pattern: str, *, strong: bool) -> Cue:
    return Cue(re.compile(pattern, re.IGNORECASE), frozenset(first.split()), strong)


CUES = (
    _cue(
        "name names named surname username",
        r"(?:sur|user)?names?(?:'s|s)?(?: of (?:the |my )?\w+)?(?: (?:is|was|are|as|on|to|be))?(?: (?:indeed|just|actually))?[ \t]*[:=]?(?:[ \t]+)(?:\")?(?:(?:mr|mrs|ms|dr)\b\.?[ \t]+)?",
        strong=True,
    ),
    _cue("named called", r"named[ \t]+(?:me[ \t]+)?|called[ \t]+", strong=True),
    _cue("by in goes", r"by the name(?: of)?[ \t]+|in the name of[ \t]+|goes by[ \t]+(?:the name )?", strong=True),
    _cue(
        "mein ich je mon me mi mijn ik nombre naam nom navn nome",
        r"(?:mein name ist|ich hei(?:ß|ss)e|je m[’']appelle|mon nom est|me llamo|mi nombre es|mijn naam is|ik heet|mi chiamo|nombre|naam|nom|navn|nome)[ \t]*[:=]?[ \t]*",
        strong=True,
    ),
    _cue(
        "mr mrs ms miss mx dr prof hr herr herrn frau fr mme mlle monsieur madame señor señora sr sra srta doña mevr mevrouw meneer dhr mw mvr familie fam sig signora",
        r"(?:mr|mrs|ms|miss|mx|dr|prof|hr|herrn?|frau|fr|mme|mlle|monsieur|madame|señora?|sra?|srta|doña|mevr(?:ouw)?|meneer|dhr|mw|mvr|familie|fam|sig|signora)\b(?:\.[ \t]*|[ \t]+)(?:(?:dr|de heer|en|and|y|et)\b\.?[ \t]+)?",
        strong=True,
    ),
    _cue(
        "speak spoke spoken speaking talk talked talking chat chatted met meeting dealt dealing sat",
        rf"(?:speak|spoke|spoken|speaking|talk|talked|talking|chat|chatted|met|meeting|dealt|dealing)[ \t]+(?:again[ \t]+)?(?:with|to|w/)[ \t]+{_INTRODUCED}",
        strong=True,
    ),
    _cue(
        "transferred connected assigned passed handed escalated greeted assisted helped served handled visited",
        rf"(?:transferred|connected|assigned|passed|handed|escalated)(?: (?:me|us|her|him|it|over|on|back))*[ \t]+to[ \t]+{_INTRODUCED}|(?:greeted|assisted|helped|served|handled|visited)[ \t]+by[ \t]+{_INTRODUCED}",
        strong=False,
    ),
    _cue(
        "on with told thanks thx per contact",
        rf"(?:on the phone with|told|thanks|thx|per|contact)[ \t]+{_INTRODUCED}",
        strong=False,
    ),
    _cue(
        "i i'm i’m im this it it's it’s its that's helloim ich je soy ik c'est correct her his",
        r"(?:i am|i['’]?m|(?:hello)?im|this is|it['’]?s|its|it is|it should be|(?:her|his) name['’]?s|ich bin|je suis|soy|ik ben|c[’']est|correct it as|i,)[ \t]+(?:just[ \t]+)?(?:me,?[ \t]+)?(?:(?:mr|mrs|ms|dr)\b\.?[ \t]+)?",
        strong=False,
    ),
    _cue(
        "hi hello hey hiya dear hallo hoi dag hola bonjour salut beste liebe lieber good morning afternoon evening estimado estimada cher chère geachte ciao moin servus attn cc goedemorgen goedemiddag",
        r"(?:hi|hello|hey|hiya|dear|hallo|hoi|dag|hola|bonjour|salut|beste|lieber?|(?:good )?(?:morning|afternoon|evening)|estimad[oa]|cher|chère|geachte|ciao|moin|servus|attn|cc|goede\w+)[ \t]*[,:]?[ \t]+(?:there[ \t]+)?",
        strong=False,
    ),
    _cue(
        "sales account branch store general district regional customer care loan office team service bank assistant senior support field case claim claims call shop area collection collections "
        "representative representatives rep reps agent agents manager managers supervisor supervisors specialist specialists associate adviser advisor officer officers banker bankers teller clerk receptionist "
        "operator employee colleague lady gentleman guy man woman women person individual technician mechanic driver courier rider engineer director attorney lawyer assistant owner caretaker conductor nurse "
        "doctor planner parent student cust cu cus client klant kunde kundin cliente husband wife mother mum mom father dad son daughter brother sister friend partner spouse uncle aunt cousin neighbour "
        "neighbor flatmate roommate fiance fiancee fiancé fiancée girlfriend boyfriend grandmother grandfather grandma grandpa grandson granddaughter nephew niece coworker boss landlord mate kid child baby buddy",
        rf"(?:{ROLE}|{KIN})(?:{_CALLED}|[ \t]+(?:is|was))[ \t]+",
        strong=False,
    ),
)
BY_WORD: dict[str, tuple[Cue, ...]] = {
    word: tuple(cue for cue in CUES if word in cue.first) for word in {word for cue in CUES for word in cue.first}
}
SIGN_OFF = re.compile(
    r"(?:regards|sincerely|respectfully|thanks|thank you|thx|cheers|best|best wishes|yours|truly|love|grüßen|grüße|gruß|gruss|lg|mfg|vg|cordialement|bien à vous|salutations|merci|saludos|"
    r"saludo|atentamente|gracias|groet(?:en|jes)?|mvg|bedankt|dank|danke|kindly|faithfully|signed|saluti|ta|merry days)(?: (?:again|so much|much|in advance|d'avance|im voraus|you|und|et|alvast|mates?|all|team))*"
    r"[ \t]*[,.!:–-]*\s+(?P<name>(?:[^\W\d_][\w'’.-]*[ \t]+){0,3}[^\W\d_][\w'’-]*\.?)[ \t.!]*(?:$|\n|[(,\d\[+])",
    re.IGNORECASE,
)
# A name may come before its cue, too: "Jo Brand here", "jo brand is my name".
NAME_BEFORE = re.compile(
    r"(?:[ \t,]+(?:is|was) (?:my|his|her|the|our) (?:(?:full|first|last) )?name\b|[ \t]+(?:here|speaking|calling)\b(?=[ \t]*(?:$|[,.!;:\n-]|from|from the|again|i\b|and\b)))",
    re.IGNORECASE,
)
# A chat line that opens with a name and goes on to a number or what it belongs to.
BARE = re.compile(
    r"\W*(?:(?:sure|yes|yeah|ok|okay|oh|um|hi|hello|no|its|it is|well|please|sorry|name)[ ,]+){0,3}(?P<name>[^\W\d_]+(?: [^\W\d_]+){0,2}?)(?: and| is| with|,)? "
    r"(?:(?:my |the |his |her )?(?:savings )?(?:ssn|password|pwd|confirmation|booking|account|ac|acct|card|credit|policy|claim|phone|number|address|email|pin|last (?:4|four))\b|\d|[a-z]{1,3} \d)",
    re.IGNORECASE,
)
