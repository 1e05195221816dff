from grader.author import answer, at, grid, misordered, ordering, pairs, value

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

params = grid(spare=pairs(SPARE), setting=range(6))


@value
def n(setting):
    return at(
        setting, filters=(8, 16, 32, 6, 12, 24), batch=(32, 64, 128, 256, 512, 100), epochs=(5, 10, 12, 15, 16, 20)
    )


@value
def blocks(spare):
    return (*RIGHT, *(SPARE[k] for k in spare))


@misordered(
    SPARE,
    left_out="maximum",
    compiled_first=("compile", "build"),
    scaled_after=("fit", "maximum"),
    evaluated_first=("evaluate", "fit"),
    curves_first=("curves", "fit"),
)
@answer(points=3, rule=ordering("blocks", before=BEFORE))
def order():
    return RIGHT
