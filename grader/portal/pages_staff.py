"""What teachers see and do: the pages of ``staff/``, and their tabs."""

from __future__ import annotations

from fastapi import APIRouter

from grader.model import Text
from grader.portal.pages import Tab
from grader.portal.staff import classes, keys, live, log, people, person, regrades

router = APIRouter(include_in_schema=False)
for part in (live, classes, regrades, person, people, keys, log):
    router.include_router(part.router)
TABS = (
    Tab("/staff", Text("Suivi", "Live"), also=("/staff/a/",), alone=True),
    Tab("/staff/roster", Text("Étudiants", "Roster"), roles=("instructor",)),
    Tab("/staff/links", Text("Accès", "Access"), roles=("instructor",)),
    Tab("/staff/audit", Text("Journal", "Log"), roles=("instructor",)),
)
