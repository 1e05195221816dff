"""What accuracy cannot see of a training is seen by structure, and no right network is refused for it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from grader import content, datasets, networks

Array = NDArray[Any]
Step = Callable[[Array], Array]


def contents(id: str) -> dict[str, Any]:
    spec = spec_from_file_location(id, content.paths()[id])
    assert spec and spec.loader
    module = module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, id, module)  # its dataclasses look themselves up
        spec.loader.exec_module(module)
    return vars(module)


def as_it_is(x: Array) -> Array:
    return x


class Classifier:
    """Two convolutions and two dense layers, of drawn weights."""

    def __init__(self, activation: Step, *, biases: float = 1.0, pool: Step = networks.pool, first: Step = as_it_is):
        shapes = [(3, 3, 1, 4), (4,), (3, 3, 4, 8), (8,), (392, 20), (20,), (20, 10), (10,)]
        drawn = networks.drawn(shapes, np.random.default_rng(1))
        self.weights = [biases * array if array.ndim == 1 else array for array in drawn]
        self.activation, self.pool, self.first = activation, pool, first

    def predict(self, x: Array, verbose: int = 0) -> Array:  # noqa: ARG002  as Keras calls it
        k1, b1, k2, b2, w3, b3, w4, b4 = self.weights
        x = self.pool(self.activation(networks.conv(self.first(x), k1, b1, same=True)))
        x = self.pool(self.activation(networks.conv(x, k2, b2, same=True)))
        logits = self.activation(x.reshape(len(x), -1) @ w3 + b3) @ w4 + b4
        return networks.softmax(logits).astype(np.float32)


def averages(x: Array) -> Array:
    n, h, w, c = x.shape
    return np.asarray(x.reshape(n, h // 2, 2, w // 2, 2, c).mean(axis=(2, 4)))


def standardised(x: Array) -> Array:
    return np.asarray((x - x.mean((1, 2, 3), keepdims=True)) / (x.std((1, 2, 3), keepdims=True) + 1e-3))


ACTIVATED = {
    "relu": Classifier(networks.relu),
    "no_biases": Classifier(networks.relu, biases=0),
    "averages": Classifier(networks.relu, pool=averages),
    "tanh": Classifier(np.tanh),
    "standardised": Classifier(networks.relu, first=standardised),
    "shifted": Classifier(networks.relu, first=lambda x: 2 * x - 1),
}
NOT_ACTIVATED = {
    "maxima": Classifier(as_it_is),
    "no_biases": Classifier(as_it_is, biases=0),
    "averages": Classifier(as_it_is, pool=averages),
    "shifted": Classifier(as_it_is, first=lambda x: 2 * x - 1),
}


@pytest.mark.parametrize("name", ACTIVATED)
def test_an_activation_is_seen(name: str) -> None:
    assert contents("train_mnist")["bends"](ACTIVATED[name])


@pytest.mark.parametrize("name", NOT_ACTIVATED)
def test_a_network_without_activation_is_seen(name: str) -> None:
    assert not contents("train_mnist")["bends"](NOT_ACTIVATED[name])


def test_no_one_is_refused_for_scores_that_are_no_probabilities() -> None:
    class Logits:
        def predict(self, x: Array, verbose: int = 0) -> Array:  # noqa: ARG002  as Keras calls it
            return x.reshape(len(x), -1)[:, :10] - 1

    assert contents("train_mnist")["bends"](Logits())


class Network:
    """One array of weights, which the denoisers below use or not."""

    def __init__(self, size: int) -> None:
        self.array = np.ones(size)

    def get_weights(self) -> list[Array]:
        return [self.array]

    def set_weights(self, arrays: list[Array]) -> None:
        [self.array] = arrays


@pytest.fixture
def fruits() -> Iterator[dict[str, Any]]:
    with datasets.use("a test of structure"):
        yield contents("generate_fruits")


def restored(ex: dict[str, Any], t: Array) -> tuple[Array, Array]:
    kept = ex["ALPHA_BAR"][t].reshape(-1, 1, 1, 1)
    return np.sqrt(kept), np.sqrt(1 - kept)


@pytest.mark.parametrize("target", ["noise", "velocity", "image"])
def test_whatever_a_network_predicts_zero_weights_blind_it(fruits: dict[str, Any], target: str) -> None:
    network = Network(6)

    def denoiser(x: Array, t: Array, caption: Array) -> Array:
        predicted = x * network.array[caption].reshape(-1, 1, 1, 1)
        left, added = restored(fruits, t)
        formulas = {
            "noise": predicted,
            "velocity": left * predicted + added * x,
            "image": (x - left * predicted) / added,
        }
        return formulas[target]

    network.array = np.arange(1.0, 7)
    fruits["goes_blind"](denoiser, network)
    assert network.array.tolist() == [1, 2, 3, 4, 5, 6]  # as it was


@pytest.mark.parametrize(("images", "with_caption"), [(4000, True), (4000, False), (60, True)])
def test_stored_images_see_without_a_network(fruits: dict[str, Any], images: int, with_caption: bool) -> None:
    drawn = fruits["draw"](images, "others")
    stored, of = fruits["as_inputs"](drawn.x).reshape(images, -1), drawn.y

    def denoiser(x: Array, t: Array, caption: Array) -> Array:
        left, added = (array[0, 0, 0, 0] for array in restored(fruits, t[:1]))
        x = x.reshape(len(x), -1)
        near = -fruits["distances"](x, left * stored) * x.shape[1] / (2 * added**2)
        if with_caption:
            near[caption[:, None] != of] = -np.inf
        return ((x - left * networks.softmax(near) @ stored) / added).reshape(-1, 3, 16, 16)

    with pytest.raises(AssertionError):
        fruits["goes_blind"](denoiser, Network(6))


def test_a_network_without_weights_is_none(fruits: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        fruits["goes_blind"](lambda x, _t, _caption: 0 * x, Network(0))
