"""Protects leaving and moving: everything comes back exactly, also in the other database, and analysts read the same numbers."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sqlalchemy import delete, func, select

from insights import migrate
from insights.board.quotes import QuoteOrder
from insights.board.ranking import ThemeQuery, themes
from insights.board.search import search
from insights.board.theme import quotes, theme
from insights.counting.recount import recount
from insights.listening import answers, asking, ledger
from insights.listening.ledger import AnswerKind
from insights.store import Store
from insights.tables import FeedbackRow, PersonRow, SegmentRow, SignalRow, ThemeRow
from insights.trust import analyst, archive, audit, people
from insights.trust.archive import ArchiveError
from insights.trust.people import Role
from tests.dashboard.planted import Planted, plant
from tests.insights.loop import AGENTS, found, told
from tests.insights.notes import NOW

TODAY = date.today()


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Planted]]:
    """A SQLite store with notes, themes with a life behind them, people, a ledger and its audit log. Nobody changes it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('archive') / 'from.db'}"
    migrate.upgrade(url)
    with Store(url) as store:
        what = plant(store)
        company = found(store)
        one = told(store, "The gate stays shut", AGENTS)
        assert asking.ask_due(store, NOW)
        answers.answer(store, one, AnswerKind.DECLINED, "It is too dear", by=company.lead("Payments"), at=NOW)
        yield store, what


def board(store: Store, planted: Planted) -> list[object]:
    """What readers see: the list, every theme with its quotes, and a search."""
    seen: list[object] = [themes(store, ThemeQuery(page_size=100), TODAY)]
    for one in sorted(planted.ids.values()):
        seen += [theme(store, one, TODAY), quotes(store, one, QuoteOrder.TYPICAL, today=TODAY)]
    return [*seen, search(store, "refund", ThemeQuery(), TODAY, None), theme(store, planted.merged_away, TODAY)]


def test_what_left_sqlite_is_the_same_board_on_either_engine(
    planted: tuple[Store, Planted], store: Store, tmp_path: Path
) -> None:
    source, what = planted
    archive.write(source, tmp_path / "first")
    archive.read(store, tmp_path / "first")
    assert board(store, what) == board(source, what)
    assert ledger.check(store) == ledger.check(source)
    assert audit.check(store) == audit.check(source)
    assert recount(store).right
    archive.write(store, tmp_path / "second")
    names = {path.name for path in (tmp_path / "first").iterdir()}
    assert names == {path.name for path in (tmp_path / "second").iterdir()}
    for name in names:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes(), name


def test_ids_go_on_where_they_were_also_behind_rows_that_are_gone(store: Store, tmp_path: Path) -> None:
    admin = people.local(store, "Admin", at=NOW)
    last = people.add(store, "Gone", "", Role.VIEWER, by=admin, at=NOW)
    with store.begin() as connection:
        connection.execute(delete(PersonRow).where(PersonRow.id == last.id))
    archive.write(store, tmp_path / "out")
    url = f"sqlite:///{tmp_path / 'to.db'}"
    migrate.upgrade(url)
    with Store(url) as other:
        archive.read(other, tmp_path / "out")
        again = people.local(other, "Admin", at=NOW)
        assert people.add(other, "New", "", Role.VIEWER, by=again, at=NOW).id == last.id + 1


def test_a_store_that_holds_something_is_not_mixed_up(planted: tuple[Store, Planted], tmp_path: Path) -> None:
    source, _ = planted
    archive.write(source, tmp_path / "out")
    with pytest.raises(ArchiveError, match="empty one"):
        archive.read(source, tmp_path / "out")
    with pytest.raises(ArchiveError, match="not empty"):
        archive.write(source, tmp_path / "out")


@pytest.mark.parametrize("harm", ["changed", "missing", "no manifest", "cut manifest"])
def test_a_damaged_archive_is_refused_and_named_and_nothing_is_taken_in(
    planted: tuple[Store, Planted], store: Store, tmp_path: Path, harm: str
) -> None:
    source, _ = planted
    folder = tmp_path / "out"
    archive.write(source, folder)
    path = folder / "theme.jsonl.gz"
    match harm:
        case "changed":
            lines = gzip.decompress(path.read_bytes()).decode().splitlines()
            first = json.loads(lines[0]) | {"name": "Something else"}
            path.write_bytes(gzip.compress("\n".join([json.dumps(first), *lines[1:]]).encode()))
        case "missing":
            path.unlink()
        case "no manifest":
            (folder / "manifest.json").unlink()
        case "cut manifest":
            (folder / "manifest.json").write_text("{")
    with pytest.raises(ArchiveError, match="theme" if harm in ("changed", "missing") else "manifest"):
        archive.read(store, folder)
    with store.connect() as connection:
        assert connection.execute(select(func.count()).select_from(FeedbackRow)).scalar_one() == 0


def test_analysts_get_a_row_per_conversation_and_one_per_signal(planted: tuple[Store, Planted], tmp_path: Path) -> None:
    source, _ = planted
    conversations, signals = analyst.write(source, tmp_path)
    notes = pq.read_table(tmp_path / "conversations.parquet").to_pylist()
    heard = pq.read_table(tmp_path / "signals.parquet").to_pylist()
    with source.connect() as connection:
        assert len(notes) == conversations == connection.execute(select(func.count(FeedbackRow.id))).scalar_one()
        assert len(heard) == signals == connection.execute(select(func.count(SignalRow.id))).scalar_one()
        segments = connection.execute(select(func.count()).select_from(SegmentRow)).scalar_one()
        names = dict(connection.execute(select(ThemeRow.id, ThemeRow.name)).all())  # type: ignore[arg-type]
    assert sum(len(note["segments"]) for note in notes) == segments
    said = {note["id"]: note["segments"] for note in notes}
    for one in heard:
        assert said[one["feedback_id"]][one["segment"]]["text"][one["start"] : one["end"]] == one["text"]
        assert one["theme"] == names.get(one["theme_id"])
    assert notes[0]["occurred_at"].utcoffset() == datetime.now(UTC).utcoffset()
