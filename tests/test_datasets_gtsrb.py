"""Traffic signs: drawn, or read from any layout in which GTSRB goes round."""

from __future__ import annotations

import contextvars
import csv
import hashlib
import io
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from grader import datasets, handout, values
from grader.content import find
from grader.datasets import classes, gtsrb, scenes, signs, tree
from grader.datasets.download import Archive
from grader.datasets.files import opened
from grader.errors import PartielError
from grader.model import Variant

SECRET = "the secret of a course"
SCALE = "synthetic scale=0.02 size=12"


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PARTIEL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "datasets" / "gtsrb"


def public(source: str) -> dict[str, np.ndarray]:
    with np.load(datasets.public("gtsrb", source) / "public.npz", allow_pickle=False) as arrays:
        return dict(arrays)


# ── the synthetic signs ──────────────────────────────────────────────────────


def test_the_counts_are_gtsrbs_and_so_is_the_imbalance() -> None:
    training = scenes.training()
    assert len(training) == 39_209 and len(classes.COUNTS) == len(classes.NAMES) == 43
    assert (max(classes.COUNTS), min(classes.COUNTS)) == (2250, 210)
    tracks = {(one.label, one.track): 0 for one in training}
    for one in training:
        tracks[one.label, one.track] += 1
    assert set(tracks.values()) == {30, 29}  # as in GTSRB, one track of one class lacks a frame
    assert len(scenes.test(12_630)) == 12_630


def test_what_a_sandbox_sees_has_images_tracks_sizes_and_an_overview() -> None:
    arrays = public(SCALE)
    n, v = len(arrays["y_train"]), len(arrays["y_val"])
    assert n + v in (int(39_209 * 0.02), int(39_209 * 0.02) - 1)  # each is rounded down
    assert sorted(arrays) == sorted(
        ["x_meta", *(f"{name}_{part}" for part in ("train", "val") for name in ("x", "y", "track", "width", "height"))]
    )
    assert arrays["x_train"].shape == (n, 12, 12, 3) and arrays["x_train"].dtype == np.uint8
    assert arrays["x_meta"].shape == (43, 12, 12, 3)
    assert set(arrays["y_train"]) == set(range(43))
    hidden, labels = datasets.hidden_images("gtsrb", SCALE, SECRET)
    assert hidden.shape == (int(12_630 * 0.02), 12, 12, 3) and len(labels) == len(hidden)


def test_every_class_has_its_share_at_any_scale() -> None:
    chosen = gtsrb.thinned(scenes.training(), 0.1, "a")
    counts = np.bincount([one.label for one in chosen], minlength=43)
    assert counts.sum() == 3920
    assert np.abs(counts - np.array(classes.COUNTS) * 0.1).max() <= 1
    assert np.bincount([one.label for one in gtsrb.thinned(scenes.training(), 0.001, "a")], minlength=43).min() == 1
    assert [one.label for one in chosen] != sorted(one.label for one in chosen)


def test_no_track_is_in_two_parts_and_every_class_validates() -> None:
    arrays = public("synthetic scale=0.1 size=8")
    assert not set(arrays["track_train"]) & set(arrays["track_val"])
    assert set(arrays["y_val"]) == set(range(43))
    assert len(arrays["y_val"]) / (len(arrays["y_val"]) + len(arrays["y_train"])) == pytest.approx(1 / 7, abs=0.02)
    with datasets.use(SECRET, {"gtsrb": "synthetic scale=0.1 size=8"}):
        tracks = datasets.hidden_part("gtsrb").also["track"]
    assert not set(tracks) & (set(arrays["track_train"]) | set(arrays["track_val"]))


def test_the_same_photograph_is_always_the_same_picture() -> None:
    program = (
        "import hashlib, sys; from grader.datasets.scenes import Photograph; "
        "print(hashlib.sha256(Photograph(14, 3, 7).image((25, 25)).tobytes()).hexdigest())"
    )
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    assert other == hashlib.sha256(scenes.Photograph(14, 3, 7).image((25, 25)).tobytes()).hexdigest()
    assert scenes.Photograph(14, 3, 7).image().size == scenes.Photograph(14, 3, 7).size


