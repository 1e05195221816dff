"""Where an instructor puts an assignment together: the catalogue, variants, points, previews, the file it goes to."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from grader import building, catalogue, content, exhibit, lock, quiz, release
from grader.building import Draft, Entry
from grader.building.sums import worth
from grader.catalogue import KINDS, Facts
from grader.course import edit
from grader.errors import PartielError
from grader.model import Exercise, Lang, Text, Variant
from grader.portal.builder_words import WORDS
from grader.portal.desk import Desk
from grader.portal.doors import AsInstructor, TheDesk, Visitor
from grader.portal.pages import Tab, page
from grader.portal.refusals import Refusal, refused

router = APIRouter(prefix="/build", include_in_schema=False)
TABS = (Tab("/build", Text("Composer", "Build"), ("instructor",)),)
# What is shown inside our page: made by us, and yet it can do nothing here.
FRAMED = "sandbox{}; default-src 'none'; style-src 'unsafe-inline'; img-src data:{}; frame-ancestors 'self'"
STILL = FRAMED.format("", "")
ALIVE = FRAMED.format(" allow-scripts", "; script-src 'unsafe-inline'")
WITH_FRAMES = {"frame_src": "'self'"}
THEN = {  # where a button goes once the draft is kept
    "notebook": "/build/preview?of=notebook",
    "quiz": "/build/preview?of=quiz",
    "file": "/build/file",
}
VARIANTS = 3  # of each exercise, in a preview of the quiz
_reading = threading.Lock()


@router.get("")
def build(request: Request, visitor: AsInstructor, desk: TheDesk) -> Response:
    return _page(request, visitor, desk)


def _page(
    request: Request,
    visitor: Visitor,
    desk: Desk,
    problem: PartielError | None = None,
    typed: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """``typed`` stands in its fields again, as it was: with a problem, it was not kept."""
    course, asked = desk.course(), request.query_params
    draft = building.load(course, visitor.id)
    found = building.exercises(course, draft)
    every = _catalogue(desk)
    lines = [
        {
            "exercise": entry.exercise,
            "found": one,
            "points": worth(one, entry.points) if one else None,
            "said": typed.get(_field(n, entry), _points(entry, visitor.lang)),
            "field": _field(n, entry),
        }
        for n, (entry, one) in enumerate(zip(draft.entries, found, strict=True))
    ]
    return page(
        request,
        "build.html.j2",
        status=400 if problem else 200,
        more=WORDS,
        problem=problem,
        draft=draft,
        lines=lines,
        sums=building.sums(draft, found),
        facts=_granted(every, asked),
        of=len(every),
        shelves=sorted({one.shelf for one in every}),
        kinds=KINDS,
        asked=asked,
        picked={entry.exercise for entry in draft.entries},
        assignments=list(desk.course().assignments.values()),
        title=exhibit.title,
    )


def _catalogue(desk: Desk) -> list[Facts]:
    """Read once by this process; an exercise that does not load is not offered."""
    own = desk.course().content
    with _reading:
        found = []
        for path in content.paths(own).values():
            try:
                found.append(catalogue.facts(content.load(path)))
            except PartielError:
                continue
    return sorted(found, key=lambda one: (one.shelf, one.difficulty, one.id))


def _granted(every: list[Facts], asked: Any) -> list[Facts]:
    words = str(asked.get("q", "")).lower().split()
    shelf, kind, level = asked.get("shelf", ""), asked.get("kind", ""), asked.get("level", "")
    return [
        one
        for one in every
        if (not shelf or one.shelf == shelf)
        and (not kind or kind in one.kinds)
        and (not level or str(one.difficulty) == level)
        and all(word in f"{one.id} {one.title.fr} {one.title.en} {' '.join(one.tags)}".lower() for word in words)
    ]


# ── looking at an exercise ───────────────────────────────────────────────────


@router.get("/x/{id}")
def look(request: Request, id: str, visitor: AsInstructor, desk: TheDesk, n: int = 0) -> Response:
    exercise = _exercise(desk, id)
    number = n % len(exercise.params)
    headers = {"Content-Security-Policy": _policy()}
    another = (number + 1 + (number * 7) % max(len(exercise.params) - 1, 1)) % len(exercise.params)
    facts = catalogue.facts(exercise)
    return page(
        request,
        "build_exercise.html.j2",
        more=WORDS,
        headers=headers,
        facts=facts,
        number=number,
        another=another,
        kinds=KINDS,
        title=exhibit.title(exercise.title[visitor.lang]),
    )


@router.get("/x/{id}/page")
def variant(
    id: str, visitor: AsInstructor, desk: TheDesk, n: int = 0, solution: bool = False, lang: str = ""
) -> Response:
    exercise = _exercise(desk, id)
    shown = Variant(exercise, exercise.params[n % len(exercise.params)])
    speaks: Lang = "en" if lang == "en" else "fr" if lang == "fr" else visitor.lang
    html = exhibit.page([shown], speaks, with_solution=solution)
    return HTMLResponse(html, headers={"Content-Security-Policy": STILL})


@router.get("/preview")
def preview(request: Request, visitor: AsInstructor, desk: TheDesk, of: str = "notebook") -> Response:
    draft = building.load(desk.course(), visitor.id)
    headers = {"Content-Security-Policy": _policy()}
    return page(request, "build_preview.html.j2", more=WORDS, headers=headers, draft=draft, of=of)


@router.get("/preview/{of}")
def previewed(of: str, visitor: AsInstructor, desk: TheDesk) -> Response:
    """The notebook's words and cells one after the other, or the quiz as a page to practise with."""
    draft = building.load(desk.course(), visitor.id)
    found = [one for one in building.exercises(desk.course(), draft) if one]
    if of == "notebook":
        shown = [exhibit.page([Variant(one, one.params[0])], visitor.lang) for one in found]
        return HTMLResponse(_joined(shown), headers={"Content-Security-Policy": STILL})
    if of != "quiz" or not found:
        raise refused(404, "nothing_here", of)
    made = quiz.export(
        list({one.id: one for one in found}.values()),
        visitor.lang,
        "html",
        id="draft",
        title=draft.title,
        variants=VARIANTS,
    )
    html = next(data for name, data in made.files.items() if name.endswith(".html"))
    return HTMLResponse(html, headers={"Content-Security-Policy": ALIVE})


