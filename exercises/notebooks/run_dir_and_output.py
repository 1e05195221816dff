from grader.author import answer, choice, choices, grid, value, whole

minutes = 5
difficulty = 1
tags = ("notebooks", "output")

params = grid(
    lambda first, second, **_: first != second,
    first=[8, 10, 12, 16],
    second=[5, 9, 15, 20],
    launches=[2, 3, 4],
    epoch=[3, 7],
)


@value
def padded(epoch):
    return f"{epoch:04d}"


@value
def doubled():
    return "{{epoch:04d}}"


@answer(points=1, rule=whole)
def files(first, second):
    return first + 1 + second + 1


@files.misconception
def every_launch(first, second, launches):
    return launches * (first + 1) + second + 1


@files.misconception
def best_forgotten(first, second):
    return first + second


@files.misconception
def last_run_only(second):
    return second + 1


@files.misconception
def best_ones():
    return 2


@files.misconception
def best_shared(first, second):
    return first + second + 1


@answer(points=1, rule=choice("right", "no_padding", "no_run", "other_run", "no_folder"))
def path():
    return "right"


@path.misconception
def format_ignored():
    return "no_padding"


@path.misconception
def tag_ignored():
    return "no_run"


@answer(points=1, rule=choices("figures", "history", "seed", "dataset", "environment", "overwrite"))
def kept():
    return "figures", "history", "seed"


@kept.misconception
def data_copied():
    return "figures", "history", "seed", "dataset"


@kept.misconception
def figures_only():
    return ("figures",)


@kept.misconception
def reproducibility_forgotten():
    return "figures", "history"
