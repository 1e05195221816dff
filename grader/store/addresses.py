"""The address of a database, before anything is written in what it names."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import exc, inspect, literal, make_url, select

from grader import store
from grader.store import tables


def filled(url: str) -> bool:
    """Whether rows of a course are there. Nothing is made or changed. Raises CourseError where it cannot be reached."""
    held = file(url)
    if held is not None and not held.exists():
        return False
    engine = store.engine_of(url)
    try:
        with engine.connect() as c:
            there = set(inspect(c).get_table_names())
            known = [table for table in tables.metadata.sorted_tables if table.name in there]
            return any(c.execute(select(literal(1)).select_from(table).limit(1)).first() for table in known)
    except store.Trouble as error:
        raise store.unopened(engine, error) from error
    finally:
        engine.dispose()


def file(url: str) -> Path | None:
    """Of SQLite; None where the address names no file."""
    try:
        parsed = make_url(url)
    except exc.ArgumentError:
        return None  # whoever opens it says so
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def placed(url: str, folder: Path) -> str:
    """A file that is named from this folder, in full; every other address as it is."""
    named = file(url)
    if named is None or named.is_absolute() or str(named).startswith((":", "file:")):
        return url
    return make_url(url).set(database=str(folder / named)).render_as_string(hide_password=False)


def shown(url: str) -> str:
    """Without its password."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except exc.ArgumentError:
        return "?"
