"""Every shipped pattern matches what it says it matches and leaves alone what it says it leaves alone."""

from __future__ import annotations

import time

import pytest

from nlp.patterns import BadPattern, Pattern, Patterns, read, shipped

RULES = shipped().rules


def found(rule: Pattern, text: str) -> bool:
    return bool(Patterns([rule]).find(text, [0, *(at + 2 for at, char in enumerate(text) if char in ".!?,")]))


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_a_pattern_keeps_its_promises(rule: Pattern) -> None:
    assert rule.yes
    assert rule.no
    assert [text for text in rule.yes if not found(rule, text)] == []
    assert [text for text in rule.no if found(rule, text)] == []


def test_names_are_not_used_twice() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    "piece", ["please ", "no ", "would be ", "to to ", "a" * 50, "waiting for ", "refund credit ", "( ", "é "]
)
def test_no_pattern_is_slow_on_hostile_text(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    began = time.process_time()
    shipped().find(text, range(0, len(text), 50))
    assert time.process_time() - began < 20


def test_a_broken_line_names_file_and_line() -> None:
    with pytest.raises(BadPattern, match=r"own\.jsonl line 1"):
        read(['{"name": "x"}'], "own.jsonl")
