import numpy as np

from grader.author import answer, choice, choices, grid, value

minutes = 6
difficulty = 3
tags = ("geometry", "cnn", "shapes", "debugging", "keras")

# A convolution is (filters, kernel), a pooling its window; all are "valid".
MODEL_02 = ((32, 3), 2, (64, 3), 2, (128, 3), 2, (256, 3), 2)
CHANGES = ("all_same", "larger_image", "no_pooling", "more_filters", "smaller_batch")


def drawn(seed):
    """Four convolutions, each followed by a pooling but for one of the first three."""
    rng = np.random.default_rng([seed, 3])
    alone = int(rng.integers(3))
    layers = []
    for number, (filters, kernel) in enumerate(zip((16, 32, 64, 64), rng.choice([3, 3, 5], 4), strict=True)):
        layers += [(filters, int(kernel))] + [2] * (number != alone)
    return tuple(layers)


def layers_of(net, seed):
    return MODEL_02 if net == "model_02" else drawn(seed)


def numbered(layers):
    """Each layer under its name: conv_1, pool_1, conv_2."""
    named, counts = {}, {"conv": 0, "pool": 0}
    for layer in layers:
        kind = "conv" if isinstance(layer, tuple) else "pool"
        counts[kind] += 1
        named[f"{kind}_{counts[kind]}"] = layer
    return named


def stopped(named, side, taken=1, up=False):
    """The first layer whose kernel does not fit, and the side of the maps that reach it; "flatten" if there is none."""
    for name, layer in named.items():
        if isinstance(layer, tuple):
            if side < layer[1]:
                return name, side
            side = side - layer[1] + taken
        else:
            if side + up < layer:
                return name, side
            side = (side + up) // layer
        if side < 1:
            return name, side
    return "flatten", side


params = grid(
    lambda net, side, seed: (
        (net == "drawn" or (seed == 0 and side in (24, 30, 32, 36, 40, 44)))
        and stopped(numbered(layers_of(net, seed)), side)[0] not in ("flatten", "conv_1", "pool_1", "conv_2")
    ),
    net=["model_02", "drawn"],
    side=[20, 22, 24, 26, 28, 30, 32, 36, 40, 44, 48],
    seed=range(24),
)


@value
def named(net, seed):
    return numbered(layers_of(net, seed))


@value
def candidates(named):
    return (*named, "flatten")


@value
def larger(side):
    return side + 12


def line(name, layer):
    if isinstance(layer, int):
        return f'    layers.MaxPooling2D({layer}, name="{name}"),'
    return f'    layers.Conv2D({layer[0]}, {layer[1]}, activation="relu", name="{name}"),'


@value
def code(named, side):
    lines = [line(name, layer) for name, layer in named.items()]
    start = ["keras.Sequential([", f"    keras.Input(({side}, {side}, 3)),"]
    return "\n".join(
        [*start, *lines, '    layers.Flatten(name="flatten"),', '    layers.Dense(43, activation="softmax"),', "])"]
    )


@answer(points=2, rule=choice("candidates"))
def failing(named, side):
    return stopped(named, side)[0]


@failing.misconception
def layer_before(failing, named):
    names = list(named)
    return names[names.index(failing) - 1]


@failing.misconception
def padding_imagined():
    return "flatten"


@failing.misconception
def whole_kernel_taken_off(named, side):
    return stopped(named, side, taken=0)[0]


def works(named, side):
    return stopped(named, side)[0] == "flatten"


def last_pooling_removed(named):
    last = [name for name in named if name.startswith("pool")][-1]
    return {name: layer for name, layer in named.items() if name != last}


@answer(points=2, rule=choices(*CHANGES))
def changes(named, side, larger):
    helps = {
        "all_same": side // 2 ** sum(isinstance(layer, int) for layer in named.values()) > 0,
        "larger_image": works(named, larger),
        "no_pooling": works(last_pooling_removed(named), side),
    }
    return tuple(change for change, good in helps.items() if good)


@changes.misconception
def filters_help(changes):
    return *changes, "more_filters"


@changes.misconception
def batch_helps(changes):
    return *changes, "smaller_batch"


@changes.misconception
def any_larger_image():
    return ("larger_image",)
