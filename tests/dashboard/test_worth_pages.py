"""Protects the pages of numbers: they open whole, every figure opens its rows, and an input put in counts at once."""

from __future__ import annotations

from insights.numbers import assumptions
from insights.store import Store
from tests.dashboard.conftest import Open, PlantedStore
from tests.dashboard.planted import SUBJECTS

NAME = SUBJECTS[0].name


def html(app: object) -> str:
    return " ".join(str(one.proto.body) for one in app.get("html"))  # type: ignore[attr-defined]


def test_movers_open_with_what_moved_and_each_with_its_drivers_and_method(page: Open, planted: PlantedStore) -> None:
    app = page(planted.url, "views/movers.py")
    assert not app.exception
    assert NAME in html(app)
    assert "changed beyond noise" in html(app)
    app = page(planted.url, "views/movers.py", id=str(planted.id(NAME)))
    assert not app.exception
    said = html(app)
    assert "Where the change comes from" in said
    assert "Benjamini and Hochberg" in said
    assert "As seen then, as seen now" in said


def test_a_number_put_in_counts_at_once_with_its_source(page: Open, planted: PlantedStore) -> None:
    theme = planted.id(NAME)
    app = page(planted.url, "views/worth.py")
    assert not app.exception
    assert NAME in html(app)
    app = page(planted.url, "views/worth.py", id=str(theme))
    assert not app.exception
    assert "Which input matters most" in html(app)
    assert assumptions.DEFAULT in html(app)
    app.selectbox(key="assume-name").set_value("wage")
    for key, value in (("Low", 50.0), ("Likely", 60.0), ("High", 70.0)):
        app.number_input(key=f"assume-{key}").set_value(value)
    app.text_input(key="assume-source").set_value("payroll <b>2026</b>")
    app = app.button[-1].click().run()
    assert not app.exception
    assert "payroll &lt;b&gt;2026" in html(app)
    with Store(planted.url) as store:
        assert assumptions.assumptions(store)["wage"].range.likely == 60.0
    app.number_input(key="assume-Low").set_value(90.0)
    app = app.button[-1].click().run()
    assert "Nothing was changed" in html(app)
