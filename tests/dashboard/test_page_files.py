"""Protects what a page is: filter, one question, render; no SQL, no model, no reshaping of tables, under 120 lines."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import dashboard

PAGES = sorted((Path(dashboard.__file__).parent / "views").glob("[!_]*.py"))
LONGEST = 119
FOREIGN = {"sqlalchemy", "sqlite3", "psycopg", "pandas", "numpy", "sklearn", "spacy", "kafka", "altair"}
SQL = ("select ", "insert into", "update ", "delete from", "create table")


def imported(page: Path) -> set[str]:
    """The packages a page imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(page.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_short(page: Path) -> None:
    assert len(page.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_asks_and_draws_and_does_no_more(page: Path) -> None:
    assert imported(page) & FOREIGN == set()
    assert "nlp" not in imported(page)
    texts = (
        node.value.lower()
        for node in ast.walk(ast.parse(page.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    assert [text for text in texts if text.lstrip().startswith(SQL)] == []


def test_all_pages_were_looked_at() -> None:
    assert len(PAGES) >= 17
