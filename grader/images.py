"""Which images an assignment was released with: it is graded on those, or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from grader import datasets
from grader.errors import CourseError, PartielError, UsageError
from grader.model import Course, Exercise, Task

Json = dict[str, Any]
Said = Mapping[str, Any]


def entry(course: Course, needs: Iterable[str]) -> Json:
    """What a lock keeps of the datasets among ``needs``; nothing where there is none. Raises UsageError."""
    known = [name for name in needs if name in datasets.KNOWN]
    return {"data": {name: _of(course, name) for name in known}} if known else {}


def judging(exercise: Exercise, item: Said) -> Exercise:
    """The exercise as an item of a lock has it judged: other images are another judging."""
    data = item.get("data")
    if not data:  # none are needed, or it was released before they were written down
        return exercise
    said = json.dumps(data, sort_keys=True, ensure_ascii=False)
    revision = hashlib.sha256(f"{exercise.judging_revision}\0{said}".encode()).hexdigest()
    return replace(exercise, judging_revision=revision[: len(exercise.judging_revision)])


def are_the_same(course: Course, locked: Said) -> None:
    """Raises CourseError where course.toml, or the files on this machine, now give other images than were released."""
    assignment = locked["assignment"]
    for key, item in locked["items"].items():
        for name, was in item.get("data", {}).items():
            now = datasets.setting(name, course.data.get(name))
            if now != datasets.setting(name, was["setting"]):
                problem = f"'{assignment}' was released with {_line(name, was)}, and [data] now says {_quoted(now)}"
                remedy = f"Put it back: {_line(name, was)}."
            elif "digest" in was and (there := datasets.facts(name, now)).digest != was["digest"]:
                problem = (
                    f"'{assignment}' was released with {was['images']} of {_line(name, was)}, and on this machine"
                    f" they are others ({there.counted})"
                )
                remedy = "Bring those back: 'partiel data fetch', or the version of Partiel that drew them."
            else:
                continue
            told = f"'partiel amend {assignment} --statement {key}' tells students, and every copy is judged again."
            raise CourseError(course.root / "course.toml", problem, f"{remedy} To use the others: {told}")


def unmeasured(course: Course, locked: Said, exercises: Mapping[str, Exercise]) -> Iterator[str]:
    """A line for each dataset that is not what the thresholds asked of it were measured with; ``exercises`` by key."""
    found: dict[tuple[str, str], list[str]] = {}
    for key, item in locked["items"].items():
        if _has_a_threshold(exercises[key]):
            for name in item["needs"]:
                if name in datasets.KNOWN:
                    said = item.get("data", {}).get(name, {}).get("setting", course.data.get(name))
                    found.setdefault((name, datasets.setting(name, said)), []).append(exercises[key].id)
    for (name, setting), ids in found.items():
        if setting != (usual := datasets.measured(name)):
            yield (
                f'{", ".join(dict.fromkeys(ids))}: thresholds were measured with {name} = "{usual}", not with'
                f" {_quoted(setting)}. Try the reference on these images: 'partiel rehearse {locked['assignment']}'."
            )


def _has_a_threshold(exercise: Exercise) -> bool:
    return any(check.measures for q in exercise.questions if isinstance(q, Task) for check in q.checks)


def _of(course: Course, name: str) -> Json:
    said: Json = {"setting": datasets.setting(name, course.data.get(name))}
    try:
        facts = datasets.facts(name, course.data.get(name))
    except UsageError:
        raise
    except PartielError:  # not on this machine: whose statement tells of them says so, the others need them when graded
        return said
    return said | {"images": facts.counted, "digest": facts.digest}


def _line(name: str, was: Said) -> str:
    """As course.toml would say it."""
    return f"{name} = {_quoted(was['setting'])}"


def _quoted(setting: str) -> str:
    return f'"{setting}"'
