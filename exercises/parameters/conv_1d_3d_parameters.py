from grader.author import answer, grid, value

minutes = 5
difficulty = 2
tags = ("parameters", "cnn")

params = grid(
    k=[5, 7, 9],
    sensors=[2, 4, 6],
    depth=[2, 4],
    side=[3, 5, 7],
    filters=[8, 12, 16, 24],
)


@value
def duration(k):
    return {5: 256, 7: 500, 9: 1000}[k]


@value
def frames(sensors):
    return {2: 16, 4: 24, 6: 30}[sensors]


@value
def kernel(depth, side):
    return depth, side, side


@value
def weights_1d(k, sensors):
    return k * sensors


@value
def weights_3d(depth, side):
    return depth * side * side * 3


@answer(points=1)
def series(k, sensors, filters):
    return (k * sensors + 1) * filters


@series.misconception
def kernel_squared(k, sensors, filters):
    return (k * k * sensors + 1) * filters


@series.misconception
def channels_ignored(k, filters):
    return (k + 1) * filters


@series.misconception
def no_bias(k, sensors, filters):
    return k * sensors * filters


@series.misconception
def duration_counted(k, duration, sensors, filters):
    return (k * sensors + 1) * filters * (duration - k + 1)


@series.misconception
def sliding_over_channels(k, duration, filters):
    return (k * duration + 1) * filters


@answer(points=1)
def video(depth, side, filters):
    return (depth * side * side * 3 + 1) * filters


@video.misconception
def flat_kernel(side, filters):
    return (side * side * 3 + 1) * filters


@video.misconception
def frames_as_channels(side, frames, filters):
    return (side * side * 3 * frames + 1) * filters


@video.misconception
def colours_ignored(depth, side, filters):
    return (depth * side * side + 1) * filters


@video.misconception
def biases_forgotten(depth, side, filters):
    return depth * side * side * 3 * filters


@video.misconception
def bias_per_slice(depth, side, filters):
    return (side * side * 3 + 1) * depth * filters


@video.misconception
def cubic_kernel(side, filters):
    return (side**3 * 3 + 1) * filters