def test_the_car_comes_nearer_along_a_track() -> None:
    sizes = [scenes.Photograph(12, 0, frame).size for frame in range(30)]
    assert sizes == sorted(sizes) and sizes[-1][1] > 2 * sizes[0][1] > 29
    widths = [one.size[0] for one in scenes.training()[::50]]
    assert min(widths) >= 15 and max(widths) <= 250 and len(set(widths)) > 50


def test_frames_of_a_track_look_alike_and_tracks_do_not() -> None:
    def picture(track: int, frame: int) -> np.ndarray:
        return np.asarray(scenes.Photograph(1, track, frame).image((25, 25)), dtype=float)

    near = np.mean([np.abs(picture(t, 10) - picture(t, 11)).mean() for t in range(20)])
    far = np.mean([np.abs(picture(t, 10) - picture(t + 1, 10)).mean() for t in range(20)])
    assert far > 2 * near


def test_no_two_drawings_are_the_same_and_mirror_images_are_mirrored() -> None:
    drawn = signs.overview(32).astype(int)
    assert len({page.tobytes() for page in drawn}) == 43
    for one, other in ((33, 34), (36, 37), (38, 39), (19, 20)):
        assert np.abs(drawn[one][:, ::-1] - drawn[other]).mean() < 3


def test_a_person_is_told_that_the_signs_are_synthetic() -> None:
    facts = datasets.facts("gtsrb", SCALE)
    assert "synthétiques" in facts.sentence.fr and "synthetic" in facts.sentence.en
    assert "aucune de ses photographies" in facts.sentence.fr
    assert facts.classes == 43 and facts.options == {"scale": 0.02, "size": 12.0}


def test_each_scale_and_size_has_its_own_place(shelf: Path) -> None:
    small, other = datasets.public("gtsrb", SCALE), datasets.public("gtsrb", "synthetic scale=0.02 size=8")
    assert small.parent.name == "synthetic-scale=0.02-size=12" and small != other
    assert datasets.public("gtsrb", "synthetic size=12 scale=0.02") == small
    assert [path.name for path in small.iterdir()] == ["public.npz"]


def test_hidden_signs_are_moved_by_the_secret_and_stay_signs() -> None:
    x, y = datasets.hidden_images("gtsrb", SCALE, SECRET)
    other, _ = datasets.hidden_images("gtsrb", SCALE, "another")
    assert not {a.tobytes() for a in x} & {a.tobytes() for a in other}
    assert not (x == 0).all(axis=(1, 2, 3)).any()
    assert sorted(y) == sorted(datasets.hidden_images("gtsrb", SCALE, "another")[1])


# ── the layouts of the real ones ─────────────────────────────────────────────


@dataclass(frozen=True)
class Small:
    """A few synthetic photographs of every class, to be laid out."""

    training: tuple[scenes.Photograph, ...]
    test: tuple[scenes.Photograph, ...]


SMALL = Small(
    tuple(scenes.Photograph(label, track, frame) for label in range(43) for track in (0, 1) for frame in (0, 29)),
    tuple(scenes.test(60)),
)


def content(photograph: scenes.Photograph, form: str = "PPM") -> bytes:
    file = io.BytesIO()
    photograph.image().save(file, form)
    return file.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return file.getvalue()


