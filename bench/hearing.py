"""How many notes of about 40 words are heard a second of one core (processor time), stage by stage.

OMP_NUM_THREADS=1 python -m bench.hearing [--notes 2000] [--model FOLDER]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from ingest.feedback import Segment, Speaker
from nlp import examples, job_features, jobs, patterns
from nlp.features import Featurizer
from nlp.hearing import Hearer
from nlp.model import open_model
from nlp.scoring import head_probabilities, unit_odds, word_odds
from nlp.static_encoder import StaticEncoder
from nlp.units import passage

BATCH = 200


def notes(count: int, words: int = 40) -> list[list[Segment]]:
    """Return ``count`` notes of at least ``words`` words, put together from the training sentences in order."""
    texts = [example.text for example in examples.read(examples.shipped())]
    made: list[list[Segment]] = []
    at = 0
    while len(made) < count:
        parts: list[str] = []
        while sum(len(part.split()) for part in parts) < words:
            parts.append(texts[at % len(texts)])
            at += 1
        made.append([Segment(Speaker.NOTE, " ".join(part if part[-1] in ".!?" else part + "." for part in parts))])
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=2000)
    parser.add_argument("--model", type=Path, default=Path(tempfile.gettempdir()) / "earshot-models")
    given = parser.parse_args()
    model = open_model(given.model)
    hearer = Hearer(model)
    many = notes(given.notes)
    hearer.hear_many(many[:BATCH], ["en"] * BATCH)  # the first batch meets every word for the first time
    networks = [network.exact() for network in model.networks]
    featurizer = Featurizer(StaticEncoder(), patterns.shipped())
    featurizer.rows([passage(note[0].text, "n")[0] for note in many[:BATCH]])
    spent = dict.fromkeys(("clauses", "features", "networks", "heads", "job candidates", "all of hearing"), 0.0)
    for start in range(0, len(many), BATCH):
        batch = many[start : start + BATCH]
        began = time.process_time()
        passages = [passage(note[0].text, "n") for note in batch]
        cut = time.process_time()
        rows, words = featurizer.rows([read for read, _ in passages])
        read_at = time.process_time()
        odds, around = word_odds(networks, words)
        worded = time.process_time()
        head_probabilities(model, rows, unit_odds(words, odds, around, len(rows.sentence)))
        judged = time.process_time()
        for read, spans in passages:
            for sentence in jobs.sentences(read.text, spans, "n"):
                for candidate in sentence.candidates:
                    job_features.start_features(sentence, candidate)
        listed = time.process_time()
        hearer.hear_many(batch, ["en"] * len(batch))
        ended = time.process_time()
        for name, seconds in zip(
            spent,
            (cut - began, read_at - cut, worded - read_at, judged - worded, listed - judged, ended - listed),
            strict=True,
        ):
            spent[name] += seconds
    length = sum(len(note[0].text.split()) for note in many) / len(many)
    print(f"{len(many)} notes of {length:.0f} words on average, one core")
    for name, seconds in spent.items():
        print(f"{name:16} {1000 * seconds / len(many):7.3f} ms a note {len(many) / seconds:9.0f} notes/s")


if __name__ == "__main__":
    main()
