"""Commands about exercises: found, shown, verified."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.markup import escape

from grader import catalogue, content, pools, steps, variants
from grader.cli.options import Json, opened, own_content, spoken
from grader.errors import ContentError, UsageError
from grader.model import Exercise, Lang
from grader.steps import err, out

commands = typer.Typer()
MOST_SHOWN = 6  # problems of one exercise: the first ones usually explain the rest


@commands.command("list")
def list_(
    shelf: Annotated[list[str] | None, typer.Option(help="Only this shelf; may be repeated.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only with this tag; repeated, with all of them.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only with a question of this kind.")] = None,
    difficulty: Annotated[str | None, typer.Option(metavar="N or N-M", help="Only this difficulty: 2, or 1-3.")] = None,
    most: Annotated[int | None, typer.Option(min=1, help="At most so many, the easiest first.")] = None,
    lang: Annotated[str, typer.Option(help="Of the titles.")] = "fr",
    as_json: Json = False,
) -> None:
    """The catalogue. Three easy ones about geometry: --shelf geometry --difficulty 1-2 --most 3."""
    wish = catalogue.Wish(tuple(shelf or ()), tuple(tag or ()), tuple(kind or ()), _levels(difficulty))
    titles = spoken(lang)
    found, broken = catalogue.search(wish, own_content())
    if most is not None:
        found = sorted(found, key=lambda one: one.difficulty)[:most]
    if as_json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    else:
        steps.catalogue(found, titles, with_ids=bool(shelf or tag or kind or difficulty or most))
    for problem in broken:
        err.print(f"[bold]does not load[/] {escape(problem)}", soft_wrap=True)
    if broken:
        raise typer.Exit(1)


@commands.command()
def show(
    id: Annotated[str, typer.Argument(metavar="ID[#N]")],
    lang: Annotated[str, typer.Option(help="fr or en.")] = "fr",
    solution: Annotated[bool, typer.Option("--solution", help="With answers, wrong ideas, worked solution.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Every variant, one after the other.")] = False,
    html: Annotated[bool, typer.Option("--html", help="As a page, like the notebook: prints its path.")] = False,
    to: Annotated[Path | None, typer.Option(help="The page's path; else ID-N.LANG.html, here.")] = None,
) -> None:
    """A variant, as its student sees it."""
    from grader import exhibit

    name, _, number = id.partition("#")
    exercise, said = content.find(name, own_content()), spoken(lang)
    if number and (not number.isdigit() or int(number) >= len(exercise.params)):
        raise UsageError(id, f"no variant {number}", f"They go from 0 to {len(exercise.params) - 1}.")
    if every and number:
        raise UsageError(id, "--all shows every variant, and this is one", f"Say '{name} --all'.")
    members = variants.every(exercise)
    chosen = members if every else [members[int(number or 0)]]
    if html or to:
        file = to or Path(f"{name}-{'all' if every else int(number or 0)}.{said}.html")
        file.write_text(exhibit.page(chosen, said, with_solution=solution), "utf-8")
        print(file)
        return
    with out.pager(styles=True) if every and out.is_terminal else nullcontext():
        for variant in chosen:
            steps.variant(variant, said, solution=solution, named=every)


@commands.command()
def gallery(
    folder: Annotated[Path, typer.Argument(metavar="DIR")] = Path("gallery"),
    lang: Annotated[str | None, typer.Option(help="fr or en; else both.")] = None,
    pool: Annotated[str, typer.Option(help="Of a course with pools; else the one for practice.")] = "",
) -> None:
    """A page per language with one variant of every exercise, and what is behind it."""
    from grader import exhibit

    allowed = _of_pool(pool)

    exercises, broken = [], []
    for path in content.paths(own_content()).values():
        try:
            exercises.append(content.load(path))
        except ContentError as error:
            broken.append(error)
    if allowed:
        none = [exercise.id for exercise in exercises if not allowed(exercise)]
        exercises = [exercise for exercise in exercises if exercise.id not in none]
        if none:
            err.print(f"No variant in that pool: {escape(', '.join(none))}.", soft_wrap=True)
    folder.mkdir(parents=True, exist_ok=True)
    langs: tuple[Lang, ...] = (spoken(lang),) if lang else ("fr", "en")
    for said in langs:
        with steps.bar(f"gallery ({said})", len(exercises)) as step:
            pages = exhibit.gallery(exercises, said, step, allowed=allowed)
        for name, text in pages.items():
            (folder / name).write_text(text, "utf-8")
            out.print(str(folder / name))
    for problem in broken:
        err.print(f"[bold]does not load[/] {escape(str(problem))}", soft_wrap=True)
    if broken:
        raise typer.Exit(1)


@commands.command()
def new(
    place: Annotated[str, typer.Argument(metavar="SHELF/ID")],
    kind: Annotated[str, typer.Option(help="answer: a value is asked. task: code is.")] = "answer",
    folder: Annotated[Path | None, typer.Option("--in", help="Else the course's own, or the checkout.")] = None,
) -> None:
    """The files of a new exercise, with a mark wherever there is something to write."""
    from grader import scaffold

    shelf, slash, id = place.partition("/")
    if not slash:
        raise UsageError(place, "an exercise lies on a shelf", f"Say SHELF/{place}: 'partiel list' shows the shelves.")
    if kind not in ("answer", "task"):
        raise UsageError("--kind", f"{kind!r} is no kind", "Say answer, or task.")
    own = own_content()
    target = folder or (own[0] if own else Path() if Path("course.toml").is_file() else content.checkout() or Path())
    for file in scaffold.new(shelf, id, cast(scaffold.Kind, kind), target, content.paths(own)):
        out.print(str(file))
    if target.resolve() not in [one.resolve() for one in (*own, content.root())]:
        out.print(escape(f'In course.toml, so that the course finds it: [content] and paths = ["{target}"].'))
    out.print(f"Write where you see {scaffold.BLANK}, then 'partiel verify {id}' until it says ok.")


@commands.command()
def verify(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID…]")] = None,
    full: Annotated[bool, typer.Option("--full", help="Also what needs torch: oracles, training.")] = False,
    as_json: Json = False,
) -> None:
    """The laws of content, in every variant."""
    from grader import verify as laws

    said, own = [], own_content()
    for checked in laws.check_all(ids or list(content.paths(own)), own, full=full):
        said.append(checked)
        if as_json:
            continue
        mark = "[red]FAIL[/]" if checked.problems else "ok  "
        dropped = f", {checked.dropped} dropped" if checked.dropped else ""
        rest = f"  [dim]not run: {checked.not_run} (--full)[/]" if checked.not_run else ""
        many = f"{checked.variants} variant{'s' * (checked.variants != 1)}"
        out.print(f"{mark} {checked.id}  {many}{dropped}{rest}")
        for problem in checked.problems[:MOST_SHOWN]:
            out.print("     " + escape(problem), soft_wrap=True)
        if len(checked.problems) > MOST_SHOWN:
            out.print(f"     … and {len(checked.problems) - MOST_SHOWN} more (--json shows them all)")
    if as_json:
        print(json.dumps([asdict(checked) for checked in said], ensure_ascii=False, indent=1))
    if any(checked.problems for checked in said):
        raise typer.Exit(1)


def _of_pool(pool: str) -> Callable[[Exercise], Sequence[int]] | None:
    """In a course folder, what may be shown: never what an exam draws from, unless that is asked for."""
    if not pool and not Path("course.toml").is_file():
        return None
    here = opened()
    return lambda exercise: pools.allowed(here, exercise, pool)


def _levels(said: str | None) -> tuple[int, int]:
    """``2`` or ``1-3``."""
    if said is None:
        return 1, 5
    found = re.fullmatch(r"([1-5])(?:-([1-5]))?", said)
    if not found or int(found[1]) > int(found[2] or 5):
        raise UsageError("--difficulty", f"{said!r} is no difficulty", "They go from 1 to 5: say 2, or 1-3.")
    return int(found[1]), int(found[2] or found[1])
