from grader.author import answer, at, grid, misordered, ordering, pairs, value

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

params = grid(spare=pairs(SPARE), setting=range(6))


@value
def n(setting):
    return at(setting, T=(50, 100, 200, 400, 500, 1000))


@value
def blocks(spare):
    return (*RIGHT, *(SPARE[k] for k in spare))


@misordered(
    SPARE,
    left_out="coefficient",
    network_on_nothing=("predict", "mix"),
    coefficient_before_time=("coefficient", "time"),
    noise_after=("noise", "loss"),
    updated_before_loss=("update", "loss"),
)
@answer(points=3, rule=ordering("blocks", before=BEFORE))
def order():
    return RIGHT
