from grader.author import answer, grid

minutes = 4
difficulty = 3
tags = ("geometry", "cnn", "dilation", "pytorch")

params = grid(
    lambda n, k, d, p, **_: p <= d * (k - 1) // 2 < n // 2,
    n=[32, 41, 56, 64, 77, 90],
    k=[3, 5],
    d=[4, 6, 8],
    p=[2, 4, 6, 8],
    s=[2, 3],
    filters=[16],
)


@answer(points=1)
def extent(k, d):
    return d * (k - 1) + 1


@extent.misconception
def multiplied(k, d):
    return d * k


@extent.misconception
def single_gap(k, d):
    return k + d - 1


@extent.misconception
def last_tap_forgotten(k, d):
    return d * (k - 1)


@extent.misconception
def gap_of_whole_rate(k, d):
    return k + d * (k - 1)


def positions(n, extent, p, s):
    return (n + 2 * p - extent) // s + 1


@answer(points=1)
def size(n, extent, p, s):
    return positions(n, extent, p, s)


@size.misconception
def dilation_ignored(n, k, p, s):
    return positions(n, k, p, s)


@size.misconception
def kernel_multiplied(n, k, d, p, s):
    return positions(n, k * d, p, s)


@size.misconception
def stride_ignored(n, extent, p):
    return positions(n, extent, p, 1)


@size.misconception
def padding_once(n, extent, p, s):
    return (n + p - extent) // s + 1


@size.misconception
def last_position_forgotten(size):
    return size - 1
