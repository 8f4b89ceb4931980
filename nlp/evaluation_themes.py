"""How good are the themes, and do they last? Runs the product's code; labels are looked at only to score."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from nlp.assignment import Assigner
from nlp.discovery import discover
from nlp.encoders import Encoder, Vectors
from nlp.granularity import Labels
from nlp.lineage import Action, IdentityState, Proposal, allowance, apply, propose
from nlp.measures import accuracy, alone, ari, nmi, numbered
from nlp.wording import with_words

_FREE_WEEKS = 3


def evaluate_themes(
    texts: Sequence[str], labels: Sequence[str], encoder: Encoder, *, seed: int = 0
) -> dict[str, float]:
    """Find the themes of ``texts`` and compare them with ``labels``. Scores are 0..1, unassigned texts one more cluster.

    Raises ValueError when the two are not of one length, or empty.
    """
    truth = _truth(texts, labels)
    start = time.perf_counter()
    vectors = encoder.encode(texts)
    encoded = time.perf_counter()
    found = discover(with_words(vectors, texts), seed=seed)
    clustered = time.perf_counter()
    return {
        "n": len(texts),
        "themes": found.count,
        **scores(truth, found.labels),
        "seconds_encode": encoded - start,
        "seconds_cluster": clustered - encoded,
    }


def scores(truth: Labels, found: Labels) -> dict[str, float]:
    """Coverage, NMI, ARI, one-to-one accuracy, and ARI with each unassigned text as a cluster of its own."""
    return {
        "coverage": float((found >= 0).mean()),
        "nmi": nmi(truth, found),
        "ari": ari(truth, found),
        "acc": accuracy(truth, found),
        "ari_singletons": ari(truth, alone(found)),
    }


def evaluate_stability(
    texts: Sequence[str], labels: Sequence[str], weeks: Sequence[int], encoder: Encoder, *, seed: int = 0
) -> dict[str, float]:
    """Let the texts arrive week by week, refresh the themes after each week, and see what became of them.

    ``ari_final`` scores the themes at the end (waiting texts are one cluster), ``ari_batch`` one discovery over everything.
    ``unexplained_churn``: of the texts that had a theme, the share that a refresh left in one that the recorded lineage
    does not lead to. ``visible_change_max``: the largest share that changed themes in one week, for any reason, from week
    3 on. Raises ValueError when the three are not of one length, or empty.
    """
    truth = _truth(texts, labels)
    if len(weeks) != len(texts):
        raise ValueError(f"{len(texts)} texts but {len(weeks)} weeks: give every text its week")
    arrived = numbered(np.asarray(weeks, dtype=np.int64))
    # Weeks in which nothing came are not refreshed; the order inside a week is the order given.
    vectors = encoder.encode(texts)
    diary = replay(vectors, texts, arrived, seed=seed)
    batch = discover(with_words(vectors, texts), seed=seed).labels
    final, reference = ari(truth, diary.themes), ari(truth, batch)
    return {
        "ari_final": final,
        "ari_batch": reference,
        "ari_ratio": final / reference if reference > 0 else 0.0,
        "unexplained_churn_mean": float(np.mean(diary.unexplained[1:] or [0.0])),
        "unexplained_churn_max": max(diary.unexplained),
        "visible_change_max": max(diary.visible[_FREE_WEEKS:], default=0.0),
        "themes": len(set(diary.themes[diary.themes >= 0].tolist())),
        "merges": diary.merges,
        "splits": diary.splits,
    }


class Diary:
    """What happened over the weeks: the themes now (int64[n], -1 = waiting), and per week what moved."""

    def __init__(self, n: int) -> None:
        self.themes: Labels = np.full(n, -1, dtype=np.int64)
        self.waited: Labels = np.zeros(n, dtype=np.int64)
        self.unexplained: list[float] = []
        self.visible: list[float] = []
        self.waiting: list[float] = []
        self.merges = 0
        self.splits = 0
        self.next_id = 0

    def record(self, before: Labels, after: Labels, proposals: Sequence[Proposal], redirects: dict[int, int]) -> None:
        """Compare the themes before and after one refresh with the lineage that it recorded."""
        had = np.flatnonzero(before >= 0)
        moved = had[before[had] != after[had]]
        led = np.zeros(len(before), dtype=np.bool_)
        for proposal in proposals:
            if proposal.action is Action.SPLIT:
                led[list(proposal.members)] = True
        explained = np.array(
            [led[row] or _resolve(int(before[row]), redirects) == after[row] for row in moved], dtype=np.bool_
        )
        self.visible.append(len(moved) / max(1, len(had)))
        self.unexplained.append(float((~explained).sum()) / max(1, len(had)))
        self.merges += sum(proposal.action is Action.MERGE for proposal in proposals)
        self.splits += sum(proposal.action is Action.SPLIT for proposal in proposals)


def replay(vectors: Vectors, texts: Sequence[str], arrived: Labels, *, seed: int = 0) -> Diary:
    """Let rows arrive by week (int64[n], 0..): each is assigned or waits, then the themes are refreshed."""
    diary = Diary(len(vectors))
    state = IdentityState()
    for week in range(int(arrived.max()) + 1):
        here = np.flatnonzero(arrived <= week)
        new = np.flatnonzero(arrived == week)
        diary.themes[new] = Assigner(vectors[here], diary.themes[here], seed=seed).assign(vectors[new])[0]
        before = diary.themes[here]
        spoken = with_words(vectors[here], [texts[int(row)] for row in here])
        fresh = discover(spoken, seed=seed, past_resolutions=state.resolutions)
        share = allowance(len(here), len(here) - len(new), provisional=state.provisional)
        proposals = propose(before, vectors[here], fresh, waited=diary.waited[here], budget=share)
        after, redirects = apply(before, proposals, diary.next_id)
        diary.next_id = max(diary.next_id, int(after.max(initial=-1)) + 1)
        diary.record(before, after, proposals, redirects)
        diary.themes[here] = after
        diary.waited[here] += after < 0
        diary.waiting.append(float((after < 0).mean()))
        state = state.after(fresh)
    return diary


def _resolve(theme: int, redirects: dict[int, int]) -> int:
    while theme in redirects:
        theme = redirects[theme]
    return theme


def _truth(texts: Sequence[str], labels: Sequence[str]) -> Labels:
    if len(texts) != len(labels) or not texts:
        raise ValueError(f"{len(texts)} texts but {len(labels)} labels: give every text its label, and at least one")
    return numbered(list(labels))
