"""Protects: the evaluation runs the product, answers with the agreed keys, and finds no unexplained move."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.encoders import open_encoder
from nlp.evaluation_themes import evaluate_stability, evaluate_themes

PARTS = {
    "unlock": (
        ["the app", "my phone", "the reader", "the key"],
        ["does not unlock", "cannot open", "will not release"],
        "the bike",
    ),
    "refund": (
        ["my refund", "the money", "the deposit", "repayment"],
        ["has not arrived", "is late", "is missing"],
        "on my account",
    ),
    "battery": (
        ["the battery", "the charge", "the range", "power"],
        ["dies", "runs out", "drops"],
        "after ten kilometres",
    ),
    "invoice": (
        ["an invoice", "a receipt", "a VAT bill", "paperwork"],
        ["is needed", "is wanted", "is requested"],
        "for the tax office",
    ),
}
TEXTS = [f"{who} {what} {where}" for who_, what_, where in PARTS.values() for who in who_ for what in what_]
LABELS = [name for name, (who_, what_, _) in PARTS.items() for _ in range(len(who_) * len(what_))]


def test_themes_are_scored_under_the_agreed_keys() -> None:
    result = evaluate_themes(TEXTS, LABELS, open_encoder("static"))
    assert set(result) == {
        "n", "themes", "coverage", "nmi", "ari", "acc", "ari_singletons", "seconds_encode", "seconds_cluster",
    }  # fmt: skip
    assert result["n"] == len(TEXTS)
    assert result["nmi"] > 0.6
    assert all(0 <= result[key] <= 1 for key in ("coverage", "nmi", "acc"))


def test_stability_is_scored_under_the_agreed_keys_and_every_move_is_explained() -> None:
    weeks = np.arange(len(TEXTS)) % 5
    result = evaluate_stability(TEXTS, LABELS, weeks.tolist(), open_encoder("static"))
    assert set(result) == {
        "ari_final", "ari_batch", "ari_ratio", "unexplained_churn_mean", "unexplained_churn_max", "visible_change_max",
        "themes", "merges", "splits",
    }  # fmt: skip
    assert result["unexplained_churn_max"] == 0
    assert result["visible_change_max"] <= 0.08
    assert result["ari_final"] > 0.3


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="every text its label"):
        evaluate_themes(TEXTS, LABELS[:-1], open_encoder("static"))
    with pytest.raises(ValueError, match="every text its week"):
        evaluate_stability(TEXTS, LABELS, [0], open_encoder("static"))