def _joined(pages: list[str]) -> str:
    """Of several documents with the same head, one with all their bodies."""
    if not pages:
        return "<!DOCTYPE html><title>…</title>"
    bodies = [one.partition("<main>")[2].partition("</main>")[0] for one in pages]
    head, _, tail = pages[0].partition("<main>")
    return f"{head}<main>{'<hr>'.join(bodies)}</main>{tail.partition('</main>')[2]}"


# ── the draft ────────────────────────────────────────────────────────────────


@router.post("/draft")
async def change(request: Request, visitor: AsInstructor, desk: TheDesk) -> Response:
    form = {key: value for key, value in (await request.form()).items() if isinstance(value, str)}
    return await run_in_threadpool(_changed, request, visitor, desk, form)


def _changed(request: Request, visitor: Visitor, desk: Desk, form: dict[str, str]) -> Response:
    course = desk.course()
    draft = building.load(course, visitor.id)
    try:
        building.save(course, visitor.id, draft := _told(draft, form))
        building.save(course, visitor.id, _next(desk, _worth(draft, form), form))
    except PartielError as error:
        return _page(request, visitor, desk, error, form)
    if then := THEN.get(form.get("then", "")):
        return RedirectResponse(then, 303)
    back = form.get("back", "")
    return RedirectResponse(f"/build?{back}#draft" if back else "/build#draft", 303)


def _told(draft: Draft, form: dict[str, str]) -> Draft:
    """With its settings as they stand in the form."""
    if "id" not in form:
        return draft
    return Draft(form["id"].strip(), form.get("title", "").strip()[:200], "solution" in form, draft.entries)


def _worth(draft: Draft, form: dict[str, str]) -> Draft:
    """With the points that were typed. What was left as it stood may stand for points by question, and stays."""
    for n, entry in enumerate(draft.entries):
        typed = form.get(_field(n, entry), "").strip().replace(",", ".")
        if _field(n, entry) in form and typed != entry.points.get("", ""):
            draft = draft.worth(n, typed)
    return draft


