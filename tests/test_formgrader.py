"""nbgrader's formgrader on a course folder, as a marker has it: a Jupyter server, headless Chromium, real clicks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader import bridge, lock, release, report, verdicts
from grader.bridge.gradebook import opened
from grader.model import Level, Record, Status, Text, Verdict
from tests.browser import Browser, browser, free_port, patiently

__all__ = ["browser"]

ROOT = Path(__file__).resolve().parent.parent
EVIL = "Overfitting **here**. <img src=x onerror=\"document.title = 'owned'\"><script>document.title = 'owned'</script>"


@pytest.fixture
def marked(desk: Any, shelf: Any) -> Any:
    """A course in which ada handed in an essay, that no human has marked yet."""
    shelf.edit("tiny.py", "import answer,", "import answer, essay,")
    shelf.write(
        "tiny.py", shelf["tiny.py"].read_text() + "\n\n@essay(points=3)\ndef discuss():\n    return {'named': 3}\n"
    )
    for lang in ("fr", "en"):
        file = f"tiny.{lang}.md"
        shelf.edit(file, "## solution", "## discuss\n\nDiscuss.\n\n### named\n\nIt is named.\n\n## solution")
    here = desk.load()
    release.generate(here, here.assignments["td1"])
    (desk.root / "nbgrader_config.py").write_text(bridge.config_text(here), "utf-8")
    nb = json.loads((desk.root / "release/ada/td1/td1.ipynb").read_text("utf-8"))
    for cell in nb["cells"]:
        if cell["id"] == "tiny-discuss":
            cell["source"] = EVIL
    file = desk.root / "submitted/ada/td1/td1.ipynb"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(nb), "utf-8")
    from grader import notebook

    sheet = lock.read(here, "td1").sheet("ada")
    item, sha256 = sheet.items[0], notebook.read_submission(file, sheet).sha256
    found = []
    for cell in item.cells:
        if cell.question and cell.kind != "solution":
            status = Status.WAITING if cell.kind == "essay" else Status.MISSING
            judging = item.variant.exercise.judging_revision
            found.append(
                Verdict(item.key, cell.question, status, cell.points * 0, cell.points, Text("–", "–"), judging=judging)
            )
    record = Record("ada", "td1", sha256, sheet.revision, "cpu", Level.INNER, tuple(found))
    verdicts.append(here, record)  # nbgrader's own autograde finds it there
    return desk


@pytest.fixture
def server(marked: Any, shelf: Any, tmp_path: Path) -> Iterator[str]:
    port = free_port()
    folders = {name: str(tmp_path / name) for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "HOME")}
    env = os.environ | folders | {"PARTIEL_CONTENT": str(shelf.root), "PYTHONPATH": str(ROOT)}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    options = ["--no-browser", "--ServerApp.token=t", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    with (tmp_path / "server.log").open("w") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "server", "--allow-root", *options], cwd=marked.root, env=env,
            stdout=log, stderr=log,
        )  # fmt: skip
        try:
            address = f"http://localhost:{port}"

            def up() -> bool:
                with urllib.request.urlopen(f"{address}/api?token=t", timeout=5) as said:
                    return bool(said.status == 200)

            patiently(up, "the Jupyter server")
            yield address
        finally:
            running.terminate()
            running.wait(60)


def edit(element: str, value: str) -> str:
    told = (
        f"e.focus(); e.value = {json.dumps(value)}; e.dispatchEvent(new Event('change', {{bubbles: true}})); e.blur()"
    )
    return f"(() => {{ const e = {element}; {told}; }})()"


@pytest.mark.slow
def test_a_marker_autogrades_marks_an_essay_and_gives_feedback_by_clicks(
    browser: Browser, server: str, marked: Any, tmp_path: Path
) -> None:
    pages = f"{server}/formgrader"
    browser.go(f"{pages}?token=t", "document.body.innerText.includes('td1')")
    browser.go(f"{pages}/manage_students", "document.body.innerText.includes('Lovelace')")
    browser.go(f"{pages}/manage_submissions/td1", "document.querySelector('td.autograde a, .autograde a')")
    browser.js("document.querySelector('td.autograde a, .autograde a').click()")
    browser.wait("document.querySelector('#success-modal, .modal')?.innerText.match(/[Ss]uccess/)")
    browser.go(f"{pages}/gradebook/td1/td1", "document.querySelector('td a[href*=submissions]')")
    browser.go(
        browser.js("document.querySelector('td a[href*=submissions]').href"), "document.getElementById('tiny-discuss')"
    )
    browser.shot(tmp_path / "formgrader.png")
    text = browser.js("document.body.innerText")
    assert "It is named." in text and "<script>" in text  # the rubric; what was written, shown and not run
    assert browser.js("document.title") == "td1"
    assert browser.js("document.querySelector('.nbgrader_cell script, img[onerror]')") is None
    browser.js(edit("document.getElementById('tiny-discuss')", "2.5"))
    browser.js(edit("[...document.querySelectorAll('textarea.comment')].pop()", "Bien vu."))

    def saved() -> bool:
        with opened(marked.load()) as gradebook:
            grade = gradebook.find_grade("tiny-discuss", "td1", "td1", "ada")
            comment = gradebook.find_comment("tiny-discuss", "td1", "td1", "ada")
            return grade.manual_score == 2.5 and comment.manual_comment == "Bien vu."

    patiently(saved, "the mark in the gradebook")
    browser.go(f"{pages}/manage_submissions/td1", "document.querySelector('.generate-feedback a')")
    browser.js("document.querySelector('.generate-feedback a').click()")
    page = marked.root / "feedback/ada/td1/td1.html"
    patiently(page.is_file, "the feedback page")
    told = page.read_text("utf-8")
    assert "2,5" in told and "Bien vu." in told and "It is named." in told and "<script" not in told
    row = next(row for row in report.rows(marked.load(), "td1") if row.student == "ada")
    assert row.earned == 2.5
