"""Fruits: what is drawn, the same everywhere, and the same in the notebook that students are given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader import content, datasets, feedback
from grader.datasets import fruits
from grader.datasets.split import Labelled
from grader.errors import UsageError
from grader.model import Exercise, Limits, Task
from grader.sandbox import open_sandbox

ROOT = Path(__file__).parent.parent
GOLDEN = "afc90da1fba452fb7a657671818eccacdc52788046e459748a7345a1c7bfca12"


@pytest.fixture(scope="module")
def drawn() -> Labelled:
    return fruits.draw(240, "a test")


@pytest.fixture(scope="module")
def exercise() -> Exercise:
    return content.load(ROOT / "exercises" / "generation" / "generate_fruits.py")


def body(data: Labelled) -> np.ndarray:
    """Where there is paint: neither the light grey ground nor the dark stem."""
    return np.asarray(np.ptp(data.x.astype(int), axis=-1) > 60)


def test_the_same_name_gives_the_same_fruits_on_every_machine() -> None:
    assert fruits.draw(500, "golden").digest() == GOLDEN


def test_another_name_gives_other_fruits(drawn: Labelled) -> None:
    other = fruits.draw(240, "another test")
    assert not {image.tobytes() for image in drawn.x} & {image.tobytes() for image in other.x}


def test_every_caption_comes_equally_often_with_its_shape_and_colour(drawn: Labelled) -> None:
    assert np.bincount(drawn.y).tolist() == [40] * 6
    assert (drawn.also["shape"] * 3 + drawn.also["colour"] == drawn.y).all()
    assert [c.fr for c in fruits.CLASSES][3:] == ["banane rouge", "banane verte", "banane jaune"]
    assert [c.en for c in fruits.CLASSES][:3] == ["red apple", "green apple", "yellow apple"]


def test_one_caption_can_be_asked_for() -> None:
    assert fruits.draw(7, "bananas", caption=4).y.tolist() == [4] * 7
    assert fruits.draw(0, "nothing").x.shape == (0, 16, 16, 3)


def test_fruits_have_the_colour_their_caption_says(drawn: Labelled) -> None:
    for image, painted, caption in zip(drawn.x, body(drawn), drawn.y, strict=True):
        mean = image[painted].mean(axis=0)
        nearest = np.abs(fruits.PAINT - mean).sum(axis=1).argmin()
        assert nearest == caption % 3


def test_bananas_are_hollow_above_their_middle_and_apples_are_not(drawn: Labelled) -> None:
    for mask, shape in zip(body(drawn), drawn.also["shape"], strict=True):
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        third = len(columns) // 3
        above = mask[rows[0] : rows[0] + len(rows) // 3, columns[third] : columns[-third]]
        assert above.mean() > 0.1 if shape == 0 else not above.any()


def test_no_two_fruits_are_alike(drawn: Labelled) -> None:
    assert len({image.tobytes() for image in drawn.x}) == len(drawn)


def test_the_data_set_is_one_of_the_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTIEL_CACHE", str(tmp_path))
    with np.load(datasets.public("fruits") / "public.npz", allow_pickle=False) as arrays:
        assert {"x_train", "y_train", "x_val", "y_val"} <= set(arrays)
        assert (arrays["x_train"] == fruits.draw(fruits.TRAIN, "fruits 1 train").x).all()
        seen = {image.tobytes() for name in ("x_train", "x_val") for image in arrays[name]}
    facts = datasets.facts("fruits")
    assert (facts.train, facts.validation, facts.hidden, facts.shape) == (2000, 300, 600, (16, 16, 3))
    with datasets.use("one"):
        x, y = datasets.hidden("fruits")
    with datasets.use("two"):
        other, _ = datasets.hidden("fruits")
    assert np.bincount(y).tolist() == [100] * 6
    assert not seen & {image.tobytes() for image in x}
    assert not {image.tobytes() for image in x} & {image.tobytes() for image in other}
    with pytest.raises(UsageError, match="nothing is to be given"):
        fruits.adopt(tmp_path, tmp_path)


def test_the_notebook_draws_the_very_images_of_the_data_set(exercise: Exercise) -> None:
    source = starter(exercise)
    function = source[source.index("def fruits") : source.index("class Network")]
    names: dict[str, object] = {"np": np, "hashlib": __import__("hashlib")}
    exec(function, names)
    x, y = names["fruits"](60, "fruits 1 train")  # type: ignore[operator]
    right = fruits.draw(60, "fruits 1 train")
    assert (x == right.x).all() and (y == right.y).all()
    assert '"fruits 1 train")' in source and f"fruits({fruits.TRAIN}," in source


def test_what_the_cell_displays_is_on_the_feedback_page(exercise: Exercise) -> None:
    source = starter(exercise)
    end = source[source.index("rows = ") :]
    given = "import torch, matplotlib.pyplot as plt\nsamples = 2 * torch.rand(96, 3, 16, 16) - 1\n"
    with open_sandbox("plain") as sandbox, sandbox.session(seed=0) as session:
        ran = session.execute(given + end, Limits(seconds=120, memory_mib=4096))
    assert ran.crash is None and ran.exhausted is None
    assert 'src="data:image/png;base64,' in feedback.shown(ran.outputs)


def starter(exercise: Exercise) -> str:
    (task,) = (q for q in exercise.questions if isinstance(q, Task))
    return task.starter
