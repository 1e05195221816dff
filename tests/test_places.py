"""Where submissions run: on CPU or on which card, how many at a time, behind which walls at least."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader import course as courses
from grader import places
from grader.errors import CourseError, UsageError
from grader.model import Course, Level, Terms


@pytest.fixture
def here(tmp_path: Path) -> Course:
    courses.init(tmp_path, "dl", "", "en")
    return courses.load(tmp_path)


def graded_by(folder: Path, text: str) -> Terms:
    file = folder / "course.toml"
    file.write_text('[course]\nid = "dl"\n' + text, "utf-8")
    return courses.load(folder).grading


def test_the_course_says_how_it_is_graded(here: Course) -> None:
    said = '[grading]\nwalls = "inner"\ndevice = "gpu"\ngpus = [0, 2]\nper_gpu = 4\nworkers = 3\nimage = "dl:1"\n'
    assert graded_by(here.root, said) == Terms(Level.INNER, "gpu", (0, 2), 4, 3, "dl:1")
    assert graded_by(here.root, "") == Terms()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('walls = "none"', "walls = 'none' is no level"),
        ('device = "tpu"', "device = 'tpu' is none"),
        ("gpus = [0, 0]", "is no list of cards"),
        ("gpus = [-1]", "is no list of cards"),
        ("gpus = 1", "is no list of cards"),
        ('gpus = ["x"]', "is no list of cards"),
        ("per_gpu = 0", "per_gpu = 0 is no number of submissions"),
        ("workers = true", "workers = True is no number"),
        ("image = 3", "image = 3 is no name"),
        ("gpu = [0]", "no key 'gpu'"),
    ],
)
def test_what_cannot_be_is_said_with_its_place(here: Course, line: str, why: str) -> None:
    with pytest.raises(CourseError) as error:
        graded_by(here.root, f"[grading]\n{line}\n")
    assert why in str(error.value) and "course.toml" in str(error.value)


def test_the_command_has_the_last_word() -> None:
    base = Terms(walls=Level.INNER, gpus=(0,), workers=2)
    nothing: dict[str, Any] = {"workers": None, "gpus": None, "device": None}
    assert courses.amended(base, nothing, trust=False, force=True) == replace(base, force=True)
    said = courses.amended(base, nothing | {"gpus": "1,0", "walls": "outer"}, trust=True, force=False)
    assert said == Terms(Level.OUTER, gpus=(1, 0), workers=2, trust=True)
    with pytest.raises(UsageError, match="Say their numbers in nvidia-smi"):
        courses.amended(base, {"gpus": "first"}, trust=False, force=False)


@pytest.mark.parametrize(
    ("device", "needs", "there", "gpus"),
    [
        ("auto", (), 2, ()),
        ("auto", ("gpu",), 2, (0, 1)),
        ("auto", ("gpu",), 0, ()),  # without a card everything works on CPU
        ("cpu", ("gpu",), 2, ()),
        ("gpu", (), 2, (0, 1)),
    ],
)
def test_a_card_is_used_where_a_question_asks_for_one_and_one_is_there(
    here: Course, device: Any, needs: tuple[str, ...], there: int, gpus: tuple[int, ...]
) -> None:
    plan = places.plan(here, needs, Terms(device=device), there=there)
    assert plan.gpus == gpus and plan.device == ("gpu" if gpus else "cpu")


def test_a_card_that_is_not_there_is_said(here: Course) -> None:
    with pytest.raises(UsageError, match="this machine has no card"):
        places.plan(here, (), Terms(device="gpu"), there=0)
    with pytest.raises(UsageError, match=r"no such card \(cards here: 0, 1\)"):
        places.plan(here, ("gpu",), Terms(gpus=(2,)), there=2)


def test_there_are_never_more_submissions_than_places_on_cards(here: Course) -> None:
    plan = places.plan(here, ("gpu",), Terms(gpus=(0, 1), per_gpu=4), there=2)
    assert [plan.workers(wanted, 16) for wanted in (0, 3, 20)] == [8, 3, 8]
    assert [places.plan(here, (), Terms(), there=0).workers(wanted, 16) for wanted in (0, 3, 20)] == [16, 3, 20]


class Closed:
    def __init__(self, gpu: int | None, share: float) -> None:
        self.gpu, self.share, self.closed = gpu, share, False

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Closed]:
    """Cards are few, and not on every machine: what is opened is noted instead."""
    seen: list[Closed] = []

    def open_sandbox(kind: str, *, gpu: int | None, share: float, **rest: Any) -> Closed:
        seen.append(Closed(gpu, share))
        return seen[-1]

    monkeypatch.setattr(places, "open_sandbox", open_sandbox)
    return seen


def test_each_card_has_one_sandbox_with_so_many_places(here: Course, opened: list[Closed]) -> None:
    held = places.Places(places.plan(here, ("gpu",), Terms(gpus=(0, 1), per_gpu=2), there=2))
    inside, most, lock, together = 0, 0, threading.Lock(), threading.Barrier(4)

    def work(wait: bool) -> None:
        nonlocal inside, most
        with held():
            with lock:
                inside += 1
                most = max(most, inside)
            if wait:
                together.wait(30)  # all four places are taken at once: else this never ends
            with lock:
                inside -= 1

    for wait in (True, False):
        threads = [threading.Thread(target=work, args=(wait,)) for _ in range(4 if wait else 12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert most == 4
    assert sorted((one.gpu, one.share) for one in opened) == [(0, 0.5), (1, 0.5)]  # type: ignore[type-var]
    held.close()
    assert all(one.closed for one in opened)


def test_on_cpu_one_sandbox_serves_all(here: Course, opened: list[Closed]) -> None:
    held = places.Places(places.plan(here, (), Terms(), there=0))
    with held() as first, held() as second:
        assert first is second
    assert [one.gpu for one in opened] == [None]
