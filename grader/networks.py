"""A student's network by its weights, whichever library it is made with, and the layers it stands for in NumPy."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Shape = tuple[int, ...]


def weights(model: Any) -> list[Array]:
    """Every array of a Keras model or a PyTorch module, laid out as in Keras.

    Kernels are (height, width, in, out), dense weights (in, out), the rest is as it comes.
    """
    return [array if _is_keras(model) else _from_torch(array) for array in _own(model)]


def shapes(model: Any, asked: Collection[Shape]) -> list[Shape]:
    """Of the model's arrays. A convolution over whole maps, or of 1 × 1, has the shape of the dense layer ``asked``."""
    return [_as_asked(array.shape, asked) for array in weights(model)]


def give(model: Any, arrays: Sequence[Array]) -> None:
    """Gives the model what ``weights`` gave, or as many arrays of the same shapes, or of those that ``shapes`` gave."""
    own = _own(model)
    assert len(arrays) == len(own)
    laid = [array.reshape(old.shape) for array, old in zip(arrays, weights(model), strict=True)]
    new = [array if _is_keras(model) else _to_torch(array) for array in laid]
    typed = [np.ascontiguousarray(array, dtype=old.dtype) for array, old in zip(new, own, strict=True)]
    if _is_keras(model):
        model.set_weights(typed)
    else:
        model.load_state_dict(dict(zip(model.state_dict(), typed, strict=True)))


def place(model: Any, arrays: Sequence[Array]) -> None:
    """Gives the model these arrays in any order: each goes where one of its shape is.

    Raises AssertionError unless the model's arrays have exactly these ``shapes``.
    """
    by_shape = {array.shape: array for array in arrays}
    assert len(by_shape) == len(arrays), "two arrays of one shape could be taken for each other"
    own = shapes(model, by_shape)
    assert sorted(own) == sorted(by_shape)
    give(model, [by_shape[shape] for shape in own])


def drawn(shapes: Sequence[tuple[int, ...]], rng: np.random.Generator) -> list[Array]:
    """Weights for layers of these shapes, so scaled that a ReLU network neither dies out nor overflows."""
    fans = [int(np.prod(shape[:-1])) for shape in shapes]
    scales = [0.2 if len(shape) == 1 else (2 / fan) ** 0.5 for shape, fan in zip(shapes, fans, strict=True)]
    return [(s * rng.normal(size=shape)).astype(np.float32) for s, shape in zip(scales, shapes, strict=True)]


def conv(x: Array, kernels: Array, biases: Array, *, same: bool = False) -> Array:
    """Images (n, h, w, in) through kernels (k, k, in, out), stride 1; with ``same``, zeros keep height and width."""
    k = kernels.shape[0]
    before, after = ((k - 1) // 2, k // 2) if same else (0, 0)
    x = np.pad(x, [(0, 0), (before, after), (before, after), (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(1, 2))
    summed: Array = np.einsum("nijchw,hwcf->nijf", windows, kernels, optimize=True)
    return summed + biases


def pool(x: Array) -> Array:
    """The largest of each 2 × 2 block of (n, h, w, c); an odd last row or column is left out."""
    n, h, w, c = x.shape
    blocks = x[:, : h // 2 * 2, : w // 2 * 2].reshape(n, h // 2, 2, w // 2, 2, c)
    return np.asarray(blocks.max(axis=(2, 4)))


def relu(x: Array) -> Array:
    return np.maximum(x, 0)


def softmax(x: Array) -> Array:
    """Over the last axis."""
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def flat(x: Array, *, channels_last: bool) -> Array:
    """Feature maps (n, h, w, c) as rows: in Keras' order, or with each channel's map in one piece as in PyTorch."""
    return (x if channels_last else x.transpose(0, 3, 1, 2)).reshape(len(x), -1)


def _own(model: Any) -> list[Array]:
    arrays = model.get_weights() if _is_keras(model) else model.state_dict().values()
    return [np.asarray(array) for array in arrays]


def _as_asked(own: Shape, asked: Collection[Shape]) -> Shape:
    dense = (int(np.prod(own[:-1])), *own[-1:])
    return dense if own not in asked and dense in asked else own


def _is_keras(model: Any) -> bool:
    return hasattr(model, "get_weights")  # with PyTorch under it, a Keras model is a module too


def _from_torch(array: Array) -> Array:
    return array.transpose(2, 3, 1, 0) if array.ndim == 4 else array.T


def _to_torch(array: Array) -> Array:
    return array.transpose(3, 2, 0, 1) if array.ndim == 4 else array.T
