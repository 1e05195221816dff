from grader.author import answer, decimal, grid, value

minutes = 5
difficulty = 2
tags = ("parameters", "dense", "memory")

params = grid(mpx=[2, 5, 8, 12, 24, 48], channels=[1, 3], use_bias=[True, False], units=[100, 500, 1000])


def dense(inputs, units, use_bias):
    return (inputs + use_bias) * units


@value
def inputs(mpx, channels):
    return mpx * 10**6 * channels


@value
def biases(units, use_bias):
    return units if use_bias else 0


@answer(points=1)
def parameters(inputs, units, use_bias):
    return dense(inputs, units, use_bias)


@parameters.misconception
def bias_mistaken(inputs, units, use_bias):
    return dense(inputs, units, not use_bias)


@parameters.misconception
def one_bias(inputs, units):
    return inputs * units + 1


@parameters.misconception
def channels_mistaken(mpx, channels, units, use_bias):
    return dense(mpx * 10**6 * (4 - channels), units, use_bias)


@parameters.misconception
def binary_megapixels(mpx, channels, units, use_bias):
    return dense(mpx * 2**20 * channels, units, use_bias)


@parameters.misconception
def sizes_added(inputs, units, biases):
    return inputs + units + biases


@answer(points=1, rule=decimal(rtol=0.01))
def gigabytes(parameters):
    return parameters * 4 / 1e9


@gigabytes.misconception
def bits(parameters):
    return parameters * 32 / 1e9


@gigabytes.misconception
def one_byte_each(parameters):
    return parameters / 1e9


@gigabytes.misconception
def double_precision(parameters):
    return parameters * 8 / 1e9


@gigabytes.misconception
def gibibytes(parameters):
    return parameters * 4 / 2**30


@gigabytes.misconception
def megabytes(parameters):
    return parameters * 4 / 1e6