@cache
def official(folder: str = "GTSRB/Final_Training/Images") -> dict[str, bytes]:
    """The three archives."""
    training = {f"{folder}/{p.label:05}/{p.track:05}_{p.frame:05}.ppm": content(p) for p in SMALL.training}
    for label in range(43):
        training[f"{folder}/{label:05}/GT-{label:05}.csv"] = b"Filename;Width;Height;ClassId\n"
    test = {f"GTSRB/Final_Test/Images/{i:05}.ppm": content(p) for i, p in enumerate(SMALL.test)}
    test["GTSRB/Final_Test/Images/GT-final_test.test.csv"] = b"Filename;Width;Height\n00000.ppm;3;3\n"
    lines = [f"{i:05}.ppm;53;54;6;5;48;49;{p.label}" for i, p in enumerate(SMALL.test)]
    truth = "\r\n".join(["Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId", *lines, ""]).encode()
    return {
        "GTSRB_Final_Training_Images.zip": zipped(training),
        "GTSRB_Final_Test_Images.zip": zipped(test),
        "GTSRB_Final_Test_GT.zip": zipped({"GT-final_test.csv": truth}),
    }


@pytest.fixture(scope="module")
def archives() -> dict[str, bytes]:
    return official()


def laid_out(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def unpacked(folder: Path, archives: dict[str, bytes]) -> Path:
    for data in archives.values():
        zipfile.ZipFile(io.BytesIO(data)).extractall(folder)
    return folder


def course_tree(folder: Path, form: str = "png") -> Path:
    tree.write(folder / "origine", SMALL.training, SMALL.test, form)
    return folder


def torchvision_root(folder: Path) -> Path:
    """What ``torchvision.datasets.GTSRB(root, download=True)`` leaves, once for each split."""
    archives = dict(official("GTSRB/Training"))
    archives["GTSRB-Training_fixed.zip"] = archives.pop("GTSRB_Final_Training_Images.zip")
    unpacked(folder / "gtsrb", archives)
    return laid_out(folder, {f"gtsrb/{name}": data for name, data in archives.items()})


LAYOUTS: dict[str, Callable[[Path, dict[str, bytes]], Path]] = {
    "three archives": laid_out,
    "unpacked": unpacked,
    "torchvision": lambda folder, _: unpacked(folder, official("GTSRB/Training")),
    "torchvision's root, archives kept": lambda folder, _: torchvision_root(folder),
    "torchvision's gtsrb, archives kept": lambda folder, _: torchvision_root(folder) / "gtsrb",
    "unpacked beside another zip": lambda folder, archives: laid_out(
        unpacked(folder, archives), {"notes.zip": zipped({"readme.txt": b"mine"})}
    ),
    "csv tree of png": lambda folder, _: course_tree(folder),
    "csv tree of ppm": lambda folder, _: course_tree(folder, "ppm"),
    "csv tree in one zip": lambda folder, _: Path(
        laid_out(
            folder,
            {
                "archive.zip": zipped(
                    {
                        path.relative_to(folder / "t").as_posix(): path.read_bytes()
                        for path in course_tree(folder / "t").rglob("*")
                        if path.is_file()
                    }
                )
            },
        ),
        "archive.zip",
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_images_counted_as_they_are(
    layout: str, tmp_path: Path, archives: dict[str, bytes]
) -> None:
    facts = datasets.fetch("gtsrb", file=LAYOUTS[layout](tmp_path / "mine", archives))
    assert facts.source == "yours" and "the instructor provided" in facts.sentence.en
    arrays = public("yours scale=1 size=16")
    assert len(arrays["y_train"]) == len(arrays["y_val"]) == 86  # one of each class's two tracks
    with datasets.use(SECRET, {"gtsrb": "yours scale=1 size=16"}):
        hidden = datasets.hidden_part("gtsrb")
    assert sorted(hidden.y) == sorted(p.label for p in SMALL.test)
    own = {(p.label << 20 | p.track, *p.size): p for p in SMALL.training}
    for i in range(0, 86, 7):
        photograph = own[arrays["track_train"][i], arrays["width_train"][i], arrays["height_train"][i]]
        right = np.asarray(photograph.image().resize((16, 16), Image.Resampling.BILINEAR))
        assert (arrays["x_train"][i] == right).all() and arrays["y_train"][i] == photograph.label


def test_the_written_tree_has_the_tables_of_the_course(tmp_path: Path) -> None:
    folder = course_tree(tmp_path) / "origine"
    with (folder / "Train.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == len(SMALL.training) == 172
    assert list(lines[0]) == ["Width", "Height", "Roi.X1", "Roi.Y1", "Roi.X2", "Roi.Y2", "ClassId", "Path"]
    assert lines[-1]["Path"] == "Train/42/00042_00001_00029.png"
    with Image.open(folder / lines[-1]["Path"]) as image:
        assert image.size == (int(lines[-1]["Width"]), int(lines[-1]["Height"])) and image.mode == "RGB"
    assert len((folder / "Meta.csv").read_text().splitlines()) == 44
    assert len(list((folder / "Meta").iterdir())) == 43


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda a: a.pop("GTSRB_Final_Test_GT.zip"), r"no GT-final_test\.csv or Test\.csv"),
        (lambda a: a.pop("GTSRB_Final_Training_Images.zip"), "0 training images, and none at all"),
        (lambda a: a.update({"GTSRB_Final_Test_Images.zip": zipped({})}), "names 00000.ppm, which is not there"),
        (lambda a: a.update({"GTSRB_Final_Test_GT.zip": b"PK"}), "is not a whole zip"),
        (
            lambda a: a.update({"GTSRB_Final_Test_GT.zip": zipped({"Test.csv": b"Path,ClassId\n0.ppm,43\n"})}),
            "the class '43'",
        ),
        (
            lambda a: a.update({"more.zip": zipped({"GTSRB/Training/00043/00000_00000.ppm": b""})}),
            "classes that GTSRB has not: 43",
        ),
    ],
)  # fmt: skip
def test_what_is_not_whole_is_refused_with_what_was_found(
    change: Callable[[dict[str, bytes]], object], said: str, tmp_path: Path, archives: dict[str, bytes], shelf: Path
) -> None:
    here = dict(archives)
    change(here)
    with pytest.raises(PartielError, match=said):
        datasets.fetch("gtsrb", file=laid_out(tmp_path / "mine", here))
    assert not [path for path in shelf.rglob("*") if path.is_file()]


def test_a_set_that_lacks_a_class_says_which(tmp_path: Path) -> None:
    folder = course_tree(tmp_path)
    for path in (folder / "origine" / "Train" / "7").iterdir():
        path.unlink()
    with pytest.raises(PartielError, match=r"has 168 training images, and none of classes 7"):
        datasets.fetch("gtsrb", file=folder)


@pytest.mark.parametrize(
    "data",
    [b"", b"P6 9999 9999 255\n", b"GIF89a", content(SMALL.test[0])[:-50], b"P6\n3000 3000\n255\n" + bytes(27_000_000)],
)
def test_what_is_no_photograph_is_refused(data: bytes) -> None:
    with pytest.raises(PartielError, match=r"x\.ppm: is not an image"):
        tree.resized(data, 16, "x.ppm")


# ── fetched ──────────────────────────────────────────────────────────────────


@pytest.fixture
def published(tmp_path: Path, archives: dict[str, bytes]) -> Iterator[list[Archive]]:
    import http.server
    import threading

    laid_out(tmp_path / "served", archives)

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(tmp_path / "served"))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/"
        yield [Archive(url + name, "", name, hashlib.md5(data).hexdigest()) for name, data in archives.items()]
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("source", ["official", "torchvision"])
def test_three_archives_are_fetched_and_read_where_they_lie(
    source: str, published: list[Archive], monkeypatch: pytest.MonkeyPatch, shelf: Path
) -> None:
    monkeypatch.setitem(gtsrb.ARCHIVES, source, published)  # load looks for these files
    facts = datasets.fetch("gtsrb", None if source == "official" else source, archives=published)
    assert (facts.source, facts.shape) == (source, (25, 25, 3))
    assert (facts.train, facts.validation, facts.classes) == (43, 43, 43)  # a tenth is less than one of each class
    assert not list(shelf.rglob("*.ppm"))
    assert public(f"{source} scale=1")["x_train"].shape == (86, 25, 25, 3)


