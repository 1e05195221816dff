"""The tables, as they are today. What changes here changes in ``migrations/`` too: a test compares them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)
Number = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts by itself only in an INTEGER

submissions = Table(
    "submissions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("assignment", String(200), nullable=False),
    Column("student", String(200), nullable=False),  # who handed it in
    Column("copy", String(200), nullable=False),  # whose attempts it counts among: the first of a group
    Column("attempt", Integer, nullable=False),  # from 1
    Column("received", Float, nullable=False),  # seconds since 1970, UTC; as all the times here
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    Column("late", Boolean, nullable=False),
    Column("way", String(20), nullable=False),  # web, api, command, exchange
    Column("state", String(20), nullable=False),  # queued, running, graded, replaced, aside, cancelled
    Column("signature", String(64), nullable=False),
    Column("graded", Float),
    Column("earned", String(40)),  # a fraction
    Column("points", String(40)),
    Column("penalty", String(40)),  # points that nbgrader's plugin deducts for its lateness; a fraction
    Column("weights", String(64)),  # sha256 of the weights beside it; "": they were asked for, and none came
    UniqueConstraint("assignment", "copy", "attempt"),
)
Index(None, submissions.c.copy, submissions.c.assignment)
Index(None, submissions.c.state)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("submission", String(40), ForeignKey("submissions.id"), nullable=False),
    Column("assignment", String(200), nullable=False),
    Column("student", String(200), nullable=False),
    Column("state", String(20), nullable=False),  # queued, leased, done, aside, cancelled
    # the order in which they are taken
    Column("rank", Integer, nullable=False),  # 0: a student waits; 1: graded again
    Column("due", Float, nullable=False),  # the assignment's deadline
    Column("turn", Integer, nullable=False),  # how many of this student's came in the hour before
    Column("created", Float, nullable=False),
    # who may take it
    Column("gpu", Boolean, nullable=False),
    Column("long", Boolean, nullable=False),  # a training
    # who has it
    Column("tries", Integer, nullable=False),
    Column("worker", String(200)),
    Column("lease", String(40)),  # whoever does not know it any more has lost the job
    Column("until", Float),
    Column("started", Float),
    Column("finished", Float),
    Column("at", Integer, nullable=False),  # questions done, of how many
    Column("of", Integer, nullable=False),
    Column("why", Text, nullable=False),  # what went wrong the last time, for a human
)
Index("ix_jobs_order", jobs.c.state, jobs.c.rank, jobs.c.due, jobs.c.turn, jobs.c.created, jobs.c.id)
Index(None, jobs.c.submission)
Index(None, jobs.c.student, jobs.c.created)

workers = Table(
    "workers",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("arm", String(20), nullable=False),  # here, dask
    Column("started", Float, nullable=False),
    Column("seen", Float, nullable=False),
    Column("sound", Boolean, nullable=False),  # what `partiel doctor` found on it
    Column("why", Text, nullable=False),
    Column("slots", Integer, nullable=False),
    Column("gpus", Integer, nullable=False),
)

released = Table(
    "released",
    metadata,
    Column("assignment", String(200), primary_key=True),
    Column("at", Float, nullable=False),
    Column("by", String(200), nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("sha256", String(64), primary_key=True),  # of the token: it is shown once, and kept nowhere
    Column("who", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("label", String(200), nullable=False),
    Column("created", Float, nullable=False),
    Column("expires", Float, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("who", String(200), primary_key=True),
    Column("version", Integer, nullable=False),  # a personal link made under another one opens nothing
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("kind", String(40), nullable=False),
    Column("key", String(400), nullable=False, unique=True),  # the same thing is sent once
    Column("payload", Text, nullable=False),  # JSON
    Column("tries", Integer, nullable=False),
    Column("next", Float, nullable=False),
    Column("done", Float),
    Column("why", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("who", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("what", String(40), nullable=False),
    Column("on", String(400), nullable=False),
    Column("detail", Text, nullable=False),  # JSON
    Column("chain", String(64), nullable=False),  # a hash of this line and of the chain before it
)

# ── LTI ──────────────────────────────────────────────────────────────────────

lti_once = Table(
    "lti_once",
    metadata,
    Column("key", String(200), primary_key=True),  # of a sign-in that was begun
    Column("value", Text, nullable=False),  # JSON
    Column("until", Float, nullable=False),
)

lti_people = Table(
    "lti_people",
    metadata,
    Column("issuer", String(255), primary_key=True),
    Column("sub", String(255), primary_key=True),  # the platform's name for somebody
    Column("who", String(200), nullable=False),  # ours
    Column("at", Float, nullable=False),
)

lti_links = Table(
    "lti_links",
    metadata,
    Column("issuer", String(255), primary_key=True),
    Column("resource", String(255), primary_key=True),  # the platform's link to one of our assignments
    Column("deployment", String(255), nullable=False),
    Column("assignment", String(200), nullable=False),  # "" for the course as a whole
    Column("services", Text, nullable=False),  # JSON: what it offers for grades and for its list of people
    Column("at", Float, nullable=False),
)
