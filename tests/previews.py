"""Pictures of exported questions as Moodle and Canvas lay them out, drawn from the exported files alone.

``python tests/previews.py`` writes docs/images/moodle.png and docs/images/canvas.png. Neither platform is here: the
pages imitate theirs, and show what the files hold.
"""

from __future__ import annotations

import base64
import io
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from html import escape, unescape
from pathlib import Path

from grader import content, quiz, tex
from grader.model import Lang

ROOT = Path(__file__).resolve().parent.parent
SHOWN = {  # questions, by exercise, and the height of their picture
    "moodle": ({"conv_output_size": "size", "gradient_step": "step", "adam_first_step": "effect"}, 1240),
    "canvas": ({"conv_output_size": "size", "cnn_parameters": "parameters", "adam_first_step": "effect"}, 1500),
}
MOODLE = """
body { margin: 0; padding: 18px; width: 864px; background: #fff; color: #1d2125; font: 15px/1.5 system-ui, sans-serif }
.que { display: flex; gap: 16px; margin-bottom: 20px }
.info { flex: 0 0 112px; align-self: flex-start; border: 1px solid #cad0d7; border-radius: 3px; padding: 8px;
        font-size: 12px; background: #f8f9fa }
.info h3 { margin: 0 0 6px; font-size: 13px; font-weight: 400 } .info b { font-size: 18px }
.content { flex: 1; min-width: 0 }
.formulation { background: #e7f3f5; border: 1px solid #cce6ea; border-radius: 3px; padding: 12px 16px }
.outcome { background: #fcefdc; color: #7d5a29; border: 1px solid #fbe8cd; border-radius: 3px; margin-top: 12px;
           padding: 10px 16px }
input, select { font: inherit; border: 1px solid #8f959e; border-radius: 4px; padding: 3px 8px; background: #fff;
                color: inherit }
input[type=text] { width: 7em } input.wrong { border-color: #ca3120 } .mark { color: #ca3120; font-weight: 700 }
.ablock div, label { display: block; margin: 5px 0 }
"""
CANVAS = """
body { margin: 0; padding: 18px; width: 864px; background: #fff; color: #2d3b45;
       font: 16px/1.5 Lato, system-ui, sans-serif }
.question { border: 1px solid #c7cdd1; margin-bottom: 22px }
.header { display: flex; justify-content: space-between; background: #f5f5f5; border-bottom: 1px solid #c7cdd1;
          padding: 8px 14px; font-weight: 700 }
.text { padding: 12px 20px } .answer { border-top: 1px solid #dddddd; padding: 9px 0 }
.match { display: flex; align-items: center; gap: 20px } .match > :first-child { flex: 0 0 200px }
input, select { font: inherit; border: 1px solid #c7cdd1; border-radius: 3px; padding: 4px 8px; background: #fff;
                color: inherit }
input[type=text] { width: 8em }
"""
BOTH = """
p { margin: 6px 0 } table { border-collapse: collapse } td, th { padding: 3px 12px 3px 0 } img { max-width: 100% }
pre { background: #f2f4f6; padding: 8px 12px; margin: 6px 0; font-size: 13px } code { font-size: .92em; color: #9c2758 }
pre code { color: inherit } math { font-size: 1.05em }
"""


def maths(text: str) -> str:
    r"""What MathJax does on the platform: ``\( \)`` and ``\[ \]``."""
    shown = re.sub(r"\\\((.*?)\\\)", lambda found: tex.mathml(unescape(found[1])), text, flags=re.DOTALL)
    return re.sub(r"\\\[(.*?)\\\]", lambda found: tex.mathml(unescape(found[1]), display=True), shown, flags=re.DOTALL)


def _is_shown(to: str, ident: str) -> bool:
    return any(ident.startswith(f"{id}-") and ident.endswith(f"-{name}") for id, name in SHOWN[to][0].items())


# ── Moodle ───────────────────────────────────────────────────────────────────


def moodle(file: bytes) -> str:
    questions = [one for one in ET.fromstring(file).iterfind("question") if one.get("type") != "category"]
    shown = [one for one in questions if _is_shown("moodle", one.findtext("idnumber") or "")]
    return "".join(_moodle(n, one) for n, one in enumerate(shown, 1))


def _moodle(n: int, one: ET.Element) -> str:
    kind = one.get("type")
    body, outcome = _text(one.find("questiontext")), ""
    wrong = next((a for a in one.iterfind("answer") if a.get("fraction") == "0" and a.findtext("feedback/text")), None)
    if kind == "numerical" and wrong is not None:  # seen after a wrong answer
        typed = f'<input type="text" class="wrong" value="{wrong.findtext("text")}">'
        body += f'<p>Réponse : {typed} <span class="mark">✗</span></p>'
        outcome = f'<div class="outcome">{_text(wrong.find("feedback"))}{_text(one.find("generalfeedback"))}</div>'
    elif kind == "multichoice":
        kind_of = "radio" if one.findtext("single") == "true" else "checkbox"
        letters = "abcdefghij"
        options = (
            f'<div><input type="{kind_of}"> {letters[k]}. {re.sub("^<p>|</p>$", "", _text(a))}</div>'
            for k, a in enumerate(one.iterfind("answer"))
        )
        body += f'<div class="ablock">{"".join(options)}</div>'
    elif kind == "matching":
        rows = (
            f"<tr><td>{_text(row)}</td><td><select><option>Choisir…</option></select></td></tr>"
            for row in one.iterfind("subquestion")
            if row.findtext("text")
        )
        body += f"<table>{''.join(rows)}</table>"
    body = _gaps(body)
    state = "Incorrect" if outcome else "Pas encore répondu"
    worth = float(one.findtext("defaultgrade") or body.count('<input type="text"')) or 1.0
    return (
        f'<div class="que"><div class="info"><h3>Question <b>{n}</b></h3>{state}<br>'
        f"Noté sur {f'{worth:.2f}'.replace('.', ',')}</div>"
        f'<div class="content"><div class="formulation">{body}</div>{outcome}</div></div>'
    )