def _points(entry: Entry, lang: Lang) -> str:
    points = entry.points.get("", "")
    return points.replace(".", ",") if lang == "fr" else points


def _field(index: int, entry: Entry) -> str:
    """The exercise is in the name: a page that another one has overtaken changes nobody else's points."""
    return f"points.{index}.{entry.exercise}"


def _next(desk: Desk, draft: Draft, form: dict[str, str]) -> Draft:
    """The draft after one button. What a form made up does nothing."""
    do, _, of = form.get("do", "").partition(":")
    index = int(of) if of.isdecimal() else -1
    match do:
        case "add":
            return draft.added(_exercise(desk, of).id)
        case "remove":
            return draft.without(index)
        case "up" | "down":
            return draft.moved(index, -1 if do == "up" else 1)
        case "open":
            return building.opened(desk.course(), form.get("assignment", ""))
        case "empty":
            return Draft()
    return draft


# ── the file ─────────────────────────────────────────────────────────────────


@router.get("/file")
def file(request: Request, visitor: AsInstructor, desk: TheDesk) -> Response:
    return _file(request, visitor, desk)


def _file(
    request: Request, visitor: Visitor, desk: Desk, problem: PartielError | None = None, done: str = ""
) -> Response:
    """The difference that writing would make; the fragment, for whoever edits files themselves."""
    course = desk.course()
    draft = building.load(course, visitor.id)
    try:
        building.named(draft)
    except PartielError as error:
        return _page(request, visitor, desk, error)
    before = (course.root / "course.toml").read_text("utf-8")
    after = edit.written(before, draft.id, draft.keys())
    return page(
        request,
        "build_file.html.j2",
        status=400 if problem else 200,
        more=WORDS,
        draft=draft,
        fragment=edit.fragment(draft.id, draft.keys()),
        difference=edit.difference(before, after),
        released=lock.path(course, draft.id).is_file(),
        listed=draft.id in course.assignments,
        students=sum(not one.withdrawn for one in course.students),
        before=_hash(before),
        problem=problem,
        done=done,
    )


def _hash(text: str) -> str:
    """By which a page knows that the file is still the one it showed."""
    return hashlib.sha256(text.encode()).hexdigest()


@router.post("/file")
async def write(request: Request, visitor: AsInstructor, desk: TheDesk) -> Response:
    form = {key: value for key, value in (await request.form()).items() if isinstance(value, str)}
    return await run_in_threadpool(_written, request, visitor, desk, form)


def _written(request: Request, visitor: Visitor, desk: Desk, form: dict[str, str]) -> Response:
    course = desk.course()
    draft = building.load(course, visitor.id)
    try:
        building.named(draft)
        toml = course.root / "course.toml"
        before = toml.read_text("utf-8")
        if form.get("before") != _hash(before):
            raise Refusal(409, WORDS["build_changed"], WORDS["build_again"], "course.toml")
        edit.replace(toml, before, edit.written(before, draft.id, draft.keys()))
        desk.note(visitor.id, visitor.role, "write", f"course.toml [assignments.{draft.id}]")
        desk.course()  # reads it again at once: what it cannot mean is taken back
        if problem := desk.problem:
            edit.replace(toml, toml.read_text("utf-8"), before)
            desk.course()
            return _file(request, visitor, desk, problem)
        if form.get("do") == "generate":
            count = release.generate(desk.course(), desk.course().assignments[draft.id])
            desk.note(visitor.id, visitor.role, "generate", draft.id, copies=count)
            return _file(request, visitor, desk, done="generated")
    except PartielError as error:
        return _file(request, visitor, desk, error)
    return _file(request, visitor, desk, done="written")


def _exercise(desk: Desk, id: str) -> Exercise:
    try:
        return content.find(id, desk.course().content)
    except PartielError as error:
        raise refused(404, "nothing_here", id) from error


def _policy() -> str:
    from grader.portal.headers import policy

    return policy(**WITH_FRAMES)
