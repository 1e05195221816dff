from grader.author import answer, choice, grid, table

minutes = 8
difficulty = 3
tags = ("kernels", "pooling", "cost", "cnn")


def digit_products(n, k, d, m):
    """To multiply by hand: a kernel, its parameters, the positions and the MACs of A; B has a quarter of them."""
    kernel = k * k * d
    factors = ((k, k), (k * k, d), (kernel + 1, m), (n, n), (n * n, kernel * m))
    return sum(len(str(a)) * len(str(b)) for a, b in factors)


params = grid(
    lambda n, k, d, m: m != d and 20 <= digit_products(n, k, d, m) <= 30,
    n=[16, 24, 32, 40, 48, 64],
    k=[3, 5],
    d=[3, 8, 16],
    m=[8, 16, 32],
)

ROWS = ("pool_size", "pool_params", "pool_macs", "stride_size", "stride_params", "stride_macs")


def both(size, params, macs):
    """Rows from pairs (convolution and pooling, convolution of stride 2)."""
    return dict(zip(ROWS, (n for pair in zip(size, params, macs, strict=True) for n in pair), strict=True))


def load(n, k, d, m):
    return digit_products(n, k, d, m)


@answer(points=3, rule=table(*ROWS))
def costs(n, k, d, m):
    params, each = (k * k * d + 1) * m, k * k * d * m
    return both((n // 2, n // 2), (params, params), (n**2 * each, (n // 2) ** 2 * each))


@costs.misconception
def same_work(n, k, d, m):
    params, macs = (k * k * d + 1) * m, n**2 * k * k * d * m
    return both((n // 2, n // 2), (params, params), (macs, macs))


@costs.misconception
def halved_work(n, k, d, m):
    params, macs = (k * k * d + 1) * m, n**2 * k * k * d * m
    return both((n // 2, n // 2), (params, params), (macs, macs // 2))


@costs.misconception
def depth_ignored(n, k, m):
    params, each = (k * k + 1) * m, k * k * m
    return both((n // 2, n // 2), (params, params), (n**2 * each, (n // 2) ** 2 * each))


@costs.misconception
def pooling_learns(n, k, d, m):
    params, each = (k * k * d + 1) * m, k * k * d * m
    return both((n // 2, n // 2), (params + 4 * m, params), (n**2 * each, (n // 2) ** 2 * each))


@costs.misconception
def stride_divides_params(n, k, d, m):
    params, each = (k * k * d + 1) * m, k * k * d * m
    return both((n // 2, n // 2), (params, params // 4), (n**2 * each, (n // 2) ** 2 * each))


@costs.misconception
def work_for_parameters(n, k, d, m):
    params = (k * k * d + 1) * m
    return both((n // 2, n // 2), (params, params), (params, params))


@costs.misconception
def only_valid(n, k, d, m):
    params, each = (k * k * d + 1) * m, k * k * d * m
    pool, stride = n - k + 1, (n - k) // 2 + 1
    return both((pool // 2, stride), (params, params), (pool**2 * each, stride**2 * each))


@answer(points=1, rule=choice("same_function", "sees_all", "sees_quarter", "fewer_weights"))
def difference():
    return "sees_all"


@difference.misconception
def sizes_for_functions():
    return "same_function"


@difference.misconception
def positions_dropped_by_pooling():
    return "sees_quarter"


@difference.misconception
def stride_on_weights():
    return "fewer_weights"
