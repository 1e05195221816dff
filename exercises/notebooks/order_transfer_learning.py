from grader.author import answer, at, grid, misordered, ordering, pairs, value

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

params = grid(spare=pairs(SPARE), setting=range(6))


@value
def n(setting):
    return at(setting, side=(96, 128, 160, 192, 224, 96), classes=(3, 5, 8, 10, 20, 43), epochs=(5, 8, 10, 12, 15, 20))


@value
def blocks(spare):
    return (*RIGHT, *(SPARE[k] for k in spare))


@misordered(
    SPARE,
    left_out="freeze",
    frozen_after_compile=("compile", "freeze"),
    not_recompiled_in_time=("recompile", "unfreeze"),
    unfrozen_first=("unfreeze", "fit_head"),
    compiled_before_assembly=("compile", "assemble"),
)
@answer(points=3, rule=ordering("blocks", before=BEFORE))
def order():
    return RIGHT
