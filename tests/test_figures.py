"""Figures are whole, legible, the same to the byte, in the reader's language; what cannot be drawn is said."""

from __future__ import annotations

import base64
import hashlib
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from grader import figures, render
from grader.feedback import markup
from grader.figures.svg import SMALLEST, WIDEST, text_width
from grader.figures.words import word, written
from grader.model import Lang

ROOT = Path(__file__).resolve().parent.parent
SVG = "{http://www.w3.org/2000/svg}"
LOSSES = {"train": [2.0, 1.0, 0.5, 0.3], "val": [2.1, 1.2, 0.9, 1.1]}
IMAGE = (np.arange(36).reshape(6, 6) * 7 % 10).tolist()
SOBEL = [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
DEEP = [("input", None, (28, 28, 1)), *[("Conv2D", f"{n}, 3 × 3", (26, 26, n)) for n in range(1, 12)]]

DRAWN: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "curves": ("curves", LOSSES, {"xlabel": "epoch", "ylabel": "loss", "marks": {"arrêt": 3}}),
    "schedule": ("curves", {"a<b": np.linspace(1, 1e-4, 1000)}, {"log": True, "levels": {"½": 0.5}, "x": range(1000)}),
    "cut": ("curves", {"f": [0, 1, 2, 3], "g": [3, None, float("nan"), 0]}, {"ylim": (0, 1.5), "points": True}),
    "panels": ("panels", {"a": LOSSES, "b": LOSSES, "c": LOSSES}, {"letters": "123", "xlabel": "epoch"}),
    "bars": ("bars", {"stop": 780, "yield": 2160}, {"ylabel": "count", "highlight": 0}),
    "histogram": ("bars", [1, 4, 2], {"edges": [0, 0.5, 1, 1.5]}),
    "sideways": ("bars", {"parameters": [0.9, 0.1], "MACs": [0.2, 0.8]}, {"labels": ["dense " * 5, "conv"]}),
    "confusion": ("matrix_figure", [[5, "?"], [1, None]], {"rows": "ab", "columns": "cd", "heat": True}),
    "window": ("matrix_figure", IMAGE, {"window": (1, 2, 3, 3), "cells": (0, 1)}),
    "convolution": ("convolution", IMAGE, {"kernel": SOBEL, "at": (1, 1), "stride": 2, "padding": 1}),
    "pooling": ("convolution", IMAGE, {"size": 2, "stride": 2, "at": (0, 1), "operation": "max"}),
    "stack": ("stack", {"input": (28, 28, 1), "conv": (26, 26, "?"), "output": (10,)}, {"operations": ["3 × 3", ""]}),
    "across": ("architecture", DEEP[:4], {}),
    "rows": ("architecture", DEEP, {"direction": "across"}),
    "down": ("architecture", [*DEEP, ("Dense", None, "?")], {"skips": [(1, 4), (2, 3)]}),
    "network": ("network", [[[0.5, "?"], [1, -2]], [[1], [2]]], {"inputs": [1, 2], "biases": [[0.5, -1], ["b"]]}),
    "bare": ("network", [4, 8, 3], {"names": [None, None, ["a", "b", "c"]], "activations": ["ReLU", "softmax"]}),
    "boxes": ("boxes", {"ground truth": (1, 1, 5, 4), "prediction": (2.5, 2, 7, 5)}, {"corners": True}),
    "timeline": ("timeline", {"LeNet": 1998, "AlexNet": 2012, "VGG": 2014, "ResNet": 2015}, {"xlabel": "time"}),
}  # fmt: skip


def drawn(name: str, lang: Lang = "fr") -> str:
    filter_, value, options = DRAWN[name]
    return str(getattr(figures, filter_)(value, lang, **options))


