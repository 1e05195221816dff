"""A network by its weights: the same from Keras and from PyTorch, and the NumPy layers compute what theirs do."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import content, networks, weights
from grader.model import Task

SHAPES = [(3, 3, 2, 4), (4,), (4 * 4 * 4, 5), (5,)]


class Keras:
    """What a check sees of a Keras model."""

    def __init__(self, arrays: list[Any]) -> None:
        self.arrays = arrays

    def get_weights(self) -> list[Any]:
        return self.arrays

    def set_weights(self, arrays: list[Any]) -> None:
        self.arrays = list(arrays)

    def state_dict(self) -> dict[str, Any]:
        raise AssertionError("with PyTorch under it, a Keras model has this too")


class Module:
    """What a check sees of a PyTorch module: its layout is another, and so is its order here."""

    def __init__(self, arrays: dict[str, Any]) -> None:
        self.arrays = arrays

    def state_dict(self) -> dict[str, Any]:
        return self.arrays

    def load_state_dict(self, arrays: dict[str, Any]) -> None:
        self.arrays = arrays


def keras_like() -> Keras:
    return Keras(networks.drawn(SHAPES, np.random.default_rng(1)))


def torch_like() -> Module:
    kernel, bias, dense, last = networks.drawn(SHAPES, np.random.default_rng(2))
    return Module({"d.bias": last, "d.weight": dense.T, "c.weight": kernel.transpose(3, 2, 0, 1), "c.bias": bias})


@pytest.mark.parametrize("make", [keras_like, torch_like])
def test_weights_come_in_one_layout_and_go_back_as_they_were(make: Any) -> None:
    model = make()
    kept = networks.weights(model)
    assert sorted(array.shape for array in kept) == sorted(SHAPES)
    networks.give(model, [np.zeros_like(array) for array in kept])
    assert not any(array.any() for array in networks.weights(model))
    networks.give(model, kept)
    assert all(np.array_equal(a, b) for a, b in zip(networks.weights(model), kept, strict=True))


@pytest.mark.parametrize("make", [keras_like, torch_like])
def test_arrays_are_placed_by_their_shapes_whatever_the_order(make: Any) -> None:
    arrays, model = networks.drawn(SHAPES, np.random.default_rng(3)), make()
    networks.place(model, arrays[::-1])
    placed = {array.shape: array for array in networks.weights(model)}
    assert all(np.array_equal(placed[array.shape], array) for array in arrays)


def test_a_network_of_other_shapes_is_not_taken() -> None:
    arrays = networks.drawn(SHAPES, np.random.default_rng(3))
    for other in (arrays[:-1], [*arrays, np.zeros(7)], [*arrays[:-1], np.zeros(6)]):
        with pytest.raises(AssertionError):
            networks.place(keras_like(), other)


def test_a_convolution_over_whole_maps_counts_as_the_dense_layer_that_it_is() -> None:
    arrays = networks.drawn(SHAPES, np.random.default_rng(5))
    kernel, bias, dense, last = networks.drawn(
        [SHAPES[0], SHAPES[1], (4, 4, 4, 5), SHAPES[3]], np.random.default_rng(6)
    )
    names = ("c.weight", "c.bias", "d.weight", "d.bias")
    turned = (kernel.transpose(3, 2, 0, 1), bias, dense.transpose(3, 2, 0, 1), last)
    for model in (Keras([kernel, bias, dense, last]), Module(dict(zip(names, turned, strict=True)))):
        assert networks.shapes(model, SHAPES) == SHAPES
        assert networks.shapes(model, [dense.shape, (64, 5)])[2] == dense.shape  # asked for as it is
        networks.place(model, arrays)
        assert np.array_equal(networks.weights(model)[2], arrays[2].reshape(4, 4, 4, 5))  # of Keras' flattened maps
        networks.give(model, arrays)
        with pytest.raises(AssertionError):
            networks.place(model, [*arrays[:2], np.zeros((32, 10), np.float32), arrays[3]])


def test_what_is_given_keeps_the_precision_of_the_network() -> None:
    model = Keras([np.zeros((2, 3), np.float16)])
    networks.give(model, [np.ones((2, 3))])
    assert model.arrays[0].dtype == np.float16


def test_layers_compute_what_those_of_pytorch_do() -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(4)
    x = rng.normal(size=(2, 9, 7, 2)).astype(np.float32)
    kernels, biases = networks.drawn([(3, 3, 2, 4), (4,)], rng)
    theirs = torch.from_numpy(x).permute(0, 3, 1, 2)
    weight, bias = torch.from_numpy(kernels).permute(3, 2, 0, 1), torch.from_numpy(biases)
    for same in (True, False):
        found = networks.conv(x, kernels, biases, same=same)
        right = torch.nn.functional.conv2d(theirs, weight, bias, padding="same" if same else "valid")
        assert np.allclose(found, right.permute(0, 2, 3, 1).numpy(), atol=1e-5)
        pooled = torch.nn.functional.max_pool2d(right, 2)
        assert np.allclose(networks.pool(found), pooled.permute(0, 2, 3, 1).numpy(), atol=1e-5)
        rows = networks.flat(networks.pool(found), channels_last=False)
        assert np.allclose(rows, pooled.flatten(1).numpy(), atol=1e-5)
        assert np.allclose(networks.softmax(rows), pooled.flatten(1).softmax(1).numpy(), atol=1e-6)
    assert networks.relu(np.array([-1.0, 2.0])).tolist() == [0, 2]
    assert networks.flat(x, channels_last=True).tolist() == x.reshape(2, -1).tolist()


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras reads its own variables so
def test_weights_of_real_models_are_laid_out_alike() -> None:
    torch = pytest.importorskip("torch")
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    layers = [keras.Input((6, 6, 2)), keras.layers.Conv2D(4, 3), keras.layers.Flatten(), keras.layers.Dense(5)]
    module = torch.nn.Sequential(torch.nn.Conv2d(2, 4, 3), torch.nn.Flatten(), torch.nn.Linear(64, 5))
    for model in (keras.Sequential(layers), module):
        assert [array.shape for array in networks.weights(model)] == SHAPES


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("kind", [Keras, Module])
def test_train_lenet_shows_how_its_weights_are_saved(
    lang: Any, kind: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a student runs it, after a cell that says `from keras import layers`."""
    exercise = content.find("train_lenet")
    (question,) = exercise.questions
    assert isinstance(question, Task)
    arrays = [np.full(shape, n, dtype=np.float64) for n, shape in enumerate(question.weights.values())]
    laid = [a.transpose(3, 2, 0, 1) if a.ndim == 4 else a.T for a in arrays]
    model = Keras(arrays) if kind is Keras else Module({str(n): OnCard(a) for n, a in enumerate(laid)})
    names = {"build": lambda: model, "train": id, "layers": "of keras"}
    monkeypatch.chdir(tmp_path)
    [code] = re.findall(r"^```python\n(.+?)^```", exercise.statement[lang], re.MULTILINE | re.DOTALL)
    exec(code, names)
    assert names["layers"] == "of keras"
    handed = weights.read((tmp_path / "weights.npz").read_bytes(), question.weights)
    assert [set(array.ravel()) for array in handed] == [{n} for n in range(10)]


class OnCard:
    """What a snippet sees of a tensor."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def detach(self) -> OnCard:
        return self

    def cpu(self) -> OnCard:
        return self

    def numpy(self) -> Any:
        return self.array
