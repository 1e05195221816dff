"""Commands of the grading server."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from grader.cli.options import Trust, opened, warned_if_open
from grader.steps import err

commands = typer.Typer()
NICE = 10  # of a worker beside the pages: whoever hands in is served first


@commands.command()
def serve(
    host: Annotated[str, typer.Option(help="Where it listens: behind a proxy, leave it.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    proxy: Annotated[str, typer.Option(help="Whose word is taken on where a request came from.")] = "127.0.0.1",
    no_work: Annotated[bool, typer.Option("--no-work", help="Pages only: 'partiel work' runs elsewhere.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Submissions at a time on CPU.")] = None,
    device: Annotated[str | None, typer.Option(help="cpu, gpu, or auto.")] = None,
    scheduler: Annotated[str, typer.Option(metavar="URL", help="Of a Dask cluster: tcp://…; else here.")] = "",
    trust: Trust = False,
) -> None:
    """The course on the web: students hand in and read their feedback, instructors watch. Grades beside it."""
    from grader import portal
    from grader.dispatch import supervise

    _speak()
    here = opened()
    said = {"--workers": workers, "--device": device, "--scheduler": scheduler or None}
    options = [word for name, value in said.items() if value is not None for word in (name, str(value))]
    url = here.service.url
    others = "" if url == f"http://{host}:{port}" else f" (as others reach it: {escape(url)})"
    err.print(f"{escape(here.title)}: http://{host}:{port}{others}", soft_wrap=True)
    if here.staff:
        err.print("Your own way in: 'partiel links --staff'. Stop with Ctrl-C: nothing is lost.")
    else:
        err.print('Nobody is an instructor yet: add \\[staff] to course.toml, with a line like: ada = "instructor"')
    warned_if_open(here.root)
    if no_work:
        portal.serve(here.root, host, port, proxies=proxy, trust=trust)
        return
    with supervise.working(here.root, *options, *(["--trust-submissions"] if trust else [])):
        portal.serve(here.root, host, port, proxies=proxy, trust=trust)


@commands.command()
def work(
    workers: Annotated[int | None, typer.Option(min=1, help="Submissions at a time on CPU.")] = None,
    device: Annotated[str | None, typer.Option(help="cpu, gpu, or auto.")] = None,
    scheduler: Annotated[str, typer.Option(metavar="URL", help="Of a Dask cluster: tcp://…; else here.")] = "",
    once: Annotated[bool, typer.Option("--once", help="Until nothing waits any more.")] = False,
    trust: Trust = False,
    child_of: Annotated[int, typer.Option(hidden=True)] = 0,
) -> None:
    """Grade what is handed in to the server, as it comes. Stopped, it finishes what runs, or gives it back."""
    from grader import dispatch
    from grader.dispatch.perform import Said

    _speak()
    if child_of:
        os.nice(NICE)
    dispatch.work(Path.cwd(), dispatch.Wanted(Said(workers, device, trust), scheduler, once=once, parent=child_of))


def _speak() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("partiel").setLevel(logging.INFO)
