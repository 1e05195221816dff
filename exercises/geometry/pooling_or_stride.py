from grader.author import answer, choices, grid, table

minutes = 5
difficulty = 3
tags = ("geometry", "cnn", "pooling", "keras")

params = grid(
    lambda n, s, **_: n % s != 0,
    n=[25, 29, 31, 35, 37, 43, 47, 49, 53, 55, 61, 65],
    s=[2, 3],
    k=[3, 5],
    filters=[16, 32],
)

ROWS = ("pooled_side", "strided_side", "pooled_positions", "strided_positions")
CLAIMS = ("as_many_parameters", "fewer_products", "largest_kept", "pooling_learns", "fewer_maps")


def compared(pooled, strided, n, positions=None):
    return dict(zip(ROWS, (pooled, strided, positions or n * n, strided * strided), strict=True))


@answer(points=2, rule=table(*ROWS))
def sizes(n, s):
    return compared(n // s, -(n // -s), n)


@sizes.follow_through
def from_your_side(yours, sizes):
    side = yours["strided_side"]
    return {**sizes, "strided_positions": sizes["strided_positions"] if side is None else side * side}


@sizes.misconception
def both_rounded_down(n, s):
    return compared(n // s, n // s, n)


@sizes.misconception
def both_rounded_up(n, s):
    return compared(-(n // -s), -(n // -s), n)


@sizes.misconception
def valid_imagined(n, s, k):
    return compared((n - k + 1) // s, (n - k) // s + 1, n, (n - k + 1) ** 2)


@sizes.misconception
def positions_after_pooling(n, s):
    return compared(n // s, -(n // -s), n, (n // s) ** 2)


@answer(points=1, rule=choices(*CLAIMS))
def claims():
    return CLAIMS[:3]


@claims.misconception
def pooling_window_learnt():
    return ("fewer_products", "largest_kept", "pooling_learns")


@claims.misconception
def stride_drops_maps():
    return *CLAIMS[:3], "fewer_maps"


@claims.misconception
def same_work():
    return ("as_many_parameters", "largest_kept")