def texts(drawing: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(drawing).iter(f"{SVG}text")]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", DRAWN)
class TestEveryDrawing:
    def test_is_white_and_fits_the_page(self, name: str, lang: Lang) -> None:
        root = ElementTree.fromstring(drawn(name, lang))
        x, y, width, height = (float(n) for n in root.attrib["viewBox"].split())
        assert 40 <= width <= WIDEST and height <= 1000
        assert (float(root.attrib["width"]), float(root.attrib["height"])) == (width, height)
        ground = root[0].attrib
        assert ground["fill"] == "#fff" and [float(ground[k]) for k in ("x", "y", "width", "height")] == [
            x,
            y,
            width,
            height,
        ]

    def test_holds_what_is_drawn(self, name: str, lang: Lang) -> None:
        root = ElementTree.fromstring(drawn(name, lang))
        x, y, width, height = (float(n) for n in root.attrib["viewBox"].split())
        for node in root.iter(f"{SVG}text"):
            if "transform" in node.attrib:
                continue
            long = text_width(node.text or "", float(node.attrib.get("font-size", 13)))
            at, anchor = float(node.attrib["x"]), node.attrib.get("text-anchor", "start")
            left = at - {"start": 0.0, "middle": long / 2, "end": long}[anchor]
            assert x <= left and left + long <= x + width and y < float(node.attrib["y"]) < y + height, node.text
        for node in root.iter(f"{SVG}polyline"):
            for place in node.attrib["points"].split():
                px, py = (float(n) for n in place.split(","))
                assert x <= px <= x + width and y <= py <= y + height

    def test_is_legible(self, name: str, lang: Lang) -> None:
        root = ElementTree.fromstring(drawn(name, lang))
        for node in root.iter(f"{SVG}text"):
            assert float(node.attrib.get("font-size", 13)) >= SMALLEST
            assert "fill" not in node.attrib  # black

    def test_loads_and_runs_nothing(self, name: str, lang: Lang) -> None:
        kinds = {node.tag.removeprefix(SVG) for node in ElementTree.fromstring(drawn(name, lang)).iter()}
        assert kinds <= {"svg", "rect", "circle", "polyline", "polygon", "text"}
        assert "href" not in drawn(name, lang) and "url(" not in drawn(name, lang)

    def test_is_light(self, name: str, lang: Lang) -> None:
        assert len(drawn(name, lang)) < 24_000


def test_drawings_are_the_same_to_the_byte() -> None:
    """In another process, whose hashes are salted otherwise."""
    here = hashlib.sha256("".join(drawn(name) for name in DRAWN if name != "schedule").encode()).hexdigest()
    script = (
        "import hashlib, sys; sys.path.insert(0, 'tests'); import test_figures as t;"
        "print(hashlib.sha256(''.join(t.drawn(n) for n in t.DRAWN if n != 'schedule').encode()).hexdigest())"
    )
    again = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7"},
    )
    assert again.stdout.strip() == here


def test_figures_are_light_to_import() -> None:
    script = "import sys; import grader.figures; print('matplotlib' in sys.modules, 'jinja2' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "False"]


# ── words ────────────────────────────────────────────────────────────────────


def test_words_are_those_of_the_reader() -> None:
    assert {"époque", "perte", "entraînement", "validation", "1,5"} <= set(texts(drawn("curves", "fr")))
    assert {"epoch", "loss", "training", "validation", "1.5"} <= set(texts(drawn("curves", "en")))
    assert {"entrée", "noyau", "sortie"} <= set(texts(drawn("convolution", "fr")))
    assert {"input", "kernel", "output"} <= set(texts(drawn("convolution", "en")))
    assert "(2,5 ; 2)" in texts(drawn("boxes", "fr")) and "(2.5, 2)" in texts(drawn("boxes", "en"))
    assert word("val_loss", "fr") == "perte (validation)" and word("val_loss", "en") == "validation loss"
    assert word("LeNet", "fr") == "LeNet"


