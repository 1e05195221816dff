from grader.author import answer, at, grid, misordered, ordering, pairs, value

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

params = grid(spare=pairs(SPARE), setting=range(6))


@value
def n(setting):
    return at(setting, side=(24, 25, 32, 48, 25, 48), epochs=(5, 10, 12, 15, 20, 30))


@value
def blocks(spare):
    return (*RIGHT, *(SPARE[k] for k in spare))


@misordered(
    SPARE,
    left_out="split",
    scaled_before=("scale", "equalise"),
    tested_first=("test", "train"),
    saved_first=("save", "scale"),
    split_first=("split", "catalogue"),
)
@answer(points=3, rule=ordering("blocks", before=BEFORE))
def order():
    return RIGHT
