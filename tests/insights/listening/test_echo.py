"""Protects echoes against crashes: a worker killed at any moment leaves each change with all its echoes or without itself."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import select

from insights.delivery import outbox
from insights.listening import asking, echo, ledger
from insights.listening.cases import cases
from insights.listening.ledger import Event
from insights.store import Store
from insights.tables import EchoRow
from tests.insights.loop import AGENTS, found, told
from tests.insights.notes import NOW

ROOT = Path(__file__).parents[3]
THEMES = 24
ANSWER_ALL = """
import sys
from insights.listening import answers, echo
from insights.trust import people
from insights.listening.cases import cases
from insights.listening.ledger import AnswerKind
from insights.store import Store
from tests.insights.notes import NOW

with Store(sys.argv[1]) as store:
    lead = next(one for one in people.all(store) if one.name == "Payments lead")
    print("ready", flush=True)
    while waiting := [ask for ask in cases(store) if ask.standing is None]:
        sys.stdin.readline()
        answers.answer(store, waiting[0].theme_id, AnswerKind.DECLINED, "It is too dear", by=lead, at=NOW)
        echo.catch_up(store, NOW)
    print("done", flush=True)
"""


def test_a_worker_that_is_killed_again_and_again_tells_every_author_once(store: Store) -> None:
    found(store)
    for number in range(THEMES):
        told(store, f"pain number {number} hurts", AGENTS)
    assert len(asking.ask_due(store, NOW)) == THEMES
    draw = random.Random(11)
    for _ in range(4):
        child = _child(store)
        assert child.stdin is not None
        child.stdin.write("go on\n" * draw.randint(1, 5))
        child.stdin.flush()
        time.sleep(draw.uniform(0, 0.2))
        child.kill()
        child.communicate(timeout=120)
    assert any(ask.standing is None for ask in cases(store)), "each of the four was given five answers at most"
    _child(store).communicate(timeout=120)
    assert all(ask.standing for ask in cases(store))
    assert echo.missing(store) == 0
    assert ledger.check(store).whole
    assert ledger.check(store).entries == 2 * THEMES
    with store.connect() as connection:
        pairs = connection.execute(select(EchoRow.author, EchoRow.entry)).all()
    assert len(pairs) == len(set(pairs)) == THEMES * len(AGENTS)
    types = Counter(event.type for event in outbox.waiting(store, 10_000))
    assert types["echo.declined"] == THEMES * len(AGENTS)
    assert types[f"ledger.{Event.ANSWERED}"] == THEMES


def _child(store: Store) -> subprocess.Popen[str]:
    url = store._url.render_as_string(hide_password=False)
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    child = subprocess.Popen(
        [sys.executable, "-c", ANSWER_ALL, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "ready"
    return child