@pytest.mark.parametrize(
    ("value", "fr", "en"),
    [
        (80758, "80\u202f758", "80,758"), (-2.5, "−2,5", "−2.5"), (0.1 + 0.2, "0,3", "0.3"), (2.0, "2", "2"),
        (None, "", ""), ("?", "?", "?"), (1e-5, "1·10⁻⁵", "1·10⁻⁵"), (float("nan"), "—", "—"), (-0.0, "0", "0"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_they_are_read(value: object, fr: str, en: str) -> None:
    assert (written(value, "fr"), written(value, "en")) == (fr, en)


def test_text_is_escaped() -> None:
    drawing = figures.curves({"a<b": [1, 2]}, "en", title='<script>&"')
    assert "<script>" not in drawing and {"a<b", '<script>&"'} <= set(texts(drawing))


# ── what the drawings say ────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("xlabel", "ticks"), [("epoch", ["1", "2"]), ("step", ["1", "2"]), ("x", ["1.0", "1.2", "1.4"])]
)
def test_epochs_have_no_halves(xlabel: str, ticks: list[str]) -> None:
    said = texts(figures.curves({"loss": [7, 8]}, "en", xlabel=xlabel, ylim=(6.9, 9)))
    assert [label for label in said if label.startswith("1") or label == "2"][: len(ticks)] == ticks


def test_lines_are_told_apart_without_colour() -> None:
    root = ElementTree.fromstring(figures.curves({c: [k, k + 1] for k, c in enumerate("pqrstuv")}, "en", letters=True))
    thick = [n for n in root.iter(f"{SVG}polyline") if n.attrib.get("stroke-width") == "2.2"]
    assert len({n.attrib.get("stroke-dasharray") for n in thick}) == 7
    ends = [n for n in root.iter(f"{SVG}text") if n.text in "ABCDEFG"]
    assert [n.text for n in sorted(ends, key=lambda n: -float(n.attrib["y"]))] == list("ABCDEFG")


def test_a_letter_stands_on_its_line_where_two_ends_meet() -> None:
    root = ElementTree.fromstring(figures.curves({"f": [0, 9, 0], "g": [0, 1, 0]}, "en", letters=True, width=100))
    places = {
        n.text: (float(n.attrib["x"]), float(n.attrib["y"])) for n in root.iter(f"{SVG}text") if n.text in ("A", "B")
    }
    assert places["A"][1] < places["B"][1] - 50 and max(x for x, _ in places.values()) < 100


def test_names_at_the_ends_of_lines_never_overlap() -> None:
    root = ElementTree.fromstring(figures.curves({c: [1, 1 + k] for k, c in enumerate("pqrstu")}, "en", ylim=(0, 99)))
    places = sorted(float(n.attrib["y"]) for n in root.iter(f"{SVG}text") if n.text and n.text in "pqrstu")
    assert min(b - a for a, b in pairwise(places)) > 13


def test_a_missing_value_breaks_its_line() -> None:
    def strokes(row: list[Any]) -> int:
        root = ElementTree.fromstring(figures.curves({"f": row}, "en"))
        return sum(n.attrib.get("stroke-width") == "2.2" for n in root.iter(f"{SVG}polyline"))

    assert strokes([1, 2, 3, 4]) == 1 and strokes([1, 2, None, 3, 4]) == 2 and strokes([1, 2, float("inf"), 3, 4]) == 2


def test_a_long_line_keeps_its_peak() -> None:
    row = [1.0] * 5000
    row[3210] = 9.0
    root = ElementTree.fromstring(figures.curves({"f": row}, "en", ylim=(0, 10), height=200))
    (line,) = (n for n in root.iter(f"{SVG}polyline") if n.attrib.get("stroke-width") == "2.2")
    heights = [float(p.split(",")[1]) for p in line.attrib["points"].split()]
    assert len(heights) < 260 and min(heights) == pytest.approx(20, abs=0.1)


def test_an_end_outside_the_frame_is_cut_at_its_edge() -> None:
    root = ElementTree.fromstring(figures.curves({"f": [0, 10]}, "en", x=[0, 1], ylim=(0, 5), width=100, height=100))
    (line,) = (n for n in root.iter(f"{SVG}polyline") if n.attrib.get("stroke-width") == "2.2")
    assert line.attrib["points"] == "0,100 50,0"


def test_a_convolution_shows_what_comes_before_and_nothing_else() -> None:
    image, kernel = [[1, 2, 3], [4, 5, 6], [7, 8, 10]], [[1, 0], [0, 2]]
    plain = texts(figures.convolution(image, "en", kernel=kernel, at=(1, 0), filled="none"))
    before = texts(figures.convolution(image, "en", kernel=kernel, at=(1, 0)))
    whole = texts(figures.convolution(image, "en", kernel=kernel, at=(1, 0), filled="all"))
    assert [t for t in plain if t in ("11", "14", "20", "25")] == [] and plain.count("?") == 1
    assert [t for t in before if t in ("11", "14", "20", "25")] == ["11", "14"]
    assert [t for t in whole if t in ("11", "14", "20", "25")] == ["11", "14", "25"]


def test_the_width_of_a_convolution_does_not_tell_what_is_hidden() -> None:
    wide = {
        figures.convolution(IMAGE, "en", kernel=SOBEL, at=(1, 1), filled=f).split("width=")[1] for f in ("none", "all")
    }
    assert len(wide) == 1


def test_padding_surrounds_the_image() -> None:
    drawing = figures.convolution([[9]], "en", kernel=[[1, 1, 1]] * 3, padding=1)
    assert texts(drawing).count("0") == 8 and texts(drawing).count("?") == 1


# ── what cannot be drawn ─────────────────────────────────────────────────────

WRONG: dict[str, Callable[[], object]] = {
    "no curve": lambda: figures.curves({}),
    "curves that are a list": lambda: figures.curves([1, 2]),
    "words for y": lambda: figures.curves({"f": ["a"]}),
    "x of another length": lambda: figures.curves({"f": [1, 2]}, x=[1, 2, 3]),
    "log of zero": lambda: figures.curves({"f": [0, 1]}, log=True),
    "nothing finite": lambda: figures.curves({"f": [None, float("nan")]}),
    "too many lines": lambda: figures.curves({str(k): [1] for k in range(8)}),
    "too few letters": lambda: figures.curves({"a": [1], "b": [2]}, letters="1"),
    "upside-down limits": lambda: figures.curves({"f": [1]}, ylim=(2, 1)),
    "a negative bar": lambda: figures.bars([-1]),
    "edges": lambda: figures.bars([1, 2], edges=[0, 1]),
    "labels": lambda: figures.bars([1, 2], labels=["a"]),
    "ragged rows": lambda: figures.matrix_figure([[1, 2], [3]]),
    "three dimensions": lambda: figures.matrix_figure(np.zeros((2, 2, 2))),
    "a window outside": lambda: figures.matrix_figure([[1, 2]], window=(0, 1, 1, 2)),
    "a cell outside": lambda: figures.matrix_figure([[1, 2]], cells=[(1, 0)]),
    "a grid wider than the page": lambda: figures.matrix_figure([list(range(40))]),
    "a kernel larger than the image": lambda: figures.convolution([[1]], kernel=[[1, 2]]),
    "no kernel": lambda: figures.convolution([[1]]),
    "a cell that is not in the output": lambda: figures.convolution(IMAGE, kernel=SOBEL, at=(4, 0)),
    "an output of another size": lambda: figures.convolution(IMAGE, size=2, output=[[1]]),
    "a shape that is none": lambda: figures.stack([(0, 3)]),
    "operations": lambda: figures.stack([(3,), (2,)], operations=[]),
    "a layer that is none": lambda: figures.architecture([3]),
    "a skip backwards": lambda: figures.architecture(["a", "b"], skips=[(1, 0)]),
    "weights that do not follow": lambda: figures.network([[[1, 2]], [[1]]]),
    "a large network": lambda: figures.network([3, 40]),
    "biases": lambda: figures.network([[[1, 2]]], biases=[[1]]),
    "an empty box": lambda: figures.boxes({"a": (1, 1, 1, 2)}),
    "five corners": lambda: figures.boxes({"a": (1, 1, 2, 2, 3)}),
    "no event": lambda: figures.timeline({}),
    "no image": lambda: figures.strip([]),
    "an image of four channels": lambda: figures.strip([np.zeros((2, 2, 4))]),
    "a strip wider than the page": lambda: figures.strip([np.zeros((99, 99))] * 9),
    "a letter nobody drew": lambda: figures.strip([np.zeros((9, 9))], letters="é"),
    "a digit that is none": lambda: figures.digit(1, 12),
    "a fruit that is none": lambda: figures.fruit("plum", "red", 1),
    "a sign that is none": lambda: figures.sign(1, "boat"),
    "ᾱ above 1": lambda: figures.noised(np.zeros((2, 2)), 1.1),
    "a kernel on colours": lambda: figures.filtered(np.zeros((9, 9, 3)), SOBEL),
    "images of two shapes": lambda: figures.separable(np.zeros((2, 2)), np.zeros((3, 3))),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_drawn_is_said(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"\w{4}") as caught:
        WRONG[wrong]()
    assert len(str(caught.value)) > 20


# ── pixels ───────────────────────────────────────────────────────────────────


def test_a_strip_holds_its_images_and_letters() -> None:
    dark, pale = np.zeros((8, 8)), np.full((8, 8), 200, dtype=np.uint8)
    plain = figures.strip([dark, pale], letters=False, zoom=2)
    assert plain.shape == (16 + 20, 2 * 16 + 30) and plain.dtype == np.uint8
    assert (plain[10:26, 10:26] == 0).all() and (plain[10:26, 36:52] == 200).all() and plain[0, 0] == 255
    lettered = figures.strip([pale, pale], zoom=2)
    assert lettered.shape[0] == plain.shape[0] + 22
    ink = lettered[10:24, :31] == 0, lettered[10:24, 31:] == 0
    assert (ink[0].sum(), ink[1].sum()) == tuple(4 * figures.lettering(c, 1).sum() for c in "AB")
    assert figures.strip([np.zeros((4, 4, 3)), np.ones((4, 4, 3)) * [1, 0, 0]]).shape[2] == 3


PICTURES: dict[str, Callable[[int], np.ndarray[Any, Any]]] = {
    "scene": figures.scene,
    "digit": figures.digit,
    "sign": figures.sign,
    "fruit": lambda seed: figures.fruit(figures.FRUITS[seed % 4], ("red", "green", "yellow")[seed % 3], seed),
    "noised": lambda seed: figures.noised(figures.fruit("apple", "red", 1), 0.5, seed),
}
FINGERPRINTS = {
    "scene": "b116c7f0b9a8",
    "digit": "5f0b7cf74e74",
    "sign": "146bf359fdcb",
    "fruit": "b9452b1c267a",
    "noised": "6768a1430cfe",
}


@pytest.mark.parametrize("name", PICTURES)
class TestEveryPicture:
    def test_is_an_image(self, name: str) -> None:
        for seed in range(24):
            image = PICTURES[name](seed)
            assert image.dtype == np.float64 and image.min() >= 0 and image.max() <= 1
            assert (image * 255 == np.rint(image * 255)).all() or np.allclose(
                image * 255, np.rint(image * 255), atol=1e-9
            )
            assert image.std() > 0.1

    def test_differs_from_seed_to_seed(self, name: str) -> None:
        assert len({PICTURES[name](seed).tobytes() for seed in range(50)}) == 50

    def test_never_changes(self, name: str) -> None:
        """A student's pictures are those that were graded, whatever numpy is installed."""
        pixels = b"".join(np.rint(PICTURES[name](seed) * 255).astype(np.uint8).tobytes() for seed in range(4))
        assert hashlib.sha256(pixels).hexdigest()[:12] == FINGERPRINTS[name]


def test_random_numbers_are_uniform_and_normal() -> None:
    flat, normal = figures.uniform(3, 20_000), figures.gaussian(3, 20_000)
    assert abs(flat.mean() - 0.5) < 0.01 and abs(flat.var() - 1 / 12) < 0.003 and 0 <= flat.min() < flat.max() < 1
    assert abs(normal.mean()) < 0.03 and abs(normal.std() - 1) < 0.02 and abs((normal**3).mean()) < 0.1
    assert abs(np.corrcoef(figures.uniform(3, 9999), figures.uniform(4, 9999))[0, 1]) < 0.04


def test_noise_grows_as_alpha_bar_falls() -> None:
    image = figures.fruit("banana", "yellow", 5)
    far = [np.abs(figures.noised(image, a, 2) - image).mean() for a in (1, 0.95, 0.7, 0.4, 0.1, 0)]
    assert far[0] == 0 and far == sorted(far) and len(set(far)) == 6


def test_filters_correlate_and_keep_the_size() -> None:
    image = np.zeros((7, 7))
    image[3, 3] = 1.0
    kernel = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert figures.response(image, kernel)[2:5, 2:5].tolist() == np.array(kernel)[::-1, ::-1].tolist()  # not flipped
    assert (figures.filtered(np.full((5, 5), 0.6), np.full((3, 3), 1 / 9)) == 0.6).all()  # no dark border
    scene = figures.scene(3)
    assert (figures.filtered(scene, [[1]]) == scene).all()
    edges = figures.filtered(scene, SOBEL)
    assert edges.shape == scene.shape and abs(np.median(edges) - 0.5) < 0.03
    assert figures.separable(figures.filtered(scene, [[-1]]), scene) == pytest.approx(0, abs=1e-6)


def test_a_scene_tells_kernels_apart() -> None:
    upright, flat = np.array(SOBEL), np.array(SOBEL).T
    bank = [
        upright,
        flat,
        [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
        np.full((7, 7), 1 / 49),
        [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    ]
    for seed in range(12):
        made = [figures.filtered(figures.scene(seed), k) for k in bank]
        apart = [figures.separable(a, b) for i, a in enumerate(made) for b in made[:i]]
        assert min(apart) >= 0.10, seed
    prewitt = figures.filtered(figures.scene(1), [[1, 0, -1]] * 3)
    assert figures.separable(figures.filtered(figures.scene(1), upright), prewitt) < 0.05


def test_what_is_uniform_is_like_nothing_but_itself() -> None:
    flat, scene = np.full((64, 64), 0.3), figures.scene(1)
    assert figures.separable(flat, scene) == 1 and figures.separable(flat, 1 - flat) == 0


# ── in a statement ───────────────────────────────────────────────────────────


def test_an_author_writes_a_filter() -> None:
    source = (
        '![pertes]({{ losses | curves(xlabel="epoch", ylabel="loss") }}) ![bruit]({{ pictures | strip(letters="12") }})'
    )
    values = {"losses": LOSSES, "pictures": [figures.digit(1), figures.digit(2)]}
    html = markup.markdown(render.fill(source, values, "fr"), "fr")
    held = re.findall(r'<img src="data:image/([\w+]+);base64,([\w+/=]+)" alt="(\w+)"', html)
    assert [(kind, alt) for kind, _, alt in held] == [("svg+xml", "pertes"), ("png", "bruit")]
    assert "époque" in texts(base64.b64decode(held[0][1]).decode())
    file = base64.b64decode(held[1][1])
    width, height, depth, colours = struct.unpack(">IIBB", file[16:26])
    size = struct.unpack(">I", file[33:37])[0]
    assert (depth, colours) == (8, 0) and len(zlib.decompress(file[41 : 41 + size])) == height * (width + 1)


def test_a_figure_that_cannot_be_drawn_is_a_text_that_cannot_be_filled() -> None:
    with pytest.raises(render.Missing, match="one length"):
        render.fill("{{ rows | matrix_figure }}", {"rows": [[1], [2, 3]]}, "fr")


def test_the_guide_names_every_filter_and_nothing_else() -> None:
    guide = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(\w+)` \|", guide, re.MULTILINE))
    assert named == {*figures.filters("fr"), "strip", "png"}
    for name in (
        "scene",
        "digit",
        "sign",
        "fruit",
        "noised",
        "filtered",
        "separable",
        "response",
        "uniform",
        "gaussian",
    ):
        assert f"`{name}(" in guide


def test_the_same_values_are_drawn_once_and_others_anew() -> None:
    draw = figures.filters("fr")["matrix_figure"]
    cells = np.array([[0.25, 1.0], [2.0, 3.0]])
    first = draw(cells)
    assert draw(cells.copy()) is first
    assert draw(cells + 1) != first and draw(cells, digits=1) != first
    cells[0, 0] = 7
    assert draw(cells) != first
    assert figures._key([1]) != figures._key([1.0]) != figures._key([True]) != figures._key((True,))
