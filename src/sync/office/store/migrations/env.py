"""Run by Alembic: migrates on the connection, and in the transaction, that it was given."""

from __future__ import annotations

from alembic import context

from sync.office.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