def _text(node: ET.Element | None) -> str:
    """Its HTML, with the files that are inside it."""
    if node is None:
        return ""
    said = node.findtext("text") or ""
    for file in node.iterfind("file"):
        mime = {"svg": "image/svg+xml", "jpg": "image/jpeg"}.get(str(file.get("name")).rpartition(".")[2], "image/png")
        said = said.replace(f"@@PLUGINFILE@@/{file.get('name')}", f"data:{mime};base64,{file.text}")
    return maths(said)


def _gaps(body: str) -> str:
    """Fields of a cloze question."""
    return re.sub(r"\{\d+:(?:NUMERICAL|SHORTANSWER):(?:\\.|[^}\\])*\}", '<input type="text">', body)


# ── Canvas ───────────────────────────────────────────────────────────────────


def canvas(package: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(package)) as files:
        name = next(name for name in files.namelist() if re.fullmatch(r"[^/]+/(?!assessment_meta)[^/]+\.xml", name))
        root = _bare(ET.fromstring(files.read(name)))
        pictures = {name: files.read(name) for name in files.namelist() if name.startswith("images/")}
    items = [one for one in root.iter("item") if _is_shown("canvas", one.get("ident") or "")]
    return "".join(_canvas(n, one, pictures) for n, one in enumerate(items, 1))


def _bare(node: ET.Element) -> ET.Element:
    for one in node.iter():
        one.tag = one.tag.rpartition("}")[2]
    return node


def _fact(item: ET.Element, label: str) -> str:
    fields = {one.findtext("fieldlabel"): one.findtext("fieldentry") or "" for one in item.iter("qtimetadatafield")}
    return fields.get(label, "")


def _canvas(n: int, item: ET.Element, pictures: dict[str, bytes]) -> str:
    presentation = item.find("presentation")
    assert presentation is not None
    body = _html(presentation.findtext("material/mattext") or "", pictures)
    kind = _fact(item, "question_type")
    answers = ""
    for one in presentation.iterfind("response_lid"):
        options = [_html(label.findtext("material/mattext") or "", pictures) for label in one.iter("response_label")]
        if kind in ("multiple_choice_question", "multiple_answers_question"):
            box = "radio" if kind == "multiple_choice_question" else "checkbox"
            answers += "".join(f'<div class="answer"><input type="{box}"> {_line(said)}</div>' for said in options)
        elif kind == "matching_question":
            stem = _html(one.findtext("material/mattext") or "", pictures)
            menu = "<select><option>[ Choose ]</option></select>"
            answers += f'<div class="answer match"><span>{_line(stem)}</span>{menu}</div>'
        else:
            name = one.findtext("material/mattext") or ""
            body = body.replace(f"[{name}]", '<input type="text">')
    if presentation.find("response_str") is not None:
        answers = '<div class="answer"><input type="text"></div>'
    points = float(_fact(item, "points_possible"))
    return (
        f'<div class="question"><div class="header"><span>Question {n}</span>'
        f"<span>{points:g} pt{'s' * (points != 1)}</span></div>"
        f'<div class="text">{body}{answers}</div></div>'
    )


def _line(said: str) -> str:
    return re.sub("^<p>|</p>$", "", said)


def _html(said: str, pictures: dict[str, bytes]) -> str:
    """Canvas draws an equation image from its LaTeX, and finds files beside the quiz."""
    said = re.sub(
        r'<img class="equation_image"[^>]*?data-equation-content="([^"]*)"[^>]*>',
        lambda found: tex.mathml(unescape(found[1])),
        said,
    )
    for name, data in pictures.items():
        mime = "image/svg+xml" if name.endswith(".svg") else "image/png"
        address = f"data:{mime};base64,{base64.b64encode(data).decode()}"
        said = re.sub(rf'src="[^"]*{re.escape(Path(name).name)}[^"]*"', f'src="{address}"', said)
    return said


# ── pictures ─────────────────────────────────────────────────────────────────


def page(questions: str, style: str, lang: Lang) -> str:
    head = f'<meta charset="utf-8"><title>{escape("Questions")}</title><style>{BOTH}{style}</style>'
    return f'<!doctype html><html lang="{lang}"><head>{head}</head><body>{questions}</body></html>'


def exported(to: str, lang: Lang) -> bytes:
    made = quiz.export([content.find(id) for id in SHOWN[to][0]], lang, to, id="td1", variants=1)
    return next(data for name, data in made.files.items() if name.endswith((".xml", ".zip")))


def pages() -> dict[str, str]:
    return {
        "moodle": page(moodle(exported("moodle", "fr")), MOODLE, "fr"),
        "canvas": page(canvas(exported("canvas", "en")), CANVAS, "en"),
    }


def main() -> None:
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        sys.exit("no Chromium here: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        for name, written in pages().items():
            file = Path(folder, f"{name}.html")
            file.write_text(written, "utf-8")
            options = (
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--hide-scrollbars",
            )
            offline = (
                "--disable-background-networking",
                "--disable-component-update",
                f"--user-data-dir={folder}/{name}",
            )
            picture = f"--screenshot={ROOT / 'docs' / 'images' / f'{name}.png'}"
            size = f"--window-size=900,{SHOWN[name][1]}"
            subprocess.run([browser, *options, *offline, picture, size, file.as_uri()], check=True, capture_output=True)


if __name__ == "__main__":
    main()
