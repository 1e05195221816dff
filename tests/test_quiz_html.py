"""The practice page, opened in a real browser and answered as a student would: right, wrong, badly, not at all."""

from __future__ import annotations

import html
import json
import os
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html

from grader import content, quiz
from grader.model import Exercise, Lang
from grader.quiz import selftest, words
from grader.quiz.item import Part
from tests.browser import opened

VARIANTS = int(os.environ.get("PARTIEL_QUIZ_VARIANTS", "2"))

# What a student does, in the page: fills one form, checks it, and reads what is said.
STUDENT = """
<script>
const report = [];
for (const step of JSON.parse(document.getElementById("plan").textContent)) {
  const form = document.getElementById(step.id);
  form.reset();
  const controls = [...form.querySelectorAll("input, select")];
  if (step.ticked) for (const one of controls) one.checked = step.ticked.includes(Number(one.value));
  else step.written.forEach((text, n) => { controls[n].value = text; });
  form.querySelector("[type=submit]").click();
  report.push({
    state: ["right", "partly", "wrong"].find((name) => form.classList.contains(name)) || "",
    said: form.querySelector(".said").textContent,
    solved: !form.querySelector(".worked").hidden,
    score: document.getElementById("score").textContent,
  });
}
const told = document.createElement("pre");
told.id = "report";
told.textContent = JSON.stringify(report);
document.body.replaceChildren(told);
</script>
"""


def exercises() -> list[Exercise]:
    return [content.find(id) for id in sorted(content.paths())]


def answered(tmp_path: Path, page: str, plan: list[dict[str, Any]]) -> list[dict[str, Any]]:
    steps = f'<script type="text/plain" id="plan">{json.dumps(plan)}</script>'
    dom = opened(tmp_path, page.replace("</body>", f"{steps}{STUDENT}</body>"), "--dump-dom")
    found = re.search(r'<pre id="report">(.*?)</pre>', dom, re.DOTALL)
    assert found, dom[-2000:]
    report: list[dict[str, Any]] = json.loads(html.unescape(found[1]))
    return report


def entries(part: Part, value: tuple[str, ...] | None = None) -> dict[str, Any] | None:
    """What a student does to give ``value``, the right answer unless told; None where it cannot be given."""
    names = [option.name for option in part.options]
    match part.kind:
        case "choice" | "choices":
            chosen = [option.name for option in part.options if option.right] if value is None else value
            return {"ticked": [names.index(name) for name in chosen]}
        case "numeric":
            assert part.number
            return {"written": [part.number.shown if value is None else value[0].replace(".", ",")]}
        case "short":
            return {"written": [part.accepted[0] if value is None else value[0]]}
        case "shape":
            sizes = [one.number.value for one in part.fields if one.number] if value is None else value
            return {"written": [f"({', '.join(sizes)})"]}
        case "matching":
            given = [right for _, _, right in part.stems] if value is None else list(value)
            return {"written": [str(names.index(name)) for name in given]}
        case "ordering":
            order = part.order if value is None else value
            if len(order) != len(part.order) or not set(order) <= set(names):
                return None
            return {"written": [str(order.index(name) + 1) if name in order else "0" for name in names]}
        case "table" | "grid":
            if value is None:
                return {"written": [one.number.shown if one.number else one.text for one in part.fields]}
            return {"written": list(value)} if len(value) == len(part.fields) else None
    raise AssertionError(part.kind)


def forms(export: quiz.Export) -> list[Part]:
    """What the page shows of each question."""
    parts = [part for item in export.quiz.items for part in item.parts if part.kind not in ("text", "code")]
    return [part if part.kind in selftest.CARRIES else part.twin for part in parts if part.twin or part.options]


def seen(markup: str) -> str:
    return "".join(lxml_html.fromstring(f"<div>{markup}</div>").text_content().split())


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_question_knows_its_right_answer_and_its_wrong_ideas(lang: Lang, tmp_path: Path) -> None:
    export = quiz.export(exercises(), lang, "html", id="td", variants=VARIANTS)
    page = export.files["td.html"].decode()
    plan: list[dict[str, Any]] = []
    wanted: list[tuple[bool, set[str]]] = []  # of several ideas that lead to one answer, any may speak
    for part in forms(export):
        for known in part.known:
            if given := entries(part, known.value):
                plan.append({"id": part.id, **given})
                wanted.append((False, known.feedback and seen(selftest.html(known.feedback))))
        if part.kind == "choice":
            for n, option in enumerate(part.options):
                if not option.right:
                    plan.append({"id": part.id, "ticked": [n]})
                    wanted.append((False, {seen(selftest.html(option.feedback)) if option.feedback else ""}))
        plan.append({"id": part.id, **(entries(part) or {})})
        wanted.append((True, set()))
    kinds = {part.id: part.kind for part in forms(export)}
    report = answered(tmp_path, page, plan)
    rights = 0
    for step, (right, sentences), got in zip(plan, wanted, report, strict=True):
        assert (got["state"] == "right") == right, f"{step}: {got}"
        assert got["state"], f"{step}: {got}"
        rights += right
        if right:
            assert got["solved"], step
        elif kinds[step["id"]] in ("choice", "numeric", "shape", "matching", "ordering"):
            said = "".join(got["said"].split())
            assert any(sentence in said for sentence in sentences), f"{step}: {got}"
    assert report[-1]["score"].split()[0] == str(rights)


