"""Fetching MNIST: whole, cut short, corrupted, resumed, refused, or from a file one has."""

from __future__ import annotations

import hashlib
import http.server
import io
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from grader import cli, datasets
from grader.datasets import download, idx, mnist
from grader.datasets.download import Archive
from grader.errors import PartielError

SECRET = "the secret of a course"


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PARTIEL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "datasets" / "mnist"


def rows(images: np.ndarray) -> set[bytes]:
    return {image.tobytes() for image in images}


def opened(folder: Path) -> dict[str, np.ndarray]:
    with np.load(folder / "public.npz", allow_pickle=False) as arrays:
        return dict(arrays)


def small_archive() -> bytes:
    """The layout of Keras' mnist.npz, with 1 200 and 200 images."""
    rng = np.random.default_rng(1)
    file = io.BytesIO()
    np.savez(
        file,
        x_train=rng.integers(0, 256, (1200, 28, 28), dtype=np.uint8), y_train=rng.integers(0, 10, 1200, dtype=np.uint8),
        x_test=rng.integers(0, 256, (200, 28, 28), dtype=np.uint8), y_test=rng.integers(0, 10, 200, dtype=np.uint8),
    )  # fmt: skip
    return file.getvalue()


CONTENT = small_archive()


class Server(http.server.ThreadingHTTPServer):
    content, ranges, cut_at, status, silence = CONTENT, True, len(CONTENT), 200, 0.0
    asked: list[str | None]


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers["Range"]
        self.server.asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.server.ranges else 0
        if self.server.status != 200 or start >= len(self.server.content):
            self.send_error(416 if self.server.status == 200 else self.server.status)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(self.server.content) - start))
        self.end_headers()
        self.wfile.write(self.server.content[start : self.server.cut_at])
        self.wfile.flush()
        time.sleep(self.server.silence)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def archive(server: Server) -> Archive:
    return Archive(f"http://127.0.0.1:{server.server_port}/mnist.npz", hashlib.sha256(CONTENT).hexdigest(), "mnist.npz")


def test_the_archive_comes_whole_with_progress(server: Server, archive: Archive, shelf: Path) -> None:
    told: list[tuple[int, int | None]] = []
    facts = datasets.fetch("mnist", archives=[archive], progress=lambda here, whole: told.append((here, whole)))
    assert (facts.train, facts.validation, facts.hidden) == (1100, 100, 200)
    assert told[0] == (0, len(CONTENT)) and told[-1] == (len(CONTENT), len(CONTENT))
    assert told == sorted(told) and len(told) > 5
    assert [path.name for path in (shelf / "full" / "public").iterdir()] == ["public.npz"]
    assert (shelf / "full" / "hidden" / "mnist.npz").read_bytes() == CONTENT
    assert stat.S_IMODE((shelf / "full" / "hidden").stat().st_mode) == 0o700


def test_what_is_there_is_not_fetched_again(server: Server, archive: Archive) -> None:
    datasets.fetch("mnist", archives=[archive])
    datasets.fetch("mnist", archives=[archive])
    assert server.asked == [None]


def test_the_archives_test_images_are_the_hidden_ones(server: Server, archive: Archive) -> None:
    arrays = opened(datasets.fetch("mnist", archives=[archive]) and datasets.public("mnist", "full"))
    with np.load(io.BytesIO(CONTENT)) as whole:
        seen = rows(np.concatenate([arrays["x_train"], arrays["x_val"]]))
        assert seen == rows(whole["x_train"])
        assert not seen & rows(whole["x_test"])
        with datasets.use(SECRET, {"mnist": "full"}):
            x, y = datasets.hidden("mnist")
        assert sorted(y) == sorted(whole["y_test"]) and x.shape == (200, 28, 28)


