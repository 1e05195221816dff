from itertools import combinations

from grader.author import answer, grid, ordering, value

minutes = 5
difficulty = 2
tags = ("notebooks", "ordering", "gtsrb")

RIGHT = (
    "catalogue",
    "split",
    "read",
    "equalise",
    "scale",
    "save",
    "load",
    "train",
    "test",
)
SPARE = ("random_split", "flip", "choose_on_test", "sort", "test_in_train")  # blocks that do not belong; two are shown
BEFORE = (
    ("catalogue", "split"),
    ("catalogue", "read"),
    ("read", "equalise"),
    ("equalise", "scale"),
    ("scale", "save"),
    ("split", "save"),
    ("save", "load"),
    ("load", "train"),
    ("train", "test"),
)

params = grid(spare=list(combinations(range(5), 2)), setting=range(6))


@value
def n(setting):
    return {"side": (24, 25, 32, 48, 25, 48)[setting], "epochs": (5, 10, 12, 15, 20, 30)[setting]}


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
def scaled_before(order):
    return moved(order, "scale", before="equalise")


@order.misconception
def tested_first(order):
    return moved(order, "test", before="train")


@order.misconception
def saved_first(order):
    return moved(order, "save", before="scale")


@order.misconception
def split_first(order):
    return moved(order, "split", before="catalogue")


@order.misconception
def spare_block(order, spare):
    return (*order, SPARE[spare[0]])


@order.misconception
def block_left_out(order):
    return tuple(name for name in order if name != "split")
