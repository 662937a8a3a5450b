"""Alembic's entry: applies migrations over the connection handed to it, in one transaction."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table_schema="goodsight",
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
