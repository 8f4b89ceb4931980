"""The figures of the litmus test, all but nobody's land, asked of the tables in plain SQL."""

from __future__ import annotations

from datetime import UTC, datetime
from statistics import median

from sqlalchemy import text

from insights.store import Store

DECIDED = (
    "SELECT count(*) FROM ledger WHERE event IN ('answered', 'decided in review') AND at >= :since AND at < :until"
)
ANSWERED = "SELECT count(*) FROM ledger WHERE event = 'answered' AND at >= :since AND at < :until"
TRACED = """
SELECT count(*) FROM ledger l WHERE l.event IN ('answered', 'decided in review') AND l.at >= :since AND l.at < :until
AND (SELECT count(DISTINCT f.id) FROM signal s JOIN feedback f ON f.id = s.feedback_id
     WHERE s.attribution <> 'agent' AND f.agent_key <> '' AND s.theme_id = l.theme_id) >= 3
"""
AGENTS = "SELECT count(DISTINCT agent_key) FROM feedback WHERE agent_key <> '' AND occurred_at >= :since AND occurred_at < :until"
REACHED = """
SELECT count(DISTINCT f.agent_key) FROM signal s JOIN feedback f ON f.id = s.feedback_id
WHERE s.attribution <> 'agent' AND f.agent_key <> '' AND s.theme_id IN
  (SELECT theme_id FROM ledger WHERE event IN ('answered', 'decided in review') AND at >= :since AND at < :until)
"""
RATED = """
SELECT count(*) FROM ledger l WHERE l.event = 'answered' AND l.at >= :since AND l.at < :until
AND (SELECT count(*) FROM ballot b WHERE b.answer = l.number) >= 3
"""
REVIEWED = "SELECT count(*) FROM ledger WHERE event = 'decided in review' AND at >= :since AND at < :until"
GIVING = "SELECT count(*) FROM ledger WHERE event = 'answered' AND value = 'giving' AND at >= :since AND at < :until"
CLASSED = "SELECT count(*) FROM ledger WHERE event = 'answered' AND value <> '' AND at >= :since AND at < :until"
HEARD = "SELECT theme_id, min(occurred_at) AS at FROM signal WHERE attribution <> 'agent' GROUP BY theme_id"
DETECTED = "SELECT id AS theme_id, created_at AS at FROM theme"
OWNED = "SELECT theme_id, since AS at FROM theme_owner WHERE team_id > 0"
ANSWER = "SELECT theme_id, min(at) AS at FROM ledger WHERE event = 'answered' GROUP BY theme_id"
CHANGE = "SELECT theme_id, min(at) AS at FROM ledger WHERE event = 'shipped' GROUP BY theme_id"

Row = tuple[int | None, int, float | None]


def by_sql(store: Store, since: datetime, until: datetime) -> list[Row]:
    """Return part, whole and days of each figure, in the order of the page."""
    with store.connect() as connection:

        def count(wanted: str) -> int:
            return int(connection.execute(text(wanted), {"since": since, "until": until}).scalar_one())

        heard = {row.theme_id: _moment(row.at) for row in connection.execute(text(HEARD))}

        def middle(wanted: str) -> Row:
            ends = [(row.theme_id, _moment(row.at)) for row in connection.execute(text(wanted))]
            days = [
                (end.date() - heard[theme].date()).days
                for theme, end in ends
                if theme in heard and since <= end < until
            ]
            return None, len(days), float(median(days))

        return [
            (count(TRACED), count(DECIDED), None),
            *(middle(one) for one in (DETECTED, OWNED, ANSWER, CHANGE)),
            (count(REACHED), count(AGENTS), None),
            (count(RATED), count(ANSWERED), None),
            (0, count(REVIEWED), None),
            (count(GIVING), count(CLASSED), None),
        ]


def _moment(moment: datetime | str) -> datetime:
    """SQLite answers in text, in UTC."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC) if isinstance(moment, str) else moment.astimezone(UTC)
