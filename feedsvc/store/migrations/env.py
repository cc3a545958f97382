"""What Alembic runs: the migrations, on the connection and in the transaction that ``migrating.upgrade`` hands over.

The next migration is a copy of the last with a new number; tests say what it still lacks against ``tables.py``.
"""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
    transactional_ddl=True,  # Alembic holds SQLite to be unable; with an explicit BEGIN it is able
)
context.run_migrations()