@pytest.mark.parametrize("ranges", [True, False])
def test_a_download_cut_short_says_so_and_goes_on_where_it_stopped(
    server: Server, archive: Archive, shelf: Path, ranges: bool
) -> None:
    server.cut_at, server.ranges = 300_000, ranges
    with pytest.raises(PartielError, match=rf"only 300000 of {len(CONTENT)} bytes came\n.*goes on after the 300000"):
        datasets.fetch("mnist", archives=[archive])
    assert not (shelf / "full" / "hidden" / "mnist.npz").exists()
    assert not list((shelf / "full" / "public").iterdir())
    server.cut_at = len(CONTENT)
    told: list[int] = []
    datasets.fetch("mnist", archives=[archive], progress=lambda here, _: told.append(here))
    assert server.asked == [None, "bytes=300000-"]
    assert told[0] == (300_000 if ranges else 0) and told[-1] == len(CONTENT)
    assert (shelf / "full" / "hidden" / "mnist.npz").read_bytes() == CONTENT


def test_a_corrupted_download_is_thrown_away_and_the_next_one_starts_afresh(
    server: Server, archive: Archive, shelf: Path
) -> None:
    server.content = CONTENT[:-1] + b"!"
    with pytest.raises(PartielError, match="not the expected file"):
        datasets.fetch("mnist", archives=[archive])
    assert [path.name for path in (shelf / "full" / "hidden").iterdir()] == ["mnist.npz.lock"]
    server.content = CONTENT
    assert datasets.fetch("mnist", archives=[archive]).train == 1100
    assert server.asked == [None, None]


def test_a_remnant_longer_than_the_file_is_thrown_away(server: Server, archive: Archive, shelf: Path) -> None:
    (shelf / "full" / "hidden").mkdir(parents=True)
    (shelf / "full" / "hidden" / "mnist.npz.part").write_bytes(CONTENT + b"more")
    assert datasets.fetch("mnist", archives=[archive]).train == 1100
    assert server.asked == [f"bytes={len(CONTENT) + 4}-", None]


def test_a_whole_remnant_needs_no_server(archive: Archive, server: Server, shelf: Path) -> None:
    (shelf / "full" / "hidden").mkdir(parents=True)
    (shelf / "full" / "hidden" / "mnist.npz.part").write_bytes(CONTENT)
    assert datasets.fetch("mnist", archives=[archive]).train == 1100
    assert server.asked == []