@pytest.mark.slow
def test_numbers_are_read_as_they_are_written(tmp_path: Path) -> None:
    export = quiz.export([content.find("activation_derivative")], "en", "html", id="td", variants=1)
    part = next(part for part in forms(export) if part.kind == "numeric" and "." in part.number.value)
    value = part.number.value[:7]
    tried = {
        value: True,
        value.replace(".", ","): True,
        f"  {value} ": True,
        "−" + value: False,
        f"{float(value) / 1000:.9f}e3": True,
        str(float(value) + 1): False,
        "": None,
        "abc": None,
        "3,5,1": None,
        "12 px": None,
    }
    report = answered(tmp_path, export.files["td.html"].decode(), [{"id": part.id, "written": [t]} for t in tried])
    for (written, right), got in zip(tried.items(), report, strict=True):
        state = {True: "right", False: "wrong", None: ""}[right]
        assert got["state"] == state, f"{written!r}: {got}"
        assert got["said"], "it says why"


@pytest.mark.slow
def test_large_whole_numbers_are_read_with_their_separators(tmp_path: Path) -> None:
    langs: tuple[Lang, ...] = ("fr", "en")
    for lang in langs:
        export = quiz.export([content.find("conv_parameters")], lang, "html", id="td", variants=3)
        large = [p for p in forms(export) if p.kind == "numeric" and p.number and int(float(p.number.value)) > 1000]
        assert large
        gap = "," if lang == "en" else "\u202f"
        plan = [{"id": p.id, "written": [f"{int(p.number.value):,}".replace(",", gap)]} for p in large if p.number]
        for got in answered(tmp_path, export.files["td.html"].decode(), plan):
            assert got["state"] == "right", lang


def test_the_page_loads_nothing_and_says_what_it_is() -> None:
    export = quiz.export(exercises()[:12], "fr", "html", id="td", variants=1)
    page = export.files["td.html"].decode()
    tree = lxml_html.document_fromstring(page)
    assert not tree.xpath("//script/@src | //link | //iframe | //object")
    assert all(one.startswith("data:image/") for one in tree.xpath("//img/@src"))
    assert "default-src 'none'" in tree.xpath("string(//meta[@http-equiv]/@content)")
    assert "à peine cachées" in page
    assert tree.xpath("//*[local-name()='math']") and r"\frac" not in page


def test_every_control_has_a_name_and_every_picture_words() -> None:
    export = quiz.export(exercises(), "fr", "html", id="td", variants=1)
    tree = lxml_html.document_fromstring(export.files["td.html"].decode())
    ids = tree.xpath("//@id")
    assert len(set(ids)) == len(ids)
    for control in tree.xpath("//main//input | //main//select | //main//textarea"):
        label = " ".join(control.xpath("ancestor::label//text()")) + " ".join(
            control.xpath("ancestor::label//img/@alt")
        )
        assert control.get("aria-label") or label.strip(), lxml_html.tostring(control)
    for pointed in tree.xpath("//@aria-labelledby | //@aria-describedby | //@aria-controls"):
        assert set(pointed.split()) <= set(ids)
    assert all(tree.xpath("//main//img/@alt")) and not tree.xpath("//main//img[not(@alt)]")
    assert len(tree.xpath("//form//div[@role='status'][@aria-live]")) == len(tree.xpath("//main//form"))
    levels = [int(one.tag[1]) for one in tree.xpath("//h1 | //main/section/h2 | //main/section/form/h3")]
    assert levels[0] == 1 and all(after - before <= 1 for before, after in pairwise(levels))


def test_answers_are_not_in_plain_sight() -> None:
    export = quiz.export([content.find("conv_output_size")], "fr", "html", id="td", variants=1)
    shown = lxml_html.document_fromstring(export.files["td.html"].decode())
    for part in forms(export):
        for known in part.known:
            assert seen(selftest.html(known.feedback)) not in "".join(shown.text_content().split())
    assert not shown.xpath("//input[@checked] | //option[@selected]")


def test_every_exercise_has_its_questions_or_says_so() -> None:
    export = quiz.export(exercises(), "fr", "html", id="td", variants=1)
    ids = set(lxml_html.document_fromstring(export.files["td.html"].decode()).xpath("//main//form/@id"))
    noted = {(note.exercise, note.part) for note in export.report.notes}
    for item in export.quiz.items:
        for part in item.parts:
            if part.id not in ids:
                assert any(one.startswith(part.id) for one in ids) and (item.exercise, part.name) in noted
            assert part.kind in selftest.CARRIES or (item.exercise, part.name) in noted
            assert words.text(item.solution)
