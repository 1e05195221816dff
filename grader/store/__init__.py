"""The server's database: what was handed in, what waits, who did what. SQLite or PostgreSQL, by its address.

One writer at a time on either: what a transaction read is still true when it writes.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc, insert, inspect, make_url, select, text

from grader.course.secret import DATABASE, HIDDEN
from grader.errors import CourseError
from grader.model import Course

__all__ = [
    "HEAD",
    "Connection",
    "Store",
    "Trouble",
    "address",
    "engine_of",
    "insert",
    "of",
    "opened",
    "own",
    "select",
    "unopened",
    "upgrade",
    "version",
]

Trouble = exc.DBAPIError  # the database is full, read-only, out of reach
PATIENCE = 30  # seconds that a writer waits for another
WRITERS = 0x7061727469656C  # PostgreSQL's number of the lock that writers share: "partiel"
HEAD = "0004"


@dataclass(frozen=True, slots=True)
class Store:
    engine: Engine

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """All of it, on the disk when this returns; or nothing, where it raises."""
        with self.engine.connect().execution_options(partiel_writes=True) as c, c.begin():
            if c.dialect.name == "postgresql":
                c.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": WRITERS})
            yield c

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One moment of the database, whoever writes meanwhile."""
        with self.engine.connect() as c, c.begin():
            yield c

    def close(self) -> None:
        self.engine.dispose()


def address(course: Course) -> str:
    return course.service.database or own(course.root)


def own(root: Path) -> str:
    """Of the file in a course's folder, where course.toml names no other."""
    return f"sqlite:///{root / HIDDEN / DATABASE}"


def of(course: Course) -> Store:
    """The course's own, made or brought up to date where it must be. Raises CourseError."""
    return opened(address(course))


def opened(url: str) -> Store:
    """Raises CourseError where it cannot be reached or written."""
    engine = engine_of(url)
    try:
        if version(engine) != HEAD:
            with _alone(engine.url.database if engine.dialect.name == "sqlite" else None):
                upgrade(engine)
    except CourseError:
        engine.dispose()
        raise
    except (Trouble, OSError) as error:
        engine.dispose()
        raise unopened(engine, error) from error
    return Store(engine)


def engine_of(url: str) -> Engine:
    """Nothing is asked of it yet. Raises CourseError."""
    try:
        sqlite = make_url(url).get_backend_name() == "sqlite"
        engine = create_engine(url, pool_pre_ping=not sqlite, pool_size=10, max_overflow=40)
    except (exc.ArgumentError, exc.NoSuchModuleError, ImportError) as error:
        raise CourseError("[server]: database", f"no such database: {error}", "See docs/server.md.") from error
    if sqlite:
        _as_sqlite(engine)
    return engine


def unopened(engine: Engine, error: exc.DBAPIError | OSError) -> CourseError:
    shown = engine.url.render_as_string(hide_password=True)
    remedy = "Is it running, and may this account write in it? For SQLite: is the disk full or read-only?"
    return CourseError(shown, f"the server's database cannot be opened: {getattr(error, 'orig', error)}", remedy)


def version(engine: Engine) -> str | None:
    """Of the tables that are there; None where there are none yet."""
    with engine.connect() as c:
        if not inspect(c).has_table("alembic_version"):
            return None
        return c.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(engine: Engine, to: str = HEAD) -> None:
    """Step by step to today's tables, in one transaction. Nothing that they hold is lost."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with Store(engine).write() as c:
        config.attributes["connection"] = c
        try:
            command.upgrade(config, to)
        except CommandError as error:
            shown = engine.url.render_as_string(hide_password=True)
            raise CourseError(
                shown, "a newer Partiel made this database", "Use that one; nothing was changed."
            ) from error


@contextmanager
def _alone(database: str | None) -> Iterator[None]:
    """Two processes that start at once do not both make the tables of one file. PostgreSQL has a lock for it."""
    if database is None:
        yield
        return
    file = Path(f"{database}.making")
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _as_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, and not where the driver guesses
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",  # a receipt is given for what a power cut leaves there
            f"busy_timeout = {PATIENCE * 1000}",
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(c: Connection) -> None:
        c.exec_driver_sql("BEGIN IMMEDIATE" if c.get_execution_options().get("partiel_writes") else "BEGIN")
