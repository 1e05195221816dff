from grader.author import answer, decimal, grid, value

minutes = 6
difficulty = 3
tags = ("cost", "memory", "training")

KEPT = {"SGD(lr=0.01)": 0, "SGD(lr=0.01, momentum=0.9)": 1, "Adam(lr=0.001)": 2}

params = grid(
    parameters=[734_059, 4_841_083, 29_034_811, 60_965_224, 61_100_840, 138_357_544, 337_000, 11_700_000],
    optimizer=list(KEPT),
    share=[5, 10, 20],
)


@value
def kept(optimizer):
    """The numbers that the optimizer remembers for each parameter."""
    return KEPT[optimizer]


@answer(points=1, rule=decimal(rtol=0.01))
def everything(parameters, kept):
    return parameters * (2 + kept) * 4 / 1e6


@everything.misconception
def weights_only(parameters):
    return parameters * 4 / 1e6


@everything.misconception
def doubles(parameters, kept):
    return parameters * (2 + kept) * 8 / 1e6


@everything.misconception
def optimizer_mistaken(parameters, kept):
    return parameters * (3 if kept == 2 else 3 + kept) * 4 / 1e6


@everything.misconception
def bits(parameters, kept):
    return parameters * (2 + kept) * 32 / 1e6


@everything.misconception
def mebibytes(parameters, kept):
    return parameters * (2 + kept) * 4 / 2**20


@answer(points=1, rule=decimal(rtol=0.01))
def frozen(parameters, kept, share):
    return parameters * (1 + share / 100 * (1 + kept)) * 4 / 1e6


@frozen.misconception
def nothing_saved(parameters, kept):
    return parameters * (2 + kept) * 4 / 1e6


@frozen.misconception
def frozen_weights_free(parameters, kept, share):
    return parameters * share / 100 * (2 + kept) * 4 / 1e6


@frozen.misconception
def shares_exchanged(parameters, kept, share):
    return parameters * (1 + (100 - share) / 100 * (1 + kept)) * 4 / 1e6


@frozen.misconception
def trained_part_apart(parameters, kept, share):
    return parameters * (1 + share / 100 * (2 + kept)) * 4 / 1e6


@frozen.misconception
def weights_alone(parameters):
    return parameters * 4 / 1e6
