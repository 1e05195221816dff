"""A quiz as a QTI 3.0 package."""

from __future__ import annotations

from grader.model import Text
from grader.quiz import qti
from grader.quiz.carry import Notes
from grader.quiz.item import Quiz
from grader.quiz.policy import Policy
from grader.quiz.qti import CARRIES
from grader.quiz.qti.version import Version

TITLE = Text("QTI 3.0", "QTI 3.0")
VERSION = Version(
    name="qti3",
    short="3p0",
    namespace="http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    schema="https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd",
    package="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    package_schema="QTI Package",
    package_version="3.0.0",
    kebab=True,
)


def write(quiz: Quiz, policy: Policy, notes: Notes) -> dict[str, bytes]:
    return qti.package(VERSION, quiz, policy, notes)


__all__ = ["CARRIES", "TITLE", "write"]
