"""Commands of the grading server."""

from __future__ import annotations

import logging
import os
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import Trust, opened
from grader.steps import err

commands = typer.Typer()
NICE = 10  # of a worker beside the pages: whoever hands in is served first


@commands.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on: 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
    proxies: Annotated[
        str, typer.Option(help="Addresses of proxies whose word is taken: https, from where.")
    ] = "127.0.0.1",
    no_work: Annotated[bool, typer.Option("--no-work", help="Pages only: 'partiel work' runs elsewhere.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Submissions at a time on CPU.")] = None,
    device: Annotated[str | None, typer.Option(help="cpu, gpu, or auto.")] = None,
    scheduler: Annotated[str, typer.Option(metavar="URL", help="Of a Dask cluster: tcp://…; else here.")] = "",
    trust: Trust = False,
) -> None:
    """Serve this course to students: pages, and a worker that grades beside them."""
    from grader import portal
    from grader.dispatch import supervise

    _speak()
    here = opened()
    said = {"--workers": workers, "--device": device, "--scheduler": scheduler or None}
    options = [word for name, value in said.items() if value is not None for word in (name, str(value))]
    child = (
        nullcontext()
        if no_work
        else supervise.working(here.root, *options, *(["--trust-submissions"] if trust else []))
    )
    err.print(f"{here.service.url} is served from {host}:{port}. Ctrl-C ends it.", soft_wrap=True)
    with child:
        portal.serve(here.root, host, port, proxies=proxies)


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
