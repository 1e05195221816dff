"""A folder that ``partiel export`` wrote, read again: which question of which variant each id is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from grader import content, values
from grader.errors import CourseError
from grader.model import Answer, Exercise, Lang, Question, Value, Variant
from grader.quiz import MANIFEST, build
from grader.quiz.item import Item, Part
from grader.quiz.policy import Policy

Json = dict[str, Any]
AGAIN = "Export again into an empty folder, with the same options: the same content gives the same files."


@dataclass(frozen=True)
class Asked:
    """One question of one variant, as it was exported."""

    item: Item
    part: Part
    variant: Variant
    lang: Lang

    @cached_property
    def question(self) -> Question:
        return next(q for q in self.variant.exercise.questions if q.name == self.part.name)

    @cached_property
    def answer(self) -> Answer:
        assert isinstance(self.question, Answer)
        return self.question

    @cached_property
    def known(self) -> Mapping[str, Value]:
        return values.of(self.variant)

    @cached_property
    def shown(self) -> tuple[str, ...]:
        return values.shown(self.variant, self.answer, self.known)


@dataclass(frozen=True)
class Exported:
    folder: Path
    said: Json
    content: tuple[Path, ...] = ()
    _built: dict[str, tuple[Item, Variant]] = field(default_factory=dict)
    _domains: dict[str, Any] = field(default_factory=dict)

    @property
    def lang(self) -> Lang:
        return "en" if self.said["lang"] == "en" else "fr"

    @property
    def format(self) -> str:
        return str(self.said["format"])

    @cached_property
    def items(self) -> Mapping[str, Json]:
        """By slug."""
        return {one["slug"]: one for one in self.said["items"]}

    @cached_property
    def ids(self) -> Mapping[str, tuple[str, str]]:
        """Slug and question, by a question's id in the quiz."""
        return {id: (slug, name) for slug, one in self.items.items() for name, id in one["parts"].items()}

    def files(self, ending: str) -> list[Path]:
        """Those that the manifest lists. Raises CourseError where one is gone."""
        names = [name for name in self.said["files"] if name.endswith(ending)]
        for name in names:
            if not (self.folder / name).is_file():
                raise CourseError(self.folder / name, "this file of the export is gone", AGAIN)
        return [self.folder / name for name in names]

    def exercise(self, slug: str) -> Exercise:
        return content.find(self.items[slug]["exercise"], self.content)

    def asked(self, slug: str, name: str) -> Asked:
        """Raises CourseError where the variant is no longer there."""
        item, variant = self._item(slug)
        return Asked(item, next(part for part in item.parts if part.name == name), variant, self.lang)

    def number(self, slug: str) -> int:
        """Of the variant as the exercise now counts."""
        exercise, wanted = self.exercise(slug), self.items[slug]["parameters"]
        told = int(self.items[slug]["variant"])
        every = range(len(exercise.params))
        for n in (told, *every) if told in every else every:
            if _jsonable(exercise.params[n]) == wanted:
                return n
        problem = f"'{exercise.id}' no longer has the variant {wanted}"
        raise CourseError(
            self.folder / MANIFEST, problem, f"Put it back in {exercise.path.name} to import its results."
        )

    def _item(self, slug: str) -> tuple[Item, Variant]:
        if slug not in self._built:
            exercise, number = self.exercise(slug), self.number(slug)
            if exercise.id not in self._domains:
                self._domains[exercise.id] = build.domains_of(exercise)
            worth = {q.name: Fraction(1) for q in exercise.questions}
            item = build.build(exercise, number, self.lang, Policy(), worth, self._domains[exercise.id])
            self._built[slug] = (item, Variant(exercise, exercise.params[number]))
        return self._built[slug]

    def changed(self) -> list[str]:
        """Exercises whose words, answers or checks are no longer those that were exported."""
        told = {one["exercise"]: one["revision"] for one in self.items.values()}
        return [id for id, was in told.items() if build.revision_of(content.find(id, self.content)) != was]


def _jsonable(params: Mapping[str, Value]) -> Json:
    made: Json = json.loads(json.dumps({name: build.jsonable(value) for name, value in params.items()}))
    return made


def read(folder: Path, own: tuple[Path, ...] = ()) -> Exported:
    """Raises CourseError."""
    file = folder / MANIFEST
    if not file.is_file():
        raise CourseError(file, "there is no manifest here", "Name the folder that 'partiel export' wrote: --quiz DIR.")
    try:
        said = json.loads(file.read_text("utf-8"))
        for one in said["items"]:
            one["slug"], one["exercise"], one["revision"], int(one["variant"]), one["parameters"], one["parts"].items()
        said["lang"], said["format"], said["files"].items()
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise CourseError(file, f"damaged ({type(error).__name__}: {error})", AGAIN) from error
    return Exported(folder, said, own)
