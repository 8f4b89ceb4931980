"""Tables come from every kind of tool. Each row becomes an event or a named fault; none is lost, none is invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.feedback import Reason
from ingest.formats import csv_records
from ingest.formats.csv_mapped import Table
from ingest.formats.mapping import ColumnMapping, MappingError, guess
from ingest.formats.row import Row

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(content: str | bytes) -> Path:
        path = tmp_path / "notes.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return to_file


def rows(path: Path, **columns: str) -> list[Row]:
    table = Table(path)
    return list(table.events(ColumnMapping(columns) if columns else guess(table.header, table.sample)))


def text(row: Row) -> str:
    assert row.event is not None, f"line {row.line} was refused: {row.detail}"
    words: str = row.event["segments"][0]["text"]
    return words


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_is_found_by_what_fits_the_rows(write: Write, delimiter: str) -> None:
    cells = [
        ["id", "note, in full; or not", "date"],
        ["1", 'a, b; c | d said "no"', "2025-01-02"],
        ["2", "e", "2025-01-03"],
    ]
    content = io.StringIO()
    csv.writer(content, delimiter=delimiter).writerows(cells)
    found = rows(write(content.getvalue()), text="note, in full; or not", external_id="id", occurred_at="date")
    assert [text(row) for row in found] == ['a, b; c | d said "no"', "e"]


def test_quotes_newlines_and_byte_order_mark(write: Write) -> None:
    path = write('\ufeffid,note\r\n1,"first line\r\nsecond ""quoted"" line, with comma"\r\n2,it said "no" twice\r\n')
    found = rows(path)
    assert [text(row) for row in found] == ['first line\r\nsecond "quoted" line, with comma', 'it said "no" twice']
    assert [row.line for row in found] == [2, 4], "a row is named by its first line"
    assert found[0].payload == b'1,"first line\r\nsecond ""quoted"" line, with comma"\r\n'


def test_rows_of_another_width_are_set_aside_with_their_bytes(write: Write) -> None:
    found = rows(write("id,note\n1\n2,ok\n3,a,b\n\n ,\n4,fine\n"))
    assert [(row.line, row.reason) for row in found] == [
        (2, Reason.BAD_ROW),
        (3, None),
        (4, Reason.BAD_ROW),
        (7, None),
    ]
    assert found[0].payload == b"1\n"
    assert "1 cells, but the header names 2" in found[0].detail


def test_a_quote_that_is_never_closed_does_not_swallow_rows_as_words(write: Write) -> None:
    found = rows(write('id,note\n1,fine\n2,"hello\n3,never\n4,seen\n'))
    assert [row.reason for row in found] == [None, Reason.BAD_ROW]
    assert "opened on line 3" in found[1].detail
    assert found[1].payload == b'2,"hello\n3,never\n4,seen\n'


def test_a_stray_quote_in_a_row_of_two_lines_is_no_fault(write: Write) -> None:
    found = rows(write('id,note\n1,"a\nscreen of 5" wide"\n2,ok\n'))
    assert [row.reason for row in found] == [None, None]


def test_a_last_line_without_newline_is_read(write: Write) -> None:
    assert [text(row) for row in rows(write('id,note\n1,a\n2,"b"'))] == ["a", "b"]


def test_a_field_beyond_the_reader_is_set_aside_and_the_next_row_goes_on(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_records, "FIELD_LIMIT", 1_000)
    found = rows(write("id,note\n1,short\n2," + "x" * 5_000 + "\n3,after\n"))
    assert [row.reason for row in found] == [None, Reason.BAD_ROW, None]
    assert len(found[1].payload) > 5_000
    assert text(found[2]) == "after"


def test_a_huge_field_is_read_in_one_piece(write: Write) -> None:
    assert len(text(rows(write("id,note\n1," + "x" * 1_000_000 + "\n"))[0])) == 1_000_000


def test_rows_that_are_not_utf8_are_set_aside_one_by_one(write: Write) -> None:
    found = rows(write("id,note\n1,hällo\n2,ok\n".encode("cp1252")))
    assert [row.reason for row in found] == [Reason.NOT_UTF8, None]
    assert found[0].payload == "1,hällo\n".encode("cp1252")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no header line"),
        (b"\n\n1,2\n", "no header line"),
        (b"\xff\xfei\x00d\x00", "UTF-16"),
        ("id,Überschrift\n1,a\n".encode("cp1252"), "header of notes.csv is not UTF-8"),
        (b"id,date\n1,2025-01-01\n", "--map text=COLUMN"),
    ],
)
def test_a_file_that_cannot_be_read_says_how_to_mend_it(write: Write, content: bytes, says: str) -> None:
    with pytest.raises(MappingError, match=says):
        rows(write(content))


def test_two_columns_of_one_name_are_both_kept(write: Write) -> None:
    [row] = rows(write("id,note,note\n1,a,b\n"))
    assert text(row) == "a"
    assert row.event is not None
    assert row.event["attributes"] == {"note (2)": "b"}


def test_without_an_id_a_row_is_known_by_its_content_and_twins_are_kept(write: Write) -> None:
    path = write("note,plan\nsame,a\nsame,a\nother,a\n")
    first, again = ([row.event["external_id"] for row in rows(path) if row.event] for _ in range(2))
    assert len(set(first)) == 3
    assert first == again, "a second import must find the same records"


def test_without_a_date_the_file_gives_one_that_stays(write: Write) -> None:
    path = write("note\nhello there\n")
    first, again = (rows(path)[0].event for _ in range(2))
    assert first is not None
    assert first == again
    assert first["occurred_at"].endswith("+00:00")


def test_the_order_of_day_and_month_is_found_in_the_whole_column(write: Write) -> None:
    many = "".join(f"{at},n,01/{at % 12 + 1:02}/2025\n" for at in range(400))
    ambiguous_until_the_end = rows(write("id,note,date\n" + many + "x,n,01/25/2025\n"))
    assert ambiguous_until_the_end[2].event is not None
    assert ambiguous_until_the_end[2].event["occurred_at"].startswith("2025-01-03"), (
        "month first, as the last row shows"
    )


def test_amounts_dates_and_versions_that_are_none_are_set_aside(write: Write) -> None:
    found = rows(
        write("id,note,refund,version,date\n1,a,twelve,1,\n2,b,,inf,\n3,c,,1e400,\n4,d,nan,,\n5,e,,,soon\n6,f,,,\n")
    )
    assert [(row.reason, row.detail.split(":")[0]) for row in found[:5]] == [
        (Reason.BAD_VALUE, "refund"),
        (Reason.BAD_VALUE, "version"),
        (Reason.BAD_VALUE, "version"),
        (Reason.BAD_VALUE, "refund"),
        (Reason.BAD_VALUE, "occurred_at"),
    ]
    assert found[5].reason is None


def test_speakers_are_known_by_their_usual_names(write: Write) -> None:
    found = rows(write("id,note,role\n1,a,End-User\n2,b,Agent\n3,c,\n4,d,narrator\n"))
    assert [row.event["segments"][0]["speaker"] for row in found if row.event] == ["customer", "agent", "note", "note"]


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=20)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(cells, cells), max_size=12))
def test_what_a_spreadsheet_writes_is_what_is_read(tmp_path: Path, content: list[tuple[str, str]]) -> None:
    path = tmp_path / "round.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(["note", "plan"])
        writer.writerows(content)
    read = [(text(row), row.event["attributes"].get("plan", "")) for row in rows(path, text="note") if row.event]
    wanted = [(words.strip(), plan.strip()) for words, plan in content if words.strip() or plan.strip()]
    assert [pair for pair in read if pair != ("", "")] == wanted
