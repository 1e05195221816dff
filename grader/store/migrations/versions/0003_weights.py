"""Weights that are handed in beside a notebook."""

from alembic import op
from sqlalchemy import Column, String

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    op.add_column("submissions", Column("weights", String(64)))
