from itertools import combinations

from grader.author import answer, grid, ordering, value

minutes = 5
difficulty = 2
tags = ("notebooks", "ordering", "mnist")

RIGHT = (
    "load",
    "reshape",
    "maximum",
    "scale",
    "build",
    "compile",
    "fit",
    "evaluate",
    "curves",
)
SPARE = ("fit_test", "own_maximum", "one_hot", "shuffle_labels", "one_unit")  # blocks that do not belong; two are shown
BEFORE = (
    ("load", "reshape"),
    ("load", "maximum"),
    ("maximum", "scale"),
    ("scale", "fit"),
    ("reshape", "fit"),
    ("build", "compile"),
    ("compile", "fit"),
    ("fit", "evaluate"),
    ("fit", "curves"),
)

params = grid(spare=list(combinations(range(5), 2)), setting=range(6))


@value
def n(setting):
    return {
        "filters": (8, 16, 32, 6, 12, 24)[setting],
        "batch": (32, 64, 128, 256, 512, 100)[setting],
        "epochs": (5, 10, 12, 15, 16, 20)[setting],
    }


@value
def blocks(spare):
    return (*RIGHT, *(SPARE[k] for k in spare))


@answer(points=3, rule=ordering("blocks", before=BEFORE))
def order():
    return RIGHT


def moved(order, block, before):
    rest = [name for name in order if name != block]
    rest.insert(rest.index(before), block)
    return tuple(rest)


@order.misconception
def compiled_first(order):
    return moved(order, "compile", before="build")


@order.misconception
def scaled_after(order):
    return moved(order, "fit", before="maximum")


@order.misconception
def evaluated_first(order):
    return moved(order, "evaluate", before="fit")


@order.misconception
def curves_first(order):
    return moved(order, "curves", before="fit")


@order.misconception
def spare_block(order, spare):
    return (*order, SPARE[spare[0]])


@order.misconception
def block_left_out(order):
    return tuple(name for name in order if name != "maximum")
