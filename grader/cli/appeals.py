"""Commands for whoever asks about a mark: why it is so, and another one by hand."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Annotated, Any

import typer
from rich.markdown import Markdown
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from grader import course
from grader.appeal.why import Judged, Now, Why
from grader.cli.options import Json, Trust, opened
from grader.decided import Decision
from grader.errors import UsageError
from grader.model import Course, Lang
from grader.render import points
from grader.status import SIGNS, WORDS
from grader.steps import err, out

commands = typer.Typer()
DEEDS = {
    "override": "by hand",
    "lift": "override taken back",
    "withdraw": "withdrawn",
    "restore": "restored",
    "reword": "statement corrected",
    "replace": "replaced",
}


@commands.command()
def why(
    assignment: str,
    student: Annotated[str, typer.Argument(help="Their id; their code where names are hidden.")],
    question: Annotated[str, typer.Argument(metavar="[QUESTION]", help="ITEM-QUESTION; else all of them.")] = "",
    now: Annotated[
        bool, typer.Option("--now", help="Judge it again, and say what it would be. Nothing counts.")
    ] = False,
    device: Annotated[str | None, typer.Option(help="With --now: cpu, gpu, or auto.")] = None,
    trust: Trust = False,
    as_json: Json = False,
) -> None:
    """Why a mark is what it is: the numbers they had, what they wrote, what was seen and concluded, what counts."""
    from grader import appeal

    here = opened()
    if now and not question:
        raise UsageError("--now", "one question at a time", "Say which; or 'partiel regrade' for everything.")
    found = appeal.why(here, assignment, student, question)
    again = None
    if now:
        terms = course.amended(here.grading, {"device": device}, trust=trust, force=False)
        again = appeal.again(here, assignment, student, question, terms)
    if as_json:
        print(json.dumps([_facts(one, again) for one in found], ensure_ascii=False, indent=1, default=str))
        return
    _who(found[0])
    if question:
        _whole(here, found[0], again)
    else:
        _table(here, found)


def _who(one: Why) -> None:
    group = f", with {', '.join(m for m in one.group if m != one.student)}" if one.group else ""
    out.print(f"[bold]{escape(one.shown)}[/]{escape(group)} · {escape(one.assignment)}")
    out.print(f"[dim]{escape(str(one.file)) if one.file else 'nothing was handed in'}[/]", soft_wrap=True)
    for remark in one.remarks:
        out.print(escape(remark[one.lang]), soft_wrap=True)


def _table(here: Course, found: tuple[Why, ...]) -> None:
    grid = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("question", "counts", "of", "", "verdict", "besides"):
        grid.add_column(column, justify="right" if column in ("counts", "of") else "left")
    for one in found:
        verdict = one.verdict.verdict if one.verdict else None
        besides = [DEEDS[d.deed] for d in one.decisions[-1:]] + (["judged otherwise today"] if one.changed else [])
        grid.add_row(
            escape(one.key),
            _points(one.counts, here.lang),
            points(one.points, here.lang),
            SIGNS[verdict.status] if verdict else "–",
            escape(_said(verdict.status, verdict.misconceptions)) if verdict else "not judged",
            ", ".join(besides),
        )
    out.print(grid)
    out.print(f"[dim]'partiel why {escape(found[0].assignment)} {escape(found[0].student)} QUESTION' says more.[/]")


def _whole(here: Course, one: Why, again: Now | None) -> None:
    from grader import exhibit

    title = f"{one.key} · {one.title}"
    out.rule(escape(title), style="dim", align="left")
    if one.params:
        out.print("  ".join(f"{escape(name)} = {escape(repr(value))}" for name, value in one.params.items()))
    if one.amended:
        out.print("[bold]Their copy holds the words of before it was amended:[/]")
    for words in filter(None, (one.statement, one.prompt)):
        out.print(Padding(Markdown(exhibit.words(words, one.lang)), (0, 0, 0, 2)))
    out.print()
    out.print("[bold]They wrote[/]")
    out.print(escape(one.written.strip()) if one.written else "nothing", soft_wrap=True)
    if one.newer:
        err.print(f"Another file came since it was judged: 'partiel grade {escape(one.assignment)}' judges that one.")
    out.print()
    if one.verdict is None:
        out.print("It was not judged yet.")
    else:
        _verdict(one, one.verdict)
    _counting(here, one)
    for old in reversed(one.earlier):
        verdict = old.verdict
        said = f"{_said(verdict.status, verdict.misconceptions)}, {points(verdict.earned, here.lang)}"
        out.print(escape(f"before: {said} · revision {verdict.judging or '?'} · {_when(old)}"))
    for deed in one.decisions:
        out.print(escape(_deed(deed, here.lang)), soft_wrap=True)
    if again is not None:
        _again(here, one, again)
    elif one.changed:
        out.print(f"Its exercise is judged otherwise today (revision {one.judging}): --now says what it would be.")


def _verdict(one: Why, judged: Judged) -> None:
    from grader import exhibit, feedback

    verdict = judged.verdict
    mark = f"{SIGNS[verdict.status]} {_said(verdict.status, verdict.misconceptions)}"
    out.print(f"[bold]{escape(mark)}[/]  {points(verdict.earned, one.lang)} / {points(verdict.points, one.lang)}")
    if verdict.feedback[one.lang]:
        out.print(Markdown(exhibit.words(verdict.feedback[one.lang], one.lang)))
    if verdict.evidence:
        out.print("[dim]Observed, and how it was read:[/]")
    for line in feedback.otherwise(verdict.evidence, verdict.measures, one.lang):
        out.print(escape(f"  {line}"), soft_wrap=True)
    for label, lines in feedback.labelled(verdict.measures, one.lang):
        out.print(escape(f"  {exhibit.words(label, one.lang)}"), soft_wrap=True)
        for line in lines:
            out.print(escape(f"    {line}"), soft_wrap=True)
    facts = (f"revision {verdict.judging or '?'}", f"walls {judged.level}", f"on {judged.device}", _when(judged))
    out.print(f"[dim]{escape(' · '.join(facts))}[/]")


def _counting(here: Course, one: Why) -> None:
    if one.counts is None:
        return
    why = "as judged"
    if one.by_hand is not None:
        why = "by hand"
    elif one.withdrawn:
        why = "withdrawn: " + ("everyone has its points" if one.withdrawn.points == "all" else "it follows the rest")
    out.print(f"Counts: [bold]{points(one.counts, here.lang)}[/] / {points(one.points, here.lang)} ({why})")
    if one.comment:
        out.print(f"Comment: {escape(one.comment)}", soft_wrap=True)
    if one.behind:
        err.print(f"Not in the gradebook yet: run 'partiel grade {escape(one.assignment)}'.")


def _again(here: Course, one: Why, again: Now) -> None:
    if again.verdict is None or again.same:
        out.print("Judged again now: the same." if again.same else "It could not be judged again.")
    else:
        verdict = again.verdict
        said = f"{_said(verdict.status, verdict.misconceptions)}, {points(verdict.earned, here.lang)}"
        out.print(
            f"Judged again now: [bold]{escape(said)}[/]. 'partiel regrade {escape(one.assignment)}' lets it count."
        )
        out.print(escape(verdict.feedback[one.lang]), soft_wrap=True)
    for remark in again.remarks:
        err.print(escape(remark), soft_wrap=True)


def _deed(one: Decision, lang: Lang) -> str:
    mark = f" {points(Fraction(one.said['points']), lang)}" if one.deed == "override" else ""
    policy = f" ({one.said['points']})" if one.deed == "withdraw" else ""
    return f"{DEEDS[one.deed]}{mark}{policy}: {one.because or 'no reason given'} ({one.who or '?'}, {one.when})"


def _said(status: Any, misconceptions: tuple[str, ...]) -> str:
    ideas = f" ({', '.join(misconceptions)})" if misconceptions else ""
    return f"{WORDS[status].en.lower()}{ideas}"


def _when(judged: Judged) -> str:
    return judged.when or "when is not known"


def _points(value: Fraction | None, lang: Lang) -> str:
    return "–" if value is None else points(value, lang)


def _facts(one: Why, again: Now | None) -> dict[str, object]:
    def verdict(v: Any) -> dict[str, object]:
        return {
            "status": v.status,
            "earned": float(v.earned),
            "points": float(v.points),
            "feedback": v.feedback[one.lang],
            "misconceptions": list(v.misconceptions),
            "evidence": list(v.evidence),
            "judging": v.judging,
        }

    def judged(j: Judged) -> dict[str, object]:
        keyed = {"when": j.when, "level": j.level, "device": j.device, "submission": j.submission}
        return verdict(j.verdict) | keyed

    def number(value: Fraction | None) -> float | None:
        return None if value is None else float(value)

    facts: dict[str, object] = {
        "assignment": one.assignment,
        "student": one.student,
        "group": list(one.group),
        "question": one.key,
        "points": float(one.points),
        "params": dict(one.params),
        "statement": one.statement,
        "prompt": one.prompt,
        "amended": one.amended,
        "file": None if one.file is None else str(one.file),
        "written": one.written,
        "verdict": None if one.verdict is None else judged(one.verdict),
        "earlier": [judged(j) for j in one.earlier],
        "newer_file": one.newer,
        "judging_now": one.judging,
        "judging_changed": one.changed,
        "automatic": number(one.automatic),
        "by_hand": number(one.by_hand),
        "comment": one.comment,
        "decisions": [
            {"deed": d.deed, "because": d.because, "who": d.who, "when": d.when, **dict(d.said)} for d in one.decisions
        ],
        "counts": number(one.counts),
    }
    if again is not None:
        new = None if again.verdict is None else verdict(again.verdict)
        facts["now"] = {"same": again.same, "verdict": new, "remarks": list(again.remarks)}
    return facts


@commands.command()
def override(
    assignment: str,
    student: str,
    question: str,
    mark: Annotated[str, typer.Argument(metavar="[POINTS]", help="From 0 to what the question is worth.")] = "",
    because: Annotated[str, typer.Option(help="The reason; the student reads it too.")] = "",
    lift: Annotated[bool, typer.Option("--lift", help="Take it back: the verdict counts again.")] = False,
) -> None:
    """Give one question another mark, with the reason: it stays across regrades, and is nbgrader's manual score."""
    from grader import appeal, served

    here = opened()
    if lift:
        if mark:
            raise UsageError(mark, "--lift takes a mark back and gives none", "Leave the points out.")
        for remark in appeal.lift(here, assignment, student, question, because):
            err.print(escape(remark), soft_wrap=True)
        served.note(here, "lift", f"{assignment}/{student}", question=question)
        after = appeal.why(here, assignment, student, question)[0]
        counts = f"{_points(after.counts, here.lang)} / {points(after.points, here.lang)}"
        out.print(f"{escape(after.shown)}, {escape(after.key)}: taken back, {counts} counts.")
        return
    given = _fraction(mark)
    for one in appeal.override(here, assignment, student, question, given, because):
        after = appeal.why(here, assignment, one.student, one.key)[0]
        was = points(after.verdict.verdict.earned, here.lang) if after.verdict else "–"
        counts = f"{points(one.points, here.lang)} / {points(after.points, here.lang)}"
        out.print(f"{escape(after.shown)}, {escape(one.key)}: {counts} by hand (judged: {was}).")
        facts = {"question": one.key, "points": str(one.points), "because": because.strip()}
        served.note(here, "override", f"{assignment}/{one.student}", **facts)
    err.print(f"'partiel feedback {escape(assignment)}' shows it on their page.")


def _fraction(said: str) -> Fraction:
    try:
        return Fraction(said.strip().replace(",", "."))
    except (ValueError, ZeroDivisionError) as error:
        raise UsageError(said or "POINTS", "is no number of points", "Say 1.5, 0 or 1/3.") from error
