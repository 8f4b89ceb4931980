"""Do names tell themes apart? Gold subjects are named, and an encoder that the namer never saw picks the subject by the name.

OMP_NUM_THREADS=1 python -m bench.names --sets FOLDER --model FOLDER [--pairs 100]

``--sets`` holds CSV files with the columns text and label, ``--model`` the judge's weights. Each name is put before five
subjects of its set, the true one and four drawn at random; the judge takes the one nearest by cosine. The shipped notes'
own subjects are measured as well. Ties in the draw are broken by a fixed seed.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp.encoders import Encoder, open_encoder
from nlp.language import load
from nlp.naming import name_themes
from nlp.signal_vectors import SignalEncoder
from nlp.signals import SignalKind
from nlp.wholeness import UNUSED

CHOICES = 5
FEWEST = 3
SETS = ("support_calls_finance", "support_calls_insurance", "support_chat_intents", "clinc150")
KINDS = {"pain": "pain", "suggestion": "suggestion", "want": "job", "praise": "praise"}
SHIPPED = Path(__file__).resolve().parents[1] / "pipelines" / "finchwheel"


@dataclass(frozen=True, slots=True)
class Named:
    """One theme: its set, its subject's words, the name it was given, the most typical text, and the five choices."""

    group: str
    subject: str
    name: str
    exemplar: str
    choices: tuple[str, ...]


def shipped(label: str) -> tuple[list[str], list[str], list[str]]:
    """Return texts, products and subjects of the shipped spans that carry this label."""
    notes = {}
    for line in (SHIPPED / "notes.jsonl").read_text(encoding="utf-8").splitlines():
        note = json.loads(line)
        notes[note["external_id"]] = note.get("product", "")
    rows: list[tuple[str, str, str]] = []
    for line in (SHIPPED / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        rows += [
            (mark["text"], notes[record["external_id"]], mark["subject"])
            for mark in record["marks"]
            if mark["label"] == label and not mark.get("subject", "other-").startswith("other-")
        ]
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def spoken(label: str, known: Counter[str]) -> str:
    """Write a label as words: "charged-after-cancel", "PayBill", and "checkbalance" by the words that the texts use."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[-_]+", " ", label).lower().removesuffix("intent").strip()
    return " ".join(_cut(words, known) if " " not in words and not known[words] else words.split())


def _cut(label: str, known: Counter[str]) -> list[str]:
    best: list[list[str] | None] = [[]]
    for end in range(1, len(label) + 1):
        found: list[str] | None = None
        for start in range(end):
            before, word = best[start], label[start:end]
            if before is not None and len(word) > 2 and known[word] and (found is None or len(before) + 1 < len(found)):
                found = [*before, word]
        best.append(found)
    return best[-1] or [label]


def named(
    group: str, texts: Sequence[str], products: Sequence[str], labels: Sequence[str], encoder: Encoder, kind: str | None
) -> tuple[list[Named], float]:
    """Name the subjects of one set; return the choices put before the judge, and the seconds that naming took."""
    known = Counter(word for text in texts for word in set(re.findall(r"[a-z]+", text.lower())))
    sizes = Counter(labels)
    subjects = sorted(label for label, size in sizes.items() if size >= FEWEST)
    place = {label: at for at, label in enumerate(subjects)}
    codes = np.array([place.get(label, -1) for label in labels])
    vectors = SignalEncoder(encoder).encode(texts, products)
    started = time.process_time()
    names = name_themes(texts, codes, vectors, kind=SignalKind(kind) if kind else None)
    seconds = time.process_time() - started
    draw = random.Random(7)
    said = [spoken(subject, known) for subject in subjects]
    made = []
    for at, subject in enumerate(said):
        others = draw.sample([other for other in said if other != subject], CHOICES - 1)
        choices = [subject, *others]
        draw.shuffle(choices)
        made.append(Named(group, subject, names[at].name, texts[names[at].exemplar], tuple(choices)))
    return made, seconds


def right(judge: Encoder, items: Sequence[Named], shown: Sequence[str]) -> list[bool]:
    """Return for each item whether the judge, shown this text, picks the true subject."""
    asked = judge.encode(shown)
    verdicts = []
    for item, row in zip(items, asked, strict=True):
        scores = judge.encode(item.choices) @ row
        verdicts.append(item.choices[int(np.argmax(scores))] == item.subject)
    return verdicts


def among_all(judge: Encoder, items: Sequence[Named]) -> float:
    """Return the share of names whose subject is the judge's first choice among all subjects of the set."""
    scores = judge.encode([item.name for item in items]) @ judge.encode([item.subject for item in items]).T
    return float(np.mean(scores.argmax(axis=1) == np.arange(len(items))))


def main() -> None:
    load(exclude=UNUSED)  # its start is no part of naming
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, help="folder of CSV files with text and label")
    parser.add_argument("--model", type=Path, required=True, help="folder with the judge's weights")
    parser.add_argument("--pairs", type=int, default=100, help="how many names to print")
    asked = parser.parse_args()
    encoder, judge = open_encoder("static"), open_encoder("semantic", asked.model)
    every: list[Named] = []
    verdicts: dict[str, list[bool]] = defaultdict(list)
    todo: list[tuple[str, list[str], list[str], list[str], str | None]] = []
    for label, of_kind in KINDS.items():
        texts, products, subjects = shipped(label)
        todo.append((f"shipped {label}", texts, products, subjects, of_kind))
    for name in SETS if asked.sets else ():
        with (asked.sets / f"{name}.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        todo.append((name, [r["text"] for r in rows], [""] * len(rows), [r["label"] for r in rows], None))
    for group, texts, products, subjects, kind in todo:
        items, seconds = named(group, texts, products, subjects, encoder, kind)
        found = right(judge, items, [item.name for item in items])
        first = among_all(judge, items)
        typical = right(judge, items, [item.exemplar for item in items])
        verdicts[group] = found
        every += items
        print(
            f"{group:26} {len(items):4} themes  name {np.mean(found):.3f}  of all {first:.3f}  typical text {np.mean(typical):.3f}"
            f"  named in {seconds:.2f} s"
        )
    flat = [verdict for found in verdicts.values() for verdict in found]
    print(f"{'all':26} {len(flat):4} themes  name {np.mean(flat):.3f}")
    order = random.Random(11).sample(range(len(every)), min(asked.pairs, len(every)))
    for at in sorted(order):
        item = every[at]
        print(f"{'   ' if flat[at] else 'NO '} {item.name:60} | {item.subject}  ({item.group})")


if __name__ == "__main__":
    main()
