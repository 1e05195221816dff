"""Marks to the platforms that students come from: when feedback is shown, once each, and until they have arrived."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import requests
from pylti1p3.assignments_grades import AssignmentsGradesService
from pylti1p3.grade import Grade
from pylti1p3.service_connector import ServiceConnector

from grader import anonymity, attempts, lock
from grader.model import Course
from grader.portal.lti import tool
from grader.store import Store, lti, outbox
from grader.store.outbox import Parcel

KIND = "lti_grade"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
PATIENCE = 10.0  # seconds that a platform may take


def gather(course: Course, db: Store, now: float) -> int:
    """Puts what changed in the outbox: the marks of the gradebook, late penalties in them. Gives how many."""
    from grader import bridge  # nbgrader takes seconds to import: only where it is used

    with db.read() as c:
        links = [one for one in lti.links(c) if one.assignment in course.assignments and one.services.get(AGS)]
        shown = {
            one.assignment: attempts.visible(course, c, one.assignment, now) == "full"
            for one in links
            if lock.path(course, one.assignment).is_file()
        }
        met = {one.issuer: lti.people(c, one.issuer) for one in links}
    new = 0
    for one in links:
        if not shown.get(one.assignment) or anonymity.hidden(course, one.assignment):
            continue
        finals = bridge.finals(course, one.assignment)
        with db.write() as c:
            for who, final in finals.by_student.items():
                sub = met[one.issuer].get(who)
                if sub is None or final.waiting:
                    continue
                facts = {"issuer": one.issuer, "sub": sub, "score": float(final.score), "of": float(finals.maximum)}
                service = {"assignment": one.assignment, "service": one.services[AGS]}
                new += outbox.put(c, KIND, f"{one.issuer}\0{one.resource}\0{sub}", facts | service, now)
    return new


def send(course: Course, _: Store, parcel: Parcel) -> None:
    """A platform keeps the newest by its timestamp: the same mark twice is the same mark. Raises what went wrong."""
    said = parcel.payload
    service = AssignmentsGradesService(connector(course, said["issuer"]), said["service"])
    when = datetime.now(UTC).isoformat(timespec="milliseconds")
    grade = Grade().set_score_given(max(said["score"], 0.0)).set_score_maximum(said["of"]).set_timestamp(when)
    grade.set_activity_progress("Completed").set_grading_progress("FullyGraded").set_user_id(said["sub"])
    service.put_grade(grade)


def connector(course: Course, issuer: str) -> ServiceConnector:
    """Signed in at the platform as ourselves. Raises LtiException for one that course.toml no longer names."""
    return ServiceConnector(tool.config(course).find_registration(issuer), _session())


def _session() -> requests.Session:
    made = requests.Session()
    made.headers["User-Agent"] = "partiel"
    made.request = _patient(made.request)  # type: ignore[method-assign]  # it has no other way to say it for all
    return made


def _patient(request: Any) -> Any:
    def within(*args: Any, **options: Any) -> Any:
        return request(*args, **{"timeout": PATIENCE, **options})

    return within
