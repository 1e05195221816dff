"""The first tables."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)

revision, down_revision = "0001", None
Number = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "submissions",
        Column("id", String(40), primary_key=True),
        Column("assignment", String(200), nullable=False),
        Column("student", String(200), nullable=False),
        Column("copy", String(200), nullable=False),
        Column("attempt", Integer, nullable=False),
        Column("received", Float, nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("size", Integer, nullable=False),
        Column("late", Boolean, nullable=False),
        Column("way", String(20), nullable=False),
        Column("state", String(20), nullable=False),
        Column("signature", String(64), nullable=False),
        Column("graded", Float),
        Column("earned", String(40)),
        Column("points", String(40)),
        UniqueConstraint("assignment", "copy", "attempt"),
    )
    op.create_index("ix_submissions_copy", "submissions", ["copy", "assignment"])
    op.create_index("ix_submissions_state", "submissions", ["state"])
    op.create_table(
        "jobs",
        Column("id", Number, primary_key=True, autoincrement=True),
        Column("submission", String(40), ForeignKey("submissions.id"), nullable=False),
        Column("assignment", String(200), nullable=False),
        Column("student", String(200), nullable=False),
        Column("state", String(20), nullable=False),
        Column("rank", Integer, nullable=False),
        Column("due", Float, nullable=False),
        Column("turn", Integer, nullable=False),
        Column("created", Float, nullable=False),
        Column("gpu", Boolean, nullable=False),
        Column("long", Boolean, nullable=False),
        Column("force", Boolean, nullable=False),
        Column("tries", Integer, nullable=False),
        Column("worker", String(200)),
        Column("lease", String(40)),
        Column("until", Float),
        Column("started", Float),
        Column("finished", Float),
        Column("at", Integer, nullable=False),
        Column("of", Integer, nullable=False),
        Column("why", Text, nullable=False),
    )
    op.create_index("ix_jobs_order", "jobs", ["state", "rank", "due", "turn", "created", "id"])
    op.create_index("ix_jobs_submission", "jobs", ["submission"])
    op.create_index("ix_jobs_student", "jobs", ["student", "created"])
    op.create_table(
        "workers",
        Column("id", String(200), primary_key=True),
        Column("arm", String(20), nullable=False),
        Column("started", Float, nullable=False),
        Column("seen", Float, nullable=False),
        Column("sound", Boolean, nullable=False),
        Column("why", Text, nullable=False),
        Column("slots", Integer, nullable=False),
        Column("gpus", Integer, nullable=False),
    )
    op.create_table(
        "released",
        Column("assignment", String(200), primary_key=True),
        Column("at", Float, nullable=False),
        Column("by", String(200), nullable=False),
    )
    op.create_table(
        "tokens",
        Column("sha256", String(64), primary_key=True),
        Column("who", String(200), nullable=False),
        Column("role", String(20), nullable=False),
        Column("label", String(200), nullable=False),
        Column("created", Float, nullable=False),
        Column("expires", Float, nullable=False),
    )
    op.create_table(
        "links",
        Column("who", String(200), primary_key=True),
        Column("version", Integer, nullable=False),
    )
    op.create_table(
        "outbox",
        Column("id", Number, primary_key=True, autoincrement=True),
        Column("kind", String(40), nullable=False),
        Column("key", String(400), nullable=False),
        Column("payload", Text, nullable=False),
        Column("tries", Integer, nullable=False),
        Column("next", Float, nullable=False),
        Column("done", Float),
        Column("why", Text, nullable=False),
        UniqueConstraint("key"),
    )
    op.create_table(
        "audit",
        Column("id", Number, primary_key=True, autoincrement=True),
        Column("at", Float, nullable=False),
        Column("who", String(200), nullable=False),
        Column("role", String(20), nullable=False),
        Column("what", String(40), nullable=False),
        Column("on", String(400), nullable=False),
        Column("detail", Text, nullable=False),
        Column("chain", String(64), nullable=False),
    )
    for what in ("UPDATE", "DELETE"):  # a line that is there stays as it is, whoever asks through this database
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER audit_no_{what.lower()} BEFORE {what} ON audit"
                " BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END"
            )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            text(
                "CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE EXCEPTION 'the audit log is only ever added to'; END $$"
            )
        )
        op.execute(
            "CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit"
            " FOR EACH STATEMENT EXECUTE FUNCTION audit_stays()"
        )
