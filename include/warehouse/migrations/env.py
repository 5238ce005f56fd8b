"""Alembic's hook: run on the connection that `warehouse.migrate` opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table_schema="public")
with context.begin_transaction():
    context.run_migrations()
