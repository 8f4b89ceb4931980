"""The figures on our own truth do not fall unseen. Each floor lies a little below what the shipped model holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nlp.evaluation_truth import evaluate_truth
from nlp.hearing import Hearer
from nlp.model import open_model

ROOT = Path(__file__).parents[2]
F1 = {"pain": 0.83, "suggestion": 0.78, "job": 0.71, "praise": 0.60, "compensation": 0.85, "handoff": 0.76}


def rows(name: str) -> list[dict[str, Any]]:
    lines = (ROOT / "pipelines" / "finchwheel" / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_what_is_heard_in_our_own_notes_stays_heard() -> None:
    truth = {row["external_id"]: row["marks"] for row in rows("truth.jsonl")}
    found = evaluate_truth(rows("notes.jsonl"), truth, Hearer(open_model(ROOT / "var" / "models")))
    assert found["macro_f1"] >= 0.765
    assert found["span_f1"] >= 0.695
    assert {kind for kind, floor in F1.items() if found[kind]["f1"] < floor} == set()
    assert found["compensation"]["precision"] >= 0.85
    assert found["compensation"]["recall"] >= 0.80
    assert found["handoff"]["precision"] >= 0.85
