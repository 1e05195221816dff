"""Nothing in the queue is judged regardless of what stands: who wants that says so to a command."""

from alembic import op

revision, down_revision = "0004", "0003"


def upgrade() -> None:
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_column("force")