def test_a_set_that_was_never_fetched_says_how() -> None:
    with pytest.raises(PartielError, match="partiel data fetch gtsrb"):
        datasets.public("gtsrb", "official")


def test_the_published_checksums() -> None:
    assert {a.file: a.md5 for source in gtsrb.ARCHIVES.values() for a in source} == {
        "GTSRB_Final_Training_Images.zip": "f33fd80ac59bff73c82d25ab499e03a3",
        "GTSRB-Training_fixed.zip": "513f3c79a4c5141765e10e952eaa2478",
        "GTSRB_Final_Test_Images.zip": "c7e4e6327067d32654124b0fe9e82185",
        "GTSRB_Final_Test_GT.zip": "fe31e9c9270bbcd7b84b7f21a9d9d9e5",
    }


# ── zips and folders that mean harm ──────────────────────────────────────────


def hostile(name: str, data: bytes = b"x", mode: int = 0) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo("placeholder")
        info.filename, info.external_attr, info.compress_type = name, mode << 16, zipfile.ZIP_DEFLATED
        archive.writestr(info, data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (hostile("../x.ppm"), "outside of itself"),
        (hostile("/etc/x.ppm"), "outside of itself"),
        (hostile("a/../../x"), "outside of itself"),
        (hostile("a\\..\\x"), "outside of itself"),
        (hostile("C:/x"), "outside of itself"),
        (hostile("x", b"/etc/passwd", 0o120777), "holds a link"),
        (hostile("x", bytes(4 << 20)), "unpacks to far more"),
        (hostile("x", bytes(80 << 20)), "unpacks to far more"),
        (b"", "not a whole zip"),
        (zipped({"x": b"y" * 50})[:-20], "not a whole zip"),
    ],
)
def test_a_zip_that_means_harm_is_refused_whole(data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(PartielError, match=said):
        opened(tmp_path / "x.zip")


def test_a_zip_that_lies_about_a_size_or_a_sum_is_not_believed(tmp_path: Path) -> None:
    whole = bytearray(zipped({"x.ppm": bytes(range(200)) * 5}))
    whole[60] ^= 255  # a byte of what is packed
    (tmp_path / "x.zip").write_bytes(whole)
    with opened(tmp_path / "x.zip") as files, pytest.raises(PartielError, match=r"x\.ppm in it is"):
        files.read("x.ppm")


def test_a_folder_leads_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("not yours")
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "link.ppm").symlink_to(tmp_path / "secret")
    with opened(tmp_path / "given") as files, pytest.raises(PartielError, match="leads out of the folder"):
        files.read("link.ppm")


