from grader.author import answer, grid, shape, value

minutes = 4
difficulty = 2
tags = ("geometry", "cnn", "signal")

params = grid(
    lambda kernel, padding, **_: padding <= kernel // 2,
    length=[250, 1000, 4410, 8000, 16000],
    channels=[2, 6],
    kernel=[8, 15, 16, 25],
    stride=[2, 3, 4, 5],
    padding=[4, 7, 8, 12],
)


@value
def filters(kernel):
    return 32 if kernel % 2 else 16


@value
def batch(length):
    return 64 if length < 5000 else 12


def positions(length, kernel, stride, padding):
    return (length + 2 * padding - kernel) // stride + 1


@answer(points=1)
def size(length, kernel, stride, padding):
    return positions(length, kernel, stride, padding)


@size.misconception
def stride_ignored(length, kernel, padding):
    return positions(length, kernel, 1, padding)


@size.misconception
def last_position_forgotten(size):
    return size - 1


@size.misconception
def kernel_ignored(length, stride, padding):
    return (length + 2 * padding) // stride


@size.misconception
def padding_once(length, kernel, stride, padding):
    return (length + padding - kernel) // stride + 1


@size.misconception
def rounded_up(length, kernel, stride, padding):
    return -((length + 2 * padding - kernel) // -stride) + 1


@answer(points=1, rule=shape)
def output(batch, filters, size):
    return batch, filters, size


@output.misconception
def channels_last(output):
    return output[0], output[2], output[1]


@output.misconception
def channels_kept(output, channels):
    return output[0], channels, output[2]


@output.misconception
def two_axes(output):
    return *output, output[2]


@output.misconception
def batch_merged(output):
    return output[0] * output[1], output[2]
