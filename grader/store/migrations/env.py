"""Alembic's door: the connection comes from ``store.upgrade``."""

from alembic import context

from grader.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
