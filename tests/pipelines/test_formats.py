"""Protects: every format lands in the store as many times as it was said, and a second import changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from ingest.files import FileSource
from ingest.formats.files import FormatFile
from ingest.formats.known import FORMATS
from ingest.formats.mapping import MappingError
from ingest.wire import Decoder
from insights.store import Store
from insights.tables import FeedbackRow, SegmentRow
from pipelines.analysis_process import AnalysisPool
from pipelines.cli.app import app
from pipelines.process import Processor
from pipelines.run import drain
from tests.ingest.formats.cases import cases
from tests.ingest.formats.written import FORMS
from tests.pipelines.analyzers import troubled


@pytest.fixture(scope="module")
def quiet() -> Iterator[AnalysisPool]:
    with AnalysisPool(troubled) as pool:
        yield pool


@pytest.mark.parametrize("name", FORMS)
def test_counts_are_equal_and_a_second_import_changes_nothing(
    name: str, store: Store, quiet: AnalysisPool, decoder: Decoder, tmp_path: Path
) -> None:
    made = FORMS[name](cases(40))
    path = tmp_path / f"x{made.suffix}"
    path.write_bytes(made.content)
    processor = Processor(store, quiet)

    def imported() -> tuple[int, int, int, int]:
        rows = FormatFile(path, FORMATS[name], own=("finch.example",)).rows()
        tally = drain(FileSource(path.name, rows, decoder), processor)
        return tally.stored, tally.updated, tally.unchanged, tally.set_aside

    assert imported() == (len(made.found), 0, 0, 0)
    assert imported() == (0, 0, len(made.found), 0)
    with store.connect() as connection:
        speakers = dict(connection.execute(select(SegmentRow.speaker, func.count()).group_by(SegmentRow.speaker)).all())
        named = connection.execute(select(FeedbackRow.customer_key).distinct()).scalars().all()
    said = [found.speaker for found in made.found.values()]
    assert speakers.get("customer") == said.count("customer")
    assert speakers.get("note", 0) == said.count("note")
    assert not any(name in key for key in named), "people are known by hashes only"


def test_an_edit_replaces_and_an_older_file_does_not(
    store: Store, quiet: AnalysisPool, decoder: Decoder, tmp_path: Path
) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_bytes(FORMS["github"](cases(3)).content)
    edited = (
        old.read_text()
        .replace('"updated_at": "2026-', '"updated_at": "2027-', 1)
        .replace('"title": "', '"title": "Still: ', 1)
    )
    new.write_text(edited)
    processor = Processor(store, quiet)
    results = []
    for path in (old, new, old):
        tally = drain(FileSource(path.name, FormatFile(path, FORMATS["github"]).rows(), decoder), processor)
        results.append((tally.stored > 0, tally.updated))
    assert results == [(True, 0), (False, 1), (False, 0)]
    with store.connect() as connection:
        texts = connection.execute(select(SegmentRow.text)).scalars().all()
    assert sum(text.startswith("Still: ") for text in texts) == 1


def test_the_command_lists_formats_and_prints_a_sample() -> None:
    listed = CliRunner().invoke(app, ["formats"])
    assert all(name in listed.stdout for name in (*FORMATS, "csv", "jsonl"))
    printed = CliRunner().invoke(app, ["formats", "survey", "--sample"])
    assert "Submitted At" in printed.stdout


def test_options_that_do_not_go_with_a_format_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(FORMS["zendesk"](cases(2)).content)
    for words in (["--map", "text=a"], ["--set", "product=Mail"]):
        done = CliRunner().invoke(app, ["import", str(path), "--format", "zendesk", *words])
        assert isinstance(done.exception, MappingError)
