import numpy as np

from grader.author import answer, choice, grid, matrix, value

minutes = 6
difficulty = 3
tags = ("kernels", "cnn")

# A shift by one or two pixels in each direction; and an operation of three terms.
params = grid(
    lambda right, down, **_: abs(right) != abs(down), right=[-2, -1, 0, 1, 2], down=[-2, -1, 0, 1, 2], seed=range(5)
)

PLACES = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]


@value
def terms(right, down, seed):
    """((row, column), coefficient) of each term of the operation."""
    rng = np.random.default_rng([right + 2, down + 2, seed])
    while True:
        at = [PLACES[n] for n in rng.permutation(9)[:3]]
        found = tuple(sorted(zip(at, (int(c) for c in rng.permutation([-2, -1, 1, 2, 3])[:3]), strict=True)))
        k = dense(found)
        ways = [turn for base in (k, k.T) for turn in (base, base[::-1], base[:, ::-1], base[::-1, ::-1])]
        if len({way.tobytes() for way in ways}) == 8:
            return found


@value
def operation(terms):
    written = ""
    for (i, j), c in terms:
        sign = "-" if c < 0 else "+" if written else ""
        size = "" if abs(c) == 1 else str(abs(c))
        written += f" {sign} {size}\\,x_{{ {index('i', i)},\\, {index('j', j)} }}"
    return written


@value
def total(terms):
    return sum(c for _, c in terms)


@value
def new_row(down):
    return 2 + down


@value
def new_column(right):
    return 2 + right


def index(letter, by):
    return letter + {-1: "-1", 0: "", 1: "+1"}[by]


def dense(terms):
    k = np.zeros((3, 3), dtype=int)
    for (i, j), c in terms:
        k[1 + i, 1 + j] = c
    return k


def lit(row, column):
    k = np.zeros((5, 5), dtype=int)
    k[2 + row, 2 + column] = 1
    return k.tolist()


@answer(points=1, rule=matrix())
def kernel(terms):
    return dense(terms).tolist()


@kernel.misconception
def turned(terms):
    return dense(terms)[::-1, ::-1].tolist()


@kernel.misconception
def transposed(terms):
    return dense(terms).T.tolist()


@kernel.misconception
def rows_upwards(terms):
    return dense(terms)[::-1].tolist()


@kernel.misconception
def signs_reversed(terms):
    return (-dense(terms)).tolist()


@answer(points=2, rule=matrix())
def shift_kernel(right, down):
    return lit(-down, -right)


@shift_kernel.misconception
def wrong_way(right, down):
    return lit(down, right)


@shift_kernel.misconception
def axes_swapped(right, down):
    return lit(-right, -down)


@shift_kernel.misconception
def swapped_and_wrong_way(right, down):
    return lit(right, down)


@shift_kernel.misconception
def nothing_moves():
    return lit(0, 0)


@answer(points=1, rule=choice("black", "kept", "doubled", "negative", "tripled", "other"))
def uniform_area(total):
    return {0: "black", 1: "kept", 2: "doubled", 3: "tripled"}.get(total, "negative" if total < 0 else "other")


@uniform_area.misconception
def edges_expected(total):
    return "black" if total else "kept"


@uniform_area.misconception
def brightness_expected(total):
    return "kept" if total != 1 else "doubled"
