"""A quiz as a QTI 2.2 package."""

from __future__ import annotations

from grader.model import Text
from grader.quiz import qti
from grader.quiz.carry import Notes
from grader.quiz.item import Quiz
from grader.quiz.policy import Policy
from grader.quiz.qti import CARRIES
from grader.quiz.qti.version import Version

TITLE = Text("QTI 2.2", "QTI 2.2")
VERSION = Version(
    name="qti22",
    short="2p2",
    namespace="http://www.imsglobal.org/xsd/imsqti_v2p2",
    schema="http://www.imsglobal.org/xsd/qti/qtiv2p2/imsqti_v2p2.xsd",
    package="http://www.imsglobal.org/xsd/imscp_v1p1",
    package_schema="QTIv2.2 Package",
    package_version="1.0.0",
)


def write(quiz: Quiz, policy: Policy, notes: Notes) -> dict[str, bytes]:
    return qti.package(VERSION, quiz, policy, notes)


__all__ = ["CARRIES", "TITLE", "write"]
