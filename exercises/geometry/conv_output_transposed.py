from grader.author import answer, grid, value

minutes = 5
difficulty = 4
tags = ("geometry", "cnn", "transposed", "pytorch", "keras")

params = grid(
    lambda k, s, p, extra, **_: extra < s and p < k - 1 and k > s,
    i=[7, 8, 12, 16, 25],
    k=[3, 4, 5],
    s=[2, 3],
    p=[1, 2],
    extra=[1, 2],
    mode=["same", "valid"],
)


@value
def other_mode(mode):
    return "valid" if mode == "same" else "same"


@answer(points=2)
def torch_size(i, k, s, p, extra):
    return (i - 1) * s - 2 * p + k + extra


@torch_size.misconception
def ordinary_convolution(i, k, s, p):
    return (i + 2 * p - k) // s + 1


@torch_size.misconception
def padding_added(i, k, s, p, extra):
    return (i - 1) * s + 2 * p + k + extra


@torch_size.misconception
def extra_forgotten(i, k, s, p):
    return (i - 1) * s - 2 * p + k


@torch_size.misconception
def padding_once(i, k, s, p, extra):
    return (i - 1) * s - p + k + extra


@torch_size.misconception
def one_move_too_many(i, k, s, p, extra):
    return i * s - 2 * p + k + extra


@answer(points=1)
def keras_size(i, k, s, mode):
    return i * s if mode == "same" else (i - 1) * s + k


@keras_size.misconception
def divided(i, s):
    return -(i // -s)


@keras_size.misconception
def modes_mixed_up(i, k, s, mode):
    return i * s if mode == "valid" else (i - 1) * s + k


@keras_size.misconception
def last_window_twice(i, k, s):
    return i * s + k


@keras_size.misconception
def zeros_between_only(i, s):
    return (i - 1) * s + 1
