from grader.author import answer, grid, shape

minutes = 5
difficulty = 2
tags = ("geometry", "cnn", "pooling", "pytorch", "keras")

params = grid(
    lambda k, s, **_: k != s,
    n=[20, 22, 26, 27, 31, 35, 44, 55, 62],
    k=[2, 3, 4, 5],
    s=[2, 3],
    maps=[24, 32, 48],
)


@answer(points=1)
def size(n, k, s):
    return (n - k) // s + 1


@size.misconception
def rounded_up(n, k, s):
    return -((n - k) // -s) + 1


@size.misconception
def stride_one(n, k):
    return n - k + 1


@size.misconception
def window_as_stride(n, k):
    return n // k


@size.misconception
def last_position_forgotten(size):
    return size - 1


@answer(points=1)
def ceil_size(n, k, s):
    count = -((n - k) // -s) + 1
    return count - 1 if (count - 1) * s >= n else count  # PyTorch drops a window that starts outside


@ceil_size.misconception
def incomplete_dropped(n, k, s):
    return (n - k) // s + 1


@ceil_size.misconception
def stride_one_too(n, k):
    return n - k + 1


@ceil_size.misconception
def window_as_stride_too(n, k):
    return -(n // -k)


@answer(points=1, rule=shape)
def output(n, k, maps):
    return n // k, n // k, maps


@output.misconception
def maps_reduced(output, k):
    return output[0], output[1], output[2] // k


@output.misconception
def overlapping(n, k, maps):
    return n - k + 1, n - k + 1, maps


@output.misconception
def completed(n, k, maps):
    return -(n // -k), -(n // -k), maps


@output.misconception
def one_value_per_map(maps):
    return 1, 1, maps
