"""What a student reads back: formulas are MathML, nothing of a student's runs, and a browser shows it."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html as lxml_html

from grader import feedback, judge
from grader.feedback import Marked, Page, Part, formula, harmless, markdown, points, sentence, shown, typography
from grader.feedback.markup import clean
from grader.model import Curve, Lang, Measure, Measured, Status, Text
from tests.browser import opened

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


# ── formulas ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "tex",
    [
        r"\left\lfloor \frac{28 + 2 \times 1 - 3}{2} \right\rfloor + 1",
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
        r"\sum_{i=1}^{n} w_i x_i",
        r"x \in \mathbb{R}^{n}",
        r"\hat{y} = \sigma(Wx + b)",
        r"80\,758",
        r"\sqrt{\bar\alpha_t}\,x_0",
        r"a < b",
    ],
)
def test_the_formulas_of_a_course_become_mathml(tex: str) -> None:
    assert formula(tex).startswith("<math")
    assert "\\" not in formula(tex)


@pytest.mark.parametrize(
    "tex",
    [
        r"\unknownmacro{x}",
        r"\frac{a",
        r"\text{<script>alert(1)</script>}",
        r"\href{javascript:alert(1)}{x}",
        "",
        r"\left(",
    ],
)
def test_what_the_converter_does_not_know_is_shown_as_code(tex: str) -> None:
    assert formula(tex).startswith('<code class="tex">')
    assert "<script" not in formula(tex)


def test_a_displayed_formula_has_a_line_of_its_own() -> None:
    assert 'display="block"' in markdown("$$\\frac{a}{b}$$", "fr")
    assert 'display="inline"' in markdown("la taille $n$ vaut", "fr")


def test_no_line_begins_with_the_punctuation_after_a_formula() -> None:
    assert "</math>\u202f;</span>" in markdown("vaut $n$ ; puis", "fr")
    assert "</math>,</span>" in markdown("is $n$, then", "en")
    assert "</math> then" in markdown("is $n$ then", "en")


def test_a_price_is_no_formula_and_code_is_left_alone() -> None:
    assert "<math" not in markdown("it costs 5 $ or 6 $ here", "en")
    assert "<math" not in markdown("`$x$`", "fr")


# ── typography ───────────────────────────────────────────────────────────────


def test_french_sets_a_thin_space_before_double_punctuation() -> None:
    assert typography("Oui ! Non ? « a » : b ; c", "fr") == "Oui\u202f! Non\u202f? «\u202fa\u202f»\u202f: b\u202f; c"
    assert typography("a : b", "en") == "a : b"
    assert "\u202f!" in markdown("Bravo !", "fr")
    assert "a : b" in markdown("`a : b`", "fr")


def test_points_say_no_more_than_they_must() -> None:
    assert [points(value, "fr") for value in (1.0, 1.5, 1 / 3, 0.0)] == ["1", "1,5", "0,33", "0"]
    assert points(1.5, "en") == "1.5"


# ── what a student wrote ─────────────────────────────────────────────────────

EVIL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<svg onload="alert(1)"><script>alert(1)</script></svg>',
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe src='https://evil.example'></iframe>",
    "<style>body{display:none}</style>",
    "<div style='position:fixed;inset:0'>x</div>",
    "<form action='https://evil.example'><input name=a></form>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<img src='https://evil.example/pixel.png'>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example>",
]


def runs(page: str) -> list[str]:
    """Everything in the page that could run, load, or leave it."""
    found = []
    for element in lxml_html.fragment_fromstring(page, create_parent="div").iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag in {
            "script",
            "style",
            "iframe",
            "object",
            "embed",
            "form",
            "input",
            "link",
            "meta",
            "base",
            "svg",
        }:
            found.append(element.tag)
        for name, value in element.attrib.items():
            if name.startswith("on") or name == "style" or re.match(r"(?i)\s*(javascript|data:text|//)", value):
                found.append(f"{element.tag} {name}={value}")
            if name == "src" and not value.startswith("data:image/"):
                found.append(f"{element.tag} {name}={value}")
    return found


@pytest.mark.parametrize("evil", EVIL)
def test_html_that_a_student_displays_is_made_harmless(evil: str) -> None:
    assert runs(evil), "the test does not see what is wrong with it"
    assert runs(clean(evil)) == []
    assert runs(markdown(evil, "fr")) == []
    assert runs(sentence(evil, "fr")) == []
    assert runs(shown([{"output_type": "display_data", "data": {"text/html": evil}, "metadata": {}}])) == []
    assert runs(shown([{"output_type": "stream", "name": "stdout", "text": evil}])) == []
    assert runs(shown([{"output_type": "error", "ename": evil, "evalue": evil, "traceback": [evil]}])) == []
    assert runs(feedback.code(evil)) == []


@pytest.mark.parametrize(
    "written", ["[x](javascript:alert(1))", "![x](https://evil.example/a.png)", "[x](https://evil.example)", "<b>x</b>"]
)
def test_a_sentence_that_quotes_a_student_has_no_link_picture_or_html(written: str) -> None:
    assert not re.search(r"<(a|img|b)\b", sentence(written, "en"))


def test_a_picture_must_be_what_it_says() -> None:
    def output(data: object) -> list[dict[str, object]]:
        return [{"output_type": "display_data", "data": {"image/png": data}, "metadata": {}}]

    assert "data:image/png;base64," in shown(output(PIXEL))
    assert harmless(output('"><script>alert(1)</script>')) == []
    assert harmless(output(base64.b64encode(b"<svg onload=alert(1)>").decode())) == []
    assert harmless(output(3)) == []


def test_formats_that_run_or_draw_over_the_page_are_dropped() -> None:
    for kind in (
        "image/svg+xml",
        "application/javascript",
        "text/markdown",
        "text/latex",
        "application/vnd.widget+json",
    ):
        assert harmless([{"output_type": "display_data", "data": {kind: "<script>1</script>"}, "metadata": {}}]) == []
    assert harmless([{"output_type": "update_display_data"}, {"output_type": "display_data", "data": 3}, {}]) == []


def test_terminal_escapes_and_controls_are_not_shown() -> None:
    text = shown(
        [{"output_type": "stream", "name": "stdout", "text": "\x1b[31mred\x1b[0m\x1b]0;title\x07 \x00\u202eabc"}]
    )
    assert text == '<pre class="stdout">red \ufffd\ufffdabc</pre>'


def test_a_very_long_output_keeps_its_head_and_tail() -> None:
    text = shown([{"output_type": "stream", "name": "stdout", "text": "a" * 10**6 + "end"}])
    assert len(text) < 300_000
    assert text.endswith("end</pre>")


# ── the page ─────────────────────────────────────────────────────────────────


def marked(status: Status, score: float | None, **facts: object) -> Marked:
    base = Marked(
        anchor=f"conv-{status}",
        title="1. Taille de sortie d’une convolution",
        name=str(status),
        points=2.0,
        score=score,
        status=status,
        by_hand=False,
        answer_html=feedback.code("size = (28 + 1 - 3) // 2\n" + EVIL[0]),
        printed_html=shown([{"output_type": "stream", "name": "stdout", "text": "13\n"}]),
        sentence_html=sentence("Le *padding* s’ajoute des deux côtés : $28 + 2 \\times 1$, et non $28 + 1$ !", "fr"),
        evidence=("size = 13", EVIL[1]),
        checks_html=feedback.code("assert size > 0"),
    )
    return replace(base, **facts)  # type: ignore[arg-type]  # any field


def example() -> Page:
    statement = (
        "## Taille de sortie d'une convolution\n\n"
        "Une image de $28 \\times 28$ pixels traverse la couche\n\n    nn.Conv2d(3, 16)"
    )
    solution = "$$\\left\\lfloor \\frac{28 + 2 \\times 1 - 3}{2} \\right\\rfloor + 1 = 14$$"
    scores = {Status.CORRECT: 2.0, Status.PARTIAL: 1.5, Status.BROKEN: None}
    parts = [Part("setup", feedback.code("import numpy as np")), Part("words", markdown(statement, "fr"))]
    parts += [Part("question", marked=marked(status, scores.get(status, 0.0))) for status in Status]
    comment = sentence("Bien vu, **mais** relisez.", "fr")
    parts += [Part("question", marked=marked(Status.WRONG, 1.0, by_hand=True, anchor="hand", comment_html=comment))]
    parts += [Part("solution", markdown(solution, "fr"))]
    remarks = ("La cellule size est en plusieurs exemplaires.", EVIL[0])
    return Page("fr", "TD 1", "Réseaux convolutifs", "ada", 4.5, 18.0, 0.5, parts, remarks)


def test_the_page_has_no_script_and_no_remote_address_and_says_so_to_the_browser() -> None:
    text = feedback.page(example())
    page = lxml_html.document_fromstring(text)
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    assert page.xpath("//script | //link | //iframe | //object | //embed | //form | //base") == []
    assert [v for v in page.xpath("//@src | //@href") if not v.startswith(("#", "data:image/"))] == []
    assert "url(" not in text
    assert "@import" not in text


def test_each_question_says_points_status_reason_and_evidence() -> None:
    page = lxml_html.document_fromstring(feedback.page(example()))
    assert page.get("lang") == "fr"
    assert "ada" in page.findtext(".//title")
    for status in Status:
        [section] = page.xpath(f"//section[@id='conv-{status}']")
        assert feedback.WORDS[status]["fr"] in section.text_content()
        assert "size = 13" in section.text_content()
        assert section.xpath(".//*[local-name()='math']")
        assert page.xpath(f"//nav//a[@href='#conv-{status}']")
    [broken] = page.xpath(f"//section[@id='conv-{Status.BROKEN}']")
    assert "à noter" in broken.text_content()
    [hand] = page.xpath("//section[@id='hand']")
    assert "Noté à la main" in hand.text_content()
    assert "Bien vu" in hand.text_content()
    assert "4,5" in page.xpath("string(//p[@class='total'])")
    assert "Pénalité de retard" in page.xpath("string(//p[@class='total'])")


def test_every_status_has_words_and_a_sign_of_its_own() -> None:
    assert set(feedback.WORDS) == set(feedback.SIGNS) == set(Status)
    assert len(set(feedback.SIGNS.values())) == len(Status)
    for lang in ("fr", "en"):
        assert len({text[lang] for text in feedback.WORDS.values()}) == len(Status)  # type: ignore[index]  # a Lang


# ── a training ───────────────────────────────────────────────────────────────

FIRST, SECOND = Measure(0.819, 0.912, 0.921), Measure(0.9185, 0.912, 0.921)
WORDS = Text("Part de bonnes réponses sur des chiffres jamais vus", "Share of right answers on unseen digits")
ONCE = (Measured("unseen", WORDS, SECOND),)
TWICE = (Measured("unseen", WORDS, FIRST, 1, counts=False), Measured("unseen", WORDS, SECOND, 2))
HISTORY = (
    Curve("loss", (0.9, 0.5, None, 0.3)),
    Curve("val_loss", (1.0, 0.6, 0.5, 0.4)),
    Curve("accuracy", (0.5, 0.7, 0.8, 0.9)),
    Curve("val_accuracy", (0.4, 0.7, 0.8, 0.85)),
)


def drawings(html: str) -> list[str]:
    """The SVG of each picture."""
    found = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', html)
    return [base64.b64decode(one).decode() for one in found]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_training_is_drawn_against_its_thresholds(lang: Lang) -> None:
    html = feedback.training(ONCE, (), lang)
    [drawing] = drawings(html)
    said = {"fr": ["0,918", "seuil 0,912", "tous les points à 0,921"], "en": ["0.918", "threshold 0.912", "from 0.921"]}
    assert all(words in drawing for words in said[lang])
    assert WORDS[lang] in html
    assert {"fr": "Marge sur le seuil\u202f: +0,006", "en": "Margin over the threshold: +0.006"}[lang] in html
    [alt] = lxml_html.fragment_fromstring(html).xpath(".//img/@alt")
    assert all(figure in alt.replace(",", ".") for figure in ("0.918", "0.912", "0.921"))


def test_a_value_stands_on_its_side_of_the_threshold() -> None:
    """In pixels: the triangle of the value, and the line of the gate."""
    for value, above in ((0.95, True), (0.913, True), (0.911, False), (0.1, False)):
        [drawing] = drawings(feedback.training((Measured("x", WORDS, Measure(value, 0.912, 0.921)),), (), "en"))
        tip = float(re.search(r'<polygon points="[^"]* ([\d.-]+),0"', drawing)[1])  # type: ignore[index]  # it is there
        gate = float(re.search(r'<polyline points="([\d.-]+),0', drawing)[1])  # type: ignore[index]
        assert (tip > gate) is above, value


def test_both_graded_runs_are_on_one_scale_and_the_one_that_counts_is_said() -> None:
    html = feedback.training(TWICE, (), "fr")
    [drawing] = drawings(html)
    assert "entraînement 1\u202f: 0,819" in drawing and "entraînement 2\u202f: 0,918" in drawing
    assert "Marge sur le seuil\u202f: −0,093 (entraînement 1), +0,006 (entraînement 2, qui compte)" in html


def test_what_the_figures_say_is_not_said_again() -> None:
    once, twice = (judge.measured(one, "fr") for one in (SECOND, FIRST))
    assert feedback.otherwise((once, "x = 3"), ONCE, "fr") == ("x = 3",)
    lines = (f"entraînement 1 sur 2 : {twice}", f"entraînement 2 sur 2 : {once}", "entraînement 2 sur 2 : x = 3")
    assert feedback.otherwise(lines, TWICE, "fr") == ("entraînement 2 sur 2 : x = 3",)
    assert feedback.otherwise((once,), (), "fr") == (once,)  # an older record has no figures


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_in_words_a_measure_has_the_label_of_its_figure(lang: Lang) -> None:
    [(label, lines)] = feedback.labelled(TWICE, lang)
    html = feedback.training(TWICE, (), lang)
    assert f"<figcaption><p>{label}</p>" in html and len(lines) == 2
    bare = (Measured("x", Text("", ""), SECOND),)
    [(label, lines)] = feedback.labelled(bare, lang)
    assert f"<figcaption><p>{label}</p>" in feedback.training(bare, (), lang)
    assert lines == (judge.measured(SECOND, lang),)


def test_losses_and_accuracies_have_a_plot_each_and_the_threshold_is_on_the_second() -> None:
    loss, accuracy = drawings(feedback.training(ONCE, HISTORY, "fr"))[1:]
    assert "perte" in loss and "exactitude" in accuracy and "époque" in loss
    assert "validation" in loss and "seuil" in accuracy and "seuil" not in loss
    [steps] = drawings(feedback.training((), (Curve("losses", (3.0, 2.0, 1.0), 5),), "en"))
    assert "step" in steps


def test_curves_that_nobody_can_draw_or_that_are_hostile_leave_the_page_whole() -> None:
    for name in ("loss" + EVIL[0], 'loss" onload="alert(1)', "loss" * 200):
        html = feedback.training(ONCE, (Curve(name, (1.0, 2.0)), Curve("loss", (3.0, 1.0))), "en")
        assert drawings(html)
        assert "<script" not in html + "".join(drawings(html)) and 'onload="' not in html
    flat = feedback.training((), (Curve("loss", (0.0, 0.0)), Curve("weight", (1.0, 2.0))), "en")
    assert len(drawings(flat)) == 1
    assert drawings(feedback.training((Measured("x", WORDS, Measure(1e30, 1.4, 1.4)),), (), "fr"))


def test_a_progress_bar_is_shown_as_it_stood_in_the_end() -> None:
    bar = "\r1/3 ━━ 1s\x08\x08\x08\r2/3 ━━ 1s\x08\x08\x08\r3/3 ━━ 0s - loss: 0.5\nEpoch 2/2\n"
    text = shown([{"output_type": "stream", "name": "stdout", "text": bar}])
    assert text == '<pre class="stdout">3/3 ━━ 0s - loss: 0.5\nEpoch 2/2\n</pre>'


def test_a_picture_is_named_in_the_language_of_the_page() -> None:
    output = {"output_type": "display_data", "data": {"image/png": PIXEL, "text/plain": "<Figure>"}, "metadata": {}}
    assert 'alt="Image 2 affichée par le code"' in shown([output, output], "fr")
    assert 'alt="Picture 1 shown by the code"' in shown([output], "en")


# ── a browser ────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_chromium_shows_formulas_and_runs_nothing(tmp_path: Path) -> None:
    evil = "<p id=canary>safe</p><script>document.getElementById('canary').textContent = 'owned'</script>"
    page = feedback.page(example())
    tested = page.replace("</main>", f"{evil}</main>")  # even what got past us is stopped by the policy
    dom = lxml_html.document_fromstring(opened(tmp_path, tested, "--dump-dom"))
    assert dom.xpath("string(//p[@id='canary'])") == "safe"
    assert len(dom.xpath("//*[local-name()='math']")) > 10
    assert lxml_html.document_fromstring(page).xpath("//script") == []


@pytest.mark.slow
def test_chromium_draws_and_prints_the_page(tmp_path: Path) -> None:
    page = feedback.page(example())
    opened(tmp_path, page, "--window-size=900,1600", f"--screenshot={tmp_path / 'page.png'}")
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "page.png").stat().st_size > 30_000  # a blank page compresses to less
    opened(tmp_path, page, f"--print-to-pdf={tmp_path / 'page.pdf'}", "--no-pdf-header-footer")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
