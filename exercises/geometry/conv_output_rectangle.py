from grader.author import answer, grid, shape, value, whole

minutes = 6
difficulty = 3
tags = ("geometry", "cnn")

params = grid(
    lambda kernel, strides, **_: kernel[0] != kernel[1] or strides[0] != strides[1],
    image=[(45, 60), (48, 80), (57, 40), (72, 50), (64, 91)],
    kernel=[(3, 5), (5, 3), (7, 4), (4, 4)],
    strides=[(2, 3), (3, 2), (2, 2), (4, 3)],
    zeros=[((1, 0), (2, 1)), ((2, 1), (0, 1)), ((2, 2), (1, 3))],
    filters=[8, 16],
)


def positions(size, zeros, kernel, stride):
    return (size + zeros - kernel) // stride + 1


@value
def padded(image, zeros):
    return image[0] + sum(zeros[0]), image[1] + sum(zeros[1])


@answer(points=2, rule=shape)
def output(image, kernel, strides, zeros, filters):
    rows, columns = (positions(image[a], sum(zeros[a]), kernel[a], strides[a]) for a in (0, 1))
    return rows, columns, filters


@output.misconception
def channels_kept(output):
    return *output[:2], 3


@output.misconception
def width_first(output):
    return output[1], output[0], output[2]


@output.misconception
def kernel_turned(image, kernel, strides, zeros, filters):
    return *(positions(image[a], sum(zeros[a]), kernel[1 - a], strides[1 - a]) for a in (0, 1)), filters


@output.misconception
def first_side_doubled(image, kernel, strides, zeros, filters):
    return *(positions(image[a], 2 * zeros[a][0], kernel[a], strides[a]) for a in (0, 1)), filters


@output.misconception
def padding_ignored(image, kernel, strides, filters):
    return *(positions(image[a], 0, kernel[a], strides[a]) for a in (0, 1)), filters


@output.misconception
def last_position_forgotten(output):
    return output[0] - 1, output[1] - 1, output[2]


@output.misconception
def rounded_up(padded, kernel, strides, filters):
    return *(-((padded[a] - kernel[a]) // -strides[a]) + 1 for a in (0, 1)), filters


@answer(points=1, rule=whole)
def values(output):
    return output[0] * output[1] * output[2]


@values.misconception
def one_map(output):
    return output[0] * output[1]


@values.misconception
def input_channels_counted(output):
    return 3 * output[0] * output[1] * output[2]


@values.misconception
def sizes_added(output):
    return (output[0] + output[1]) * output[2]


@values.misconception
def padded_image(padded, filters):
    return padded[0] * padded[1] * filters
