"""Nothing in the queue is judged regardless of what stands; and what lateness costs is known here too."""

from alembic import op
from sqlalchemy import Column, String

revision, down_revision = "0004", "0003"


def upgrade() -> None:
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_column("force")
    op.add_column("submissions", Column("penalty", String(40)))
