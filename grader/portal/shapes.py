"""What ``/api/v1`` takes and gives, as its description says it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
NOTEBOOK = "application/x-ipynb+json"


class Problem(BaseModel):
    """What was refused, and what to do."""

    where: str = Field(examples=["td1"])
    problem: str = Field(examples=["You have used all your attempts."])
    remedy: str = Field(examples=["If that looks like a mistake, write to your teacher."])


class Me(BaseModel):
    id: str = Field(examples=["sofia"])
    name: str = Field(examples=["Sofia Kovalevskaïa"])
    role: str = Field(examples=["student"])
    lang: str = Field(examples=["fr"])
    course: str = Field(examples=["dl"])


class AssignmentOut(BaseModel):
    id: str = Field(examples=["td1"])
    title: str = Field(examples=["TD 1"])
    due: str | None = Field(
        description="This student's own deadline, ISO 8601.", examples=["2026-12-08T23:59:00+01:00"]
    )
    begins: str | None = Field(description="Until then it can be neither had nor handed in.", examples=[None])
    open: bool = Field(description="Whether a notebook handed in now would be taken.")
    why: str | None = Field(description="Why not, where it would not.", examples=["You have used all your attempts."])
    attempts_left: int | None = Field(description="null: as many as they like.", examples=[2])
    next_at: str | None = Field(description="When the pause between two attempts is over.", examples=[None])
    counts: str = Field(description="Which attempt counts: last or best.", examples=["last"])
    files: list[str] = Field(description="What the notebook reads beside it.", examples=[["gtsrb.npz"]])
    weights: bool = Field(description="Whether trained weights are handed in beside the notebook.")
    submissions: list[str] = Field(description="Ids of the attempts, the newest first.", examples=[[]])


class ReceiptOut(BaseModel):
    """Proof that a notebook was received."""

    model_config = ConfigDict(title="Receipt")
    id: str = Field(examples=["9f86d081884c7d659a2f"])
    assignment: str = Field(examples=["td1"])
    student: str = Field(examples=["sofia"])
    attempt: int = Field(examples=[1])
    received: str = Field(description="ISO 8601.", examples=["2026-12-01T09:00:00+00:00"])
    late: bool
    size: int = Field(description="Bytes, of all that came.", examples=[10782])
    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    weights: str | None = Field(description="SHA-256 of the weights beside it, where some came.", examples=[None])
    signature: str = Field(description="Checked by `partiel receipt`.")
    text: str = Field(description="The receipt as it is signed: keep it as it is.")


class StatusOut(BaseModel):
    """Where an attempt is in the queue and in its grading."""

    model_config = ConfigDict(title="Status")
    id: str = Field(examples=["9f86d081884c7d659a2f"])
    state: str = Field(description="queued, running, graded, replaced, aside or cancelled.", examples=["running"])
    ahead: int = Field(description="Attempts that are graded before this one.", examples=[0])
    question: int = Field(description="Questions done.", examples=[2])
    questions: int = Field(description="Of how many; 0 where that is not known yet.", examples=[5])
    feedback: str = Field(description="What may be read of it: none, coarse or full.", examples=["none"])


class AttemptOut(BaseModel):
    """An attempt as its receipt and its status have it, in one."""

    model_config = ConfigDict(title="Attempt")
    receipt: ReceiptOut
    status: StatusOut


class LineOut(BaseModel):
    question: str = Field(examples=["size"])
    result: str = Field(description="done, unread, stopped, empty or waiting.", examples=["done"])


class VerdictOut(LineOut):
    result: str = Field(description="correct, partial, wrong, missing, unreadable, crashed…", examples=["correct"])
    earned: float
    points: float
    said: str


class FeedbackOut(BaseModel):
    """``coarse``: only whether each answer was read and ran. ``full``: what was concluded, and why."""

    model_config = ConfigDict(title="Feedback")
    level: str = Field(examples=["coarse"])
    coarse: list[LineOut]
    full: list[VerdictOut]
    remarks: list[str] = Field(
        description="What was odd about the file: of another assignment, damaged…", examples=[[]]
    )


class QueueOut(BaseModel):
    model_config = ConfigDict(title="Queue")
    jobs: dict[str, int] = Field(description="How many, by state.", examples=[{"queued": 3, "leased": 1}])
    waiting: list[StatusOut]
    workers: list[str]


class ReleaseOut(BaseModel):
    model_config = ConfigDict(title="Release")
    assignment: str
    released: str = Field(description="Since when feedback is shown, ISO 8601.")


class ResultOut(BaseModel):
    student: str
    name: str
    earned: float | None = Field(description="null: nothing was graded.")
    points: float
    questions: list[VerdictOut]


SAID: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "Not understood."},
    401: {"model": Problem, "description": "No token, or one that is not known."},
    403: {"model": Problem, "description": "Not for this person, or not now."},
    404: {"model": Problem, "description": "Nothing there, for this person."},
    422: {"model": Problem, "description": "Not understood."},
    429: {"model": Problem, "description": "Too often: `Retry-After` says when to come back."},
}
TAKEN: dict[int | str, dict[str, Any]] = {
    408: {"model": Problem, "description": "The body did not come."},
    413: {"model": Problem, "description": "Too large."},
    503: {"model": Problem, "description": "Nothing can be stored now: try again."},
    507: {"model": Problem, "description": "The disk is full: try again."},
}
AS_JSON = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
BESIDE_A_FILE: dict[int | str, dict[str, Any]] = {  # what else may come where a file is asked for
    code: {"description": told["description"], "content": AS_JSON} for code, told in SAID.items()
}
A_NOTEBOOK = {
    "type": "object",
    "description": "As Jupyter saves it. What is in it is read when it is graded.",
}
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            NOTEBOOK: {"schema": A_NOTEBOOK},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "contentMediaType": NOTEBOOK, "pattern": r"^\{"}},
                }
            },
        },
    }
}
