"""Verdicts as the outputs from which nbgrader takes its scores.

nbgrader reads the first execute_result of a grade cell; no output, a negative number or no number are full marks,
any error or stderr is 0, and more than the maximum stops the batch. So: one execute_result, in range.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from fractions import Fraction
from html import escape
from typing import Any

from grader.feedback import SIGNS, WORDS, sentence
from grader.model import GRADED, Lang, Record, Sheet, Status, Text, Verdict

Output = dict[str, Any]
SUFFIX = "-check"
NOT_JUDGED = Text(
    "Cette question n’a pas pu être jugée automatiquement ; un enseignant la regardera.",
    "This question could not be judged automatically; a teacher will look at it.",
)


def keys(sheet: Sheet) -> dict[str, str]:
    """Of each cell that earns points, the key of its verdict."""
    return {
        cell.id: f"{item.key}-{cell.question}" for item in sheet.items for cell in item.cells if cell.kind in GRADED
    }


def verdict_of(record: Record, key: str, points: float) -> Verdict:
    """The verdict of this key. Where there is none, or none that fits, a human is called: never a guess."""
    found = [verdict for verdict in record.verdicts if verdict.key == key]
    if len(found) == 1 and 0 <= found[0].earned <= found[0].points and float(found[0].points) == float(points):
        return found[0]
    reason = "not judged" if not found else f"judged as {[f'{v.earned}/{v.points}' for v in found]}, worth {points}"
    return Verdict(key, "", Status.BROKEN, Fraction(0), Fraction(str(points)), NOT_JUDGED, evidence=(reason,))


def outputs_of_check(verdict: Verdict, lang: Lang) -> list[Output]:
    """nbformat outputs: the score, then what there is to say, for formgrader and for whoever opens the notebook."""
    score = {"text/plain": repr(float(verdict.earned))}
    said = _said(verdict, lang)
    lines = [f"{SIGNS[verdict.status]} {WORDS[verdict.status][lang]}", verdict.feedback[lang], *verdict.evidence]
    html = f"<p><b>{escape(lines[0])}</b></p>{sentence(lines[1], lang)}"
    if verdict.evidence:
        html += "<ul>" + "".join(f"<li><samp>{escape(line)}</samp></li>" for line in verdict.evidence) + "</ul>"
    data = {"text/html": html, "text/plain": "\n".join(line for line in lines if line)}
    return [
        {"output_type": "execute_result", "execution_count": None, "data": score, "metadata": {}},
        {"output_type": "display_data", "data": data, "metadata": {"partiel": said}},
    ]


def _said(verdict: Verdict, lang: Lang) -> dict[str, Any]:
    return {
        "status": str(verdict.status),
        "feedback": verdict.feedback[lang],
        "misconceptions": list(verdict.misconceptions),
        "evidence": list(verdict.evidence),
        "measures": [asdict(measured) for measured in verdict.measures],
        "curves": [asdict(curve) for curve in verdict.curves],
    }


def set_said(cell: Any, verdict: Verdict, lang: Lang) -> None:
    """A withdrawn question of those that a human marks: its cell has no output to say it in."""
    said = _said(verdict, lang) | {"score": float(verdict.earned)}
    cell.metadata["partiel"] = {**cell.metadata.get("partiel", {}), "said": said}


def withdrawn_score(cell: Any) -> float | None:
    """What ``set_said`` gave; None where it gave nothing."""
    score = cell.get("metadata", {}).get("partiel", {}).get("said", {}).get("score")
    return None if score is None else float(score)


def said_in(cell: Any) -> dict[str, Any] | None:
    """What ``outputs_of_check`` said in this grade cell, if it is one of ours; or ``set_said``."""
    if said := cell.get("metadata", {}).get("partiel", {}).get("said"):
        return dict(said)
    for output in cell.get("outputs", ()):
        said = output.get("metadata", {}).get("partiel")
        if said is not None:
            return dict(json.loads(json.dumps(said)))
    return None


def status_of(cell: Any) -> Status | None:
    said = said_in(cell)
    return None if said is None else Status(said["status"])
