"""A quiz as a QTI 2.1 package."""

from __future__ import annotations

from grader.model import Text
from grader.quiz import qti
from grader.quiz.carry import Notes
from grader.quiz.item import Quiz
from grader.quiz.policy import Policy
from grader.quiz.qti import CARRIES
from grader.quiz.qti.version import Version

TITLE = Text("QTI 2.1", "QTI 2.1")
VERSION = Version(
    name="qti21",
    short="2p1",
    namespace="http://www.imsglobal.org/xsd/imsqti_v2p1",
    schema="http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
    package="http://www.imsglobal.org/xsd/imscp_v1p1",
    package_schema="QTIv2.1 Package",
    package_version="1.0.0",
    human=False,
)


def write(quiz: Quiz, policy: Policy, notes: Notes) -> dict[str, bytes]:
    return qti.package(VERSION, quiz, policy, notes)


__all__ = ["CARRIES", "TITLE", "write"]
