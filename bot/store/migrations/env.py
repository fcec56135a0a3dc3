"""Run by Alembic for `bot.store.migrate`, on the connection and in the transaction that it is given."""

from __future__ import annotations

from alembic import context

from bot.store.migrate import VERSION_TABLE
from bot.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
