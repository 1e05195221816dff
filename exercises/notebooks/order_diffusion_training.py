from itertools import combinations

from grader.author import answer, grid, ordering, value

minutes = 5
difficulty = 2
tags = ("notebooks", "ordering", "diffusion")

RIGHT = (
    "schedule",
    "batch",
    "time",
    "noise",
    "coefficient",
    "mix",
    "predict",
    "loss",
    "update",
)
SPARE = ("one_time", "uniform", "clean_target", "fresh", "no_root")  # blocks that do not belong; two are shown
BEFORE = (
    ("schedule", "coefficient"),
    ("batch", "time"),
    ("batch", "noise"),
    ("time", "coefficient"),
    ("coefficient", "mix"),
    ("noise", "mix"),
    ("mix", "predict"),
    ("predict", "loss"),
    ("loss", "update"),
)

params = grid(spare=list(combinations(range(5), 2)), setting=range(6))


@value
def n(setting):
    return {"T": (50, 100, 200, 400, 500, 1000)[setting]}


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
def network_on_nothing(order):
    return moved(order, "predict", before="mix")


@order.misconception
def coefficient_before_time(order):
    return moved(order, "coefficient", before="time")


@order.misconception
def noise_after(order):
    return moved(order, "noise", before="loss")


@order.misconception
def updated_before_loss(order):
    return moved(order, "update", before="loss")


@order.misconception
def spare_block(order, spare):
    return (*order, SPARE[spare[0]])


@order.misconception
def block_left_out(order):
    return tuple(name for name in order if name != "coefficient")
