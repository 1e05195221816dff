from itertools import combinations

from grader.author import answer, grid, ordering, value

minutes = 5
difficulty = 2
tags = ("notebooks", "ordering", "transfer")

RIGHT = (
    "load_base",
    "freeze",
    "assemble",
    "compile",
    "fit_head",
    "unfreeze",
    "recompile",
    "fine_tune",
    "evaluate",
)
SPARE = ("no_weights", "freeze_all", "big_rate", "old_head", "fit_on_test")  # blocks that do not belong; two are shown
BEFORE = (
    ("load_base", "freeze"),
    ("load_base", "assemble"),
    ("assemble", "compile"),
    ("freeze", "compile"),
    ("compile", "fit_head"),
    ("fit_head", "unfreeze"),
    ("unfreeze", "recompile"),
    ("recompile", "fine_tune"),
    ("fine_tune", "evaluate"),
)

params = grid(spare=list(combinations(range(5), 2)), setting=range(6))


@value
def n(setting):
    return {
        "side": (96, 128, 160, 192, 224, 96)[setting],
        "classes": (3, 5, 8, 10, 20, 43)[setting],
        "epochs": (5, 8, 10, 12, 15, 20)[setting],
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
def frozen_after_compile(order):
    return moved(order, "compile", before="freeze")


@order.misconception
def not_recompiled_in_time(order):
    return moved(order, "recompile", before="unfreeze")


@order.misconception
def unfrozen_first(order):
    return moved(order, "unfreeze", before="fit_head")


@order.misconception
def compiled_before_assembly(order):
    return moved(order, "compile", before="assemble")


@order.misconception
def spare_block(order, spare):
    return (*order, SPARE[spare[0]])


@order.misconception
def block_left_out(order):
    return tuple(name for name in order if name != "freeze")
