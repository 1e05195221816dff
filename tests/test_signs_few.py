"""Eight signs and a base: the file that ships, what students get, and photographs that only the secret gives."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from grader import datasets
from grader.datasets import signs_few
from grader.errors import PartielError
from grader.model import Limits
from grader.sandbox import open_sandbox

TRAIN = "b32def36f3b29a32"  # the digest, as it was when docs/thresholds.md was written


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PARTIEL_CACHE", str(tmp_path))


def test_the_base_is_small_and_says_where_it_comes_from() -> None:
    data = signs_few.FILE.read_bytes()
    assert len(data) < 100_000
    length = int.from_bytes(data[:8], "little")
    said = json.loads(data[8 : 8 + length])
    facts = said.pop("__metadata__")
    assert "35 of 43" in facts["data"]
    assert (Path(__file__).parents[1] / facts["made_by"]).is_file()
    places = [entry["data_offsets"] for entry in said.values()]
    assert [start for start, _ in places] == [0, *(end for _, end in places[:-1])]  # in one piece, without gaps
    assert places[-1][1] == len(data) - 8 - length


def test_the_base_fits_the_network_that_the_statement_builds() -> None:
    shapes = []
    for before, after in ((3, 16), (16, 32), (32, 48)):
        shapes += [(3, 3, before, after), *[(after,)] * 5]
    arrays = signs_few.base()
    assert [array.shape for array in arrays.values()] == shapes
    assert all(np.isfinite(array).all() for array in arrays.values())
    assert all((array > 0).all() for name, array in arrays.items() if name.endswith("variance"))


def test_students_get_five_photographs_of_each_sign_and_the_base() -> None:
    with np.load(datasets.public("signs_few") / "public.npz") as public:
        assert public["x_train"].shape == (40, 24, 24, 3)
        assert np.bincount(public["y_train"]).tolist() == [5] * 8
        assert np.bincount(public["y_val"]).tolist() == [20] * 8
        assert np.array_equal(public["conv3_kernel"], signs_few.base()["conv3_kernel"])
        names = [name for name in public if name.startswith(("conv", "norm"))]
    assert names == list(signs_few.base())  # the statement reads them in this order


def test_the_hidden_photographs_are_the_secrets_own() -> None:
    first, again, other = (datasets.hidden_images("signs_few", None, secret)[0] for secret in ("a", "a", "b"))
    assert len(first) == 800
    assert np.array_equal(first, again)
    known = {image.tobytes() for image in first}
    assert not known & {image.tobytes() for image in other}
    with np.load(datasets.public("signs_few") / "public.npz") as public:
        assert not known & {image.tobytes() for image in (*public["x_train"], *public["x_val"])}


def test_the_thresholds_were_measured_on_these_photographs() -> None:
    split = signs_few.load("synthetic", Path(), {})
    assert split.train.digest().startswith(TRAIN), "measure again: python benchmarks/thresholds.py transfer"


def test_there_is_nothing_to_adopt(tmp_path: Path) -> None:
    with pytest.raises(PartielError, match="drawn"):
        signs_few.adopt(tmp_path, tmp_path)


@pytest.mark.parametrize("file", [False, True], ids=["folder", "file"])
def test_a_cell_finds_the_photographs_where_they_lie_at_home(file: bool) -> None:
    place = datasets.public("signs_few")
    source = "import numpy as np\nn = len(np.load('signs_few.npz')['y_train'])"
    with open_sandbox("plain", data={"signs_few": place / "public.npz" if file else place}) as sandbox:
        for _ in range(2):  # the second session finds the folder as the first left it
            with sandbox.session(seed=0) as session:
                assert session.execute(source, Limits()).ok
                assert session.fetch("n") == 40
