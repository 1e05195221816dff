"""The server's database as lines of JSON, and back: whichever database it was, and whichever it will be."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from grader.store import Connection, insert, select, tables


def dump(c: Connection) -> Iterator[str]:
    """A line for each row, its table's name first; tables in an order in which they can be filled."""
    for table in tables.metadata.sorted_tables:
        for row in c.execute(select(table).order_by(*table.primary_key.columns)):
            yield json.dumps([table.name, dict(row._mapping)], ensure_ascii=False)


def load(c: Connection, lines: Iterable[str]) -> int:
    """Into empty tables. Gives how many rows. A column that is no more is passed over."""
    known = {table.name: table for table in tables.metadata.sorted_tables}
    count = 0
    for line in lines:
        name, row = json.loads(line)
        table = known[name]
        c.execute(insert(table).values({key: value for key, value in row.items() if key in table.columns}))
        count += 1
    return count
