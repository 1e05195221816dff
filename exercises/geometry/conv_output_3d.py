from grader.author import answer, grid, shape

minutes = 5
difficulty = 3
tags = ("geometry", "cnn", "video")

params = grid(
    clip=[(16, 48, 64), (24, 56, 40), (20, 64, 48), (30, 45, 60)],
    kernel=[(3, 5, 5), (2, 3, 3), (5, 3, 3), (4, 5, 5)],
    strides=[(1, 2, 2), (2, 2, 2), (2, 3, 3)],
    filters=[8, 12, 24],
)


def positions(clip, kernel, strides):
    return tuple((n - k) // s + 1 for n, k, s in zip(clip, kernel, strides, strict=True))


@answer(points=2, rule=shape)
def output(clip, kernel, strides, filters):
    return *positions(clip, kernel, strides), filters


@output.misconception
def time_untouched(clip, output):
    return clip[0], *output[1:]


@output.misconception
def time_summed(output):
    return output[1:]


@output.misconception
def channels_kept(output):
    return *output[:3], 3


@output.misconception
def time_in_channels(output, clip, filters):
    return *output[1:3], clip[0] * filters


@output.misconception
def last_position_forgotten(output):
    return *(n - 1 for n in output[:3]), output[3]


@output.misconception
def stride_ignored(clip, kernel, filters):
    return *positions(clip, kernel, (1, 1, 1)), filters


@answer(points=1)
def weights(kernel):
    return kernel[0] * kernel[1] * kernel[2] * 3


@weights.misconception
def time_forgotten(kernel):
    return kernel[1] * kernel[2] * 3


@weights.misconception
def channels_forgotten(kernel):
    return kernel[0] * kernel[1] * kernel[2]


@weights.misconception
def all_filters(weights, filters):
    return weights * filters


@weights.misconception
def every_frame(kernel, clip):
    return clip[0] * kernel[1] * kernel[2] * 3


@weights.misconception
def sides_added(kernel):
    return sum(kernel) + 3