def test_two_downloads_at_once_fetch_once(server: Server, archive: Archive) -> None:
    threads = [
        threading.Thread(target=datasets.fetch, args=("mnist",), kwargs={"archives": [archive]}) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.asked == [None]
    assert datasets.facts("mnist", "full").train == 1100


@pytest.mark.parametrize("status", [404, 500])
def test_a_server_that_refuses_is_quoted(server: Server, archive: Archive, status: int) -> None:
    server.status = status
    with pytest.raises(PartielError, match=f"{archive.url}: the server answers {status}"):
        datasets.fetch("mnist", archives=[archive])


def test_a_server_that_falls_silent_is_not_waited_for(
    server: Server, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "PATIENCE", 0.2)
    server.cut_at, server.silence = 100_000, 1.0
    with pytest.raises(PartielError, match=r"the transfer broke off \(timed out\)\n.*goes on after the \d+ bytes"):
        datasets.fetch("mnist", archives=[archive])
    server.cut_at, server.silence = len(CONTENT), 0.0
    assert datasets.fetch("mnist", archives=[archive]).train == 1100
    assert server.asked[1]


def test_a_full_disk_leaves_nothing_half_done(
    server: Server, archive: Archive, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted: list[Path] = []

    def full(*_: object, **__: object) -> None:
        mounted.extend((shelf / "full" / "public").iterdir())  # a sandbox may be looking
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(PartielError, match=r"No space left on device.*\n.*PARTIEL_CACHE"):
        datasets.fetch("mnist", archives=[archive])
    assert {path.name for path in shelf.rglob("*") if path.is_file()} == {"mnist.npz", "mnist.npz.lock"}
    assert not mounted


def test_a_file_that_cannot_be_copied_leaves_nothing(
    tmp_path: Path, archive: Archive, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:1000])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(download.shutil, "copyfile", full)
    (tmp_path / "mnist.npz").write_bytes(CONTENT)
    with pytest.raises(PartielError, match="No space left on device"):
        datasets.fetch("mnist", archives=[archive], file=tmp_path / "mnist.npz")
    assert not [path for path in shelf.rglob("*") if path.is_file()]


def test_no_network_is_said_plainly(archive: Archive, server: Server) -> None:
    server.server_close()
    nobody = Archive("http://127.0.0.1:1/mnist.npz", archive.sha256, archive.file)
    with pytest.raises(PartielError, match=r"cannot be reached \(.*refused.*\)\n  Check the network.*--from FILE"):
        datasets.fetch("mnist", archives=[nobody])


def test_a_file_one_has_is_taken_if_it_is_the_right_one(tmp_path: Path, archive: Archive, server: Server) -> None:
    file = tmp_path / "downloads" / "my mnist.npz"
    with pytest.raises(PartielError, match="does not exist"):
        datasets.fetch("mnist", archives=[archive], file=file)
    file.parent.mkdir()
    file.write_bytes(CONTENT[:-1])
    with pytest.raises(PartielError, match="cannot be read"):
        datasets.fetch("mnist", archives=[archive], file=file)
    file.write_bytes(CONTENT)
    facts = datasets.fetch("mnist", archives=[archive], file=file)
    assert (facts.hidden, facts.source) == (200, "full") and server.asked == [] and file.exists()


def test_another_npz_is_ones_own_and_the_command_says_how_to_use_it(
    tmp_path: Path, archive: Archive, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.npz").write_bytes(CONTENT)
    monkeypatch.setattr("sys.argv", ["partiel", "data", "fetch", "mnist", "--from", str(tmp_path / "own.npz")])
    with pytest.raises(SystemExit) as left:  # whose checksum is not the one that Keras publishes
        cli.main()
    said = capsys.readouterr().out
    assert not left.value.code and "mnist, 'yours': 1,100 images of 28 × 28 pixels (10 classes) to train on" in said
    assert 'write in course.toml, under [data]: mnist = "yours"' in said and "notebook" not in said
    assert datasets.facts("mnist", "yours").train == 1100
    full = datasets.fetch("mnist", archives=[archive], file=tmp_path / "own.npz")
    assert full.chosen_by.fr == 'Pour l\'employer, écrivez dans course.toml, sous [data] : mnist = "full"'


def test_the_full_set_that_was_never_fetched_says_how() -> None:
    with pytest.raises(PartielError, match="partiel data fetch mnist"):
        datasets.public("mnist", "full")


def written(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


OTHERS: list[Callable[[], bytes]] = [
    lambda: b"not a zip",
    lambda: written(x=np.zeros(3)),
    lambda: written(
        x_train=np.zeros((24, 28, 28)), y_train=np.zeros(24), x_test=np.zeros((2, 28, 28)), y_test=np.zeros(2)
    ),
    lambda: written(
        x_train=np.zeros((24, 28, 28), np.uint8), y_train=np.zeros(24), x_test=np.zeros((2, 28, 28), np.uint8),
        y_test=np.zeros(3),
    ),
    lambda: written(x_train=np.array([{}], dtype=object)),
]  # fmt: skip


@pytest.mark.parametrize("make", OTHERS)
def test_an_archive_of_another_layout_is_refused(make: Callable[[], bytes], tmp_path: Path) -> None:
    path = tmp_path / "mnist.npz"
    path.write_bytes(make())
    with pytest.raises(PartielError, match=r"mnist\.npz: (is not mnist as Keras lays it out|holds images)"):
        idx.split(path, "mnist", 1)


def test_the_published_address_and_checksum_are_keras_own() -> None:
    assert mnist.ARCHIVE.url == "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
    assert mnist.ARCHIVE.sha256 == "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
