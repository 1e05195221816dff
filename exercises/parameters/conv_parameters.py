from grader.author import answer, choice, grid, value

minutes = 5
difficulty = 2
tags = ("parameters", "cnn")

CHANGES = ("image", "filters", "channels", "kernel", "stride", "padding")

params = grid(
    kernel=[(3, 5), (1, 7), (5, 2), (7, 3)],
    depth=[3, 8, 16],
    filters=[12, 32],
    side=[32, 48],
    change=CHANGES,
)


def code(side, depth, filters, kernel, stride=1, padding="valid"):
    layer = f'layers.Conv2D({filters}, {kernel}, strides={stride}, padding="{padding}")'
    return f"keras.Input(({side}, {side}, {depth})),\n    {layer}"


@value
def layer(side, depth, filters, kernel):
    return code(side, depth, filters, kernel)


@value
def changed(side, depth, filters, kernel, change):
    doubled = (2 * kernel[0], 2 * kernel[1])
    return {
        "image": code(2 * side, depth, filters, kernel),
        "filters": code(side, depth, 2 * filters, kernel),
        "channels": code(side, 2 * depth, filters, kernel),
        "kernel": code(side, depth, filters, doubled),
        "stride": code(side, depth, filters, kernel, stride=2),
        "padding": code(side, depth, filters, kernel, padding="same"),
    }[change]


@value
def weights(kernel, depth):
    return kernel[0] * kernel[1] * depth


@value
def positions(kernel, side):
    return (side - kernel[0] + 1) * (side - kernel[1] + 1)


@answer(points=1)
def parameters(weights, filters):
    return (weights + 1) * filters


@parameters.misconception
def no_bias(weights, filters):
    return weights * filters


@parameters.misconception
def one_bias(weights, filters):
    return weights * filters + 1


@parameters.misconception
def depth_ignored(kernel, filters):
    return (kernel[0] * kernel[1] + 1) * filters


@parameters.misconception
def bias_per_channel(kernel, depth, filters):
    return (kernel[0] * kernel[1] + 1) * depth * filters


@parameters.misconception
def no_sharing(weights, filters, positions):
    return (weights + 1) * filters * positions


@parameters.misconception
def neurons_counted(filters, positions):
    return filters * positions


@parameters.misconception
def square_kernel(kernel, depth, filters):
    return (kernel[0] ** 2 * depth + 1) * filters


@answer(points=1, rule=choice("same", "double", "almost_double", "almost_quadruple", "quadruple", "fewer"))
def effect(change):
    return {
        "filters": "double",
        "channels": "almost_double",
        "kernel": "almost_quadruple",
    }.get(change, "same")


@effect.misconception
def size_of_output(change):
    return {"image": "quadruple", "stride": "fewer", "padding": "almost_double"}.get(change, "same")


@effect.misconception
def bias_overlooked(change):
    return {"filters": "almost_double", "channels": "double", "kernel": "quadruple"}.get(change, "double")