# ── what an exercise says of them ────────────────────────────────────────────


@pytest.mark.parametrize("side", [12, 20])
def test_the_exercise_that_trains_on_them_speaks_of_the_size_its_course_chose(side: int) -> None:
    exercise = find("gtsrb_train")
    (question,) = exercise.questions
    with datasets.use(SECRET, {"gtsrb": f"synthetic scale=0.02 size={side}"}):
        facts = datasets.facts("gtsrb")
        cells = handout.cells("signs", Variant(exercise, exercise.params[0]), "fr", {"signs-training": question.points})
    words = {cell.id: cell.source for cell in cells}
    assert f"${side} \\times {side}$ pixels" in words["signs"] and f"${facts.train}$" in words["signs"]
    assert f"$(n, {side}, {side}, 3)$" in words["signs-training-prompt"]
    assert words["signs-training-check"].endswith(f"gives_43_probabilities(model, {side})")
    assert words["signs"].count(f"{facts.origin.fr}.") == 1 and " : " not in facts.origin.fr  # after a colon


def test_a_command_is_of_one_course_to_its_end_and_no_longer() -> None:
    variant = Variant(exercise := find("gtsrb_train"), exercise.params[0])

    def told() -> object:
        datasets.enter("s", {"gtsrb": "synthetic scale=0.02 size=12"})
        return values.of(variant)["size"]

    assert contextvars.copy_context().run(told) == 12
    assert values.of(variant)["size"] == 25
