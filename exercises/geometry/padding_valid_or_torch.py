import numpy as np

from grader.author import answer, grid, matching, matrix, value

minutes = 8
difficulty = 4
tags = ("geometry", "cnn", "padding", "keras", "pytorch")

params = grid(setting=[(6, 2), (8, 2), (8, 3), (9, 3)], seed=range(20))

ROWS = ("first", "second", "third")
CASES = {  # (side of the image, side of the kernel, stride)
    "identical": [(29, 3, 2), (31, 5, 3), (33, 7, 2), (33, 5, 4), (28, 5, 1), (32, 3, 1)],
    "same_size": [(28, 3, 2), (32, 5, 2), (30, 5, 3), (35, 7, 4), (27, 5, 3), (64, 7, 2)],
    "different": [(32, 4, 2), (28, 2, 1), (30, 4, 3), (36, 6, 4), (33, 4, 3), (28, 6, 1)],
}


@value
def stride(setting):
    return setting[1]


@value
def signal(setting, seed):
    rng = np.random.default_rng([seed, *setting])
    return tuple(int(x) for x in rng.integers(1, 8, setting[0]))


@value
def kernel(setting, seed):
    """Three different coefficients of a small sum."""
    rng = np.random.default_rng([seed, *setting, 1])
    return tuple(int(x) for x in rng.permutation([-2, -1, 1, 2, 3])[:3])


@value
def cases(seed):
    """One layer of each kind, in a drawn order."""
    rng = np.random.default_rng([seed, 2])
    kinds = [str(kind) for kind in rng.permutation(list(CASES))]
    return {row: CASES[kind][rng.integers(len(CASES[kind]))] for row, kind in zip(ROWS, kinds, strict=True)}


def slid(signal, kernel, stride, zeros):
    padded = [0] * zeros[0] + list(signal) + [0] * zeros[1]
    starts = range(0, len(padded) - len(kernel) + 1, stride)
    return [[sum(w * padded[start + i] for i, w in enumerate(kernel)) for start in starts]]


def same_zeros(size, k, s):
    total = max((-(size // -s) - 1) * s + k - size, 0)
    return total // 2, total - total // 2


@answer(points=2, rule=matrix())
def keras_values(signal, kernel, stride):
    return slid(signal, kernel, stride, same_zeros(len(signal), 3, stride))


@keras_values.misconception
def one_zero_each_side(signal, kernel, stride):
    return slid(signal, kernel, stride, (1, 1))


@keras_values.misconception
def kernel_flipped(signal, kernel, stride):
    return slid(signal, kernel[::-1], stride, same_zeros(len(signal), 3, stride))


@keras_values.misconception
def stride_ignored(signal, kernel):
    return slid(signal, kernel, 1, (1, 1))


@keras_values.misconception
def last_window_dropped(keras_values):
    return [keras_values[0][:-1]]


@answer(points=2, rule=matrix())
def torch_values(signal, kernel, stride):
    return slid(signal, kernel, stride, (1, 1))


@torch_values.misconception
def as_little_as_needed(signal, kernel, stride):
    return slid(signal, kernel, stride, same_zeros(len(signal), 3, stride))


@torch_values.misconception
def flipped_too(signal, kernel, stride):
    return slid(signal, kernel[::-1], stride, (1, 1))


@torch_values.misconception
def stride_of_one(signal, kernel):
    return slid(signal, kernel, 1, (1, 1))


@torch_values.misconception
def no_zeros(signal, kernel, stride):
    return slid(signal, kernel, stride, (0, 0))


@answer(points=1, rule=matching(left=ROWS, right=tuple(CASES)))
def agreement(cases):
    return {row: next(kind for kind in CASES if case in CASES[kind]) for row, case in cases.items()}


@agreement.misconception
def sizes_only(agreement):
    return {row: "identical" if kind == "same_size" else kind for row, kind in agreement.items()}


@agreement.misconception
def always_the_same_size(agreement):
    return {row: "same_size" if kind == "different" else kind for row, kind in agreement.items()}


@agreement.misconception
def always_identical(agreement):
    return dict.fromkeys(agreement, "identical")


@agreement.misconception
def stride_divides_the_size(agreement):
    swap = {"identical": "same_size", "same_size": "identical"}
    return {row: swap.get(kind, kind) for row, kind in agreement.items()}
