"""What LTI needs to remember: sign-ins that were begun, who is who on a platform, and its links to assignments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from grader.store.tables import lti_links, lti_once, lti_people


@dataclass(frozen=True, slots=True)
class Link:
    issuer: str
    resource: str
    deployment: str
    assignment: str
    services: Mapping[str, Any]
    at: float


def remember(c: Connection, key: str, value: object, until: float) -> None:
    forget(c, key)
    c.execute(insert(lti_once).values(key=key, value=json.dumps(value), until=until))


def remembered(c: Connection, key: str, now: float) -> Any:
    said = c.execute(select(lti_once.c.value).where(lti_once.c.key == key, lti_once.c.until > now)).scalar()
    return json.loads(said) if said is not None else None


def forget(c: Connection, key: str) -> bool:
    """Whether it was there: of two that take the same one, only the first gets it."""
    return c.execute(delete(lti_once).where(lti_once.c.key == key)).rowcount == 1


def tidy(c: Connection, now: float) -> None:
    c.execute(delete(lti_once).where(lti_once.c.until <= now))


def person(c: Connection, issuer: str, sub: str) -> str | None:
    return c.execute(select(lti_people.c.who).where(lti_people.c.issuer == issuer, lti_people.c.sub == sub)).scalar()


def people(c: Connection, issuer: str) -> dict[str, str]:
    """Their names there, by ours."""
    rows = c.execute(select(lti_people).where(lti_people.c.issuer == issuer).order_by(lti_people.c.at))
    return {row.who: row.sub for row in rows}


def meet(c: Connection, issuer: str, sub: str, who: str, now: float) -> bool:
    """Whether this account is theirs from now on, and was not."""
    same, before = (lti_people.c.issuer == issuer, lti_people.c.sub == sub), person(c, issuer, sub)
    if before is None:
        c.execute(insert(lti_people).values(issuer=issuer, sub=sub, who=who, at=now))
    else:
        c.execute(update(lti_people).where(*same).values(who=who, at=now))
    return before != who


def link(c: Connection, new: Link) -> None:
    facts = {
        "deployment": new.deployment,
        "assignment": new.assignment,
        "services": json.dumps(dict(new.services), sort_keys=True),
        "at": new.at,
    }
    same = (lti_links.c.issuer == new.issuer, lti_links.c.resource == new.resource)
    if c.execute(update(lti_links).where(*same).values(**facts)).rowcount == 0:
        c.execute(insert(lti_links).values(issuer=new.issuer, resource=new.resource, **facts))


def links(c: Connection) -> tuple[Link, ...]:
    rows = c.execute(select(lti_links).order_by(lti_links.c.issuer, lti_links.c.resource))
    return tuple(Link(r.issuer, r.resource, r.deployment, r.assignment, json.loads(r.services), r.at) for r in rows)
