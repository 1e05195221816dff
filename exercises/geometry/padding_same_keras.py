from grader.author import answer, grid, shape, value

minutes = 5
difficulty = 3
tags = ("geometry", "cnn", "padding", "keras")

params = grid(
    n=[20, 25, 28, 32, 35, 41, 50, 55, 64, 75, 82, 98, 100, 127, 150, 224],
    k=[3, 4, 6, 8, 10],
    s=[2, 3, 4],
    filters=[16],
)


def zeros_for(count, n, k, s):
    """Zeros before and after, for ``count`` positions of the kernel."""
    total = max((count - 1) * s + k - n, 0)
    return total // 2, total - total // 2


@value
def row(n):
    return f"(1, {n}, {n}, 3)"


@answer(points=1)
def size(n, s):
    return -(n // -s)


@size.misconception
def unchanged(n):
    return n


@size.misconception
def rounded_down(n, s):
    return n // s


@size.misconception
def valid_instead(n, k, s):
    return (n - k) // s + 1


@size.misconception
def valid_stride_one(n, k):
    return n - k + 1


@answer(points=2, rule=shape(2))
def zeros(size, n, k, s):
    return zeros_for(size, n, k, s)


@zeros.misconception
def as_for_stride_one(k):
    return (k - 1) // 2, k // 2


@zeros.misconception
def half_the_kernel(k):
    return k // 2, k // 2


@zeros.misconception
def total_on_each_side(zeros):
    return sum(zeros), sum(zeros)


@zeros.misconception
def from_rounded_size(n, k, s):
    return zeros_for(n // s, n, k, s)


@zeros.misconception
def one_move_too_many(size, n, k, s):
    return zeros_for(size + 1, n, k, s)
