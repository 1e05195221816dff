from grader.author import answer, grid, value

minutes = 7
difficulty = 3
tags = ("parameters", "cnn", "vocabulary")

params = grid(
    lambda side, k, s, **_: (side - k) % s == 0,
    side=[11, 13, 15, 17, 21, 23],
    channels=[1, 2, 3],
    k=[3, 5],
    s=[2],
    filters=[4, 6, 8],
)


@value
def out(side, k, s):
    return (side - k) // s + 1


@answer(points=1)
def neurons(out, filters):
    return out * out * filters


@neurons.misconception
def one_map(out):
    return out * out


@neurons.misconception
def inputs_counted(side, channels):
    return side * side * channels


@neurons.misconception
def channels_repeated(out, filters, channels, k):
    return out * out * filters * k * k if channels == 1 else out * out * filters * channels


@neurons.misconception
def stride_ignored(side, k, filters):
    return (side - k + 1) ** 2 * filters


@neurons.misconception
def filters_counted(filters):
    return filters


@answer(points=1)
def parameters(channels, k, filters):
    return (k * k * channels + 1) * filters


@parameters.misconception
def no_sharing(channels, k, filters, out):
    return (k * k * channels + 1) * filters * out * out


@parameters.misconception
def biases_of_neurons(channels, k, filters, out):
    return k * k * channels * filters + out * out * filters


@parameters.misconception
def no_bias(channels, k, filters):
    return k * k * channels * filters


@parameters.misconception
def one_filter(channels, k):
    return k * k * channels + 1


@answer(points=1)
def connections(channels, k, filters, out):
    return k * k * channels * out * out * filters


@connections.misconception
def dense_connections(side, channels, filters, out):
    return side * side * channels * out * out * filters


@connections.misconception
def biases_connected(channels, k, filters, out):
    return (k * k * channels + 1) * out * out * filters


@connections.misconception
def shared_once(channels, k, filters):
    return k * k * channels * filters


@connections.misconception
def single_map(channels, k, out):
    return k * k * channels * out * out
