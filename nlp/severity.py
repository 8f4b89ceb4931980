"""How much a pain hurts, 1..5, from what is said: danger and money weigh more than a nuisance."""

from __future__ import annotations

import re

_CUES: tuple[tuple[int, re.Pattern[str]], ...] = tuple(
    (step, re.compile(regex, re.IGNORECASE))
    for step, regex in (
        (
            2,
            r"\b(?:unsafe|danger\w*|injur\w*|accident|ambulance|hospital\w*|fire|smok(?:e|ing)|burn(?:t|ed|ing)?|electric shock|"
            r"sparks?|collapsed|bleed\w*|choke\w*|allerg\w*|fell off|crashed into|brakes? (?:fail\w*|gone|didn't|don't)|stranded|"
            r"fraud|stolen|hacked|identity|leaked|evict\w*|bailiff\w*|court|lost (?:my|his|her) (?:job|house))\b",
        ),
        (
            1,
            r"\b(?:overcharged|charged (?:me |him |her |us )?(?:twice|double)|double (?:charge|payment)|out of pocket|money (?:gone|taken)|"
            r"refund|lost (?:all|everything|data|my|our|the|a day)|missed (?:my|our|the|her|his)|deleted|wiped|cancelled|"
            r"(?:eur|gbp|usd|euros?|pounds?|quid|dollars?)\b|[€£$]\s?\d)",
        ),
        (
            1,
            r"\b(?:can't|cannot|unable to|couldn't|won't|doesn't|not) (?:\w+ )?(?:start|open|work\w*|use|log|ride|unlock|access|turn on|"
            r"pay|connect|load|charge|get (?:in|on))\b|\b(?:dead|completely|totally|nothing works|all down|down since|no (?:internet|heating|"
            r"power|water|service|signal)|blocked|locked out|stuck)\b",
        ),
        (
            1,
            r"\b(?:again|still|every (?:day|time|week|single)|always|(?:second|third|fourth|fifth|2nd|3rd|4th|5th|\d+th) (?:time|call|"
            r"contact|week|month)|for (?:weeks|months|days)|keeps?|repeatedly|since|months?|weeks?|yet)\b",
        ),
        (
            -1,
            r"\b(?:a bit|slight\w*|minor|a little|small thing|not a big|cosmetic|nitpick|only (?:a )?small|would be nicer|shame)\b",
        ),
    )
)


def severity(words: str) -> int:
    """Return 1 (mild) to 5 (danger, money and repetition together); 2 is a plain fault."""
    total = 2 + sum(step for step, cue in _CUES if cue.search(words))
    return max(1, min(5, total))
