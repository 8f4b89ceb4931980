"""How Alembic runs a migration: on the connection, and in the transaction, that ``insights.migrate`` hands over."""

from __future__ import annotations

from alembic import context

from insights.tables import FeedbackRow

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=FeedbackRow.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
