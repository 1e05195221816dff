from grader.author import answer, grid

minutes = 5
difficulty = 3
tags = ("parameters", "normalisation", "cnn")

params = grid(channels=[3, 8], filters=[10, 12, 16, 20, 24, 30, 32, 40, 48, 64], side=[14, 28], k=[3, 5])


@answer(points=1)
def everything(filters):
    return 4 * filters


@everything.misconception
def trainable_only(filters):
    return 2 * filters


@everything.misconception
def for_the_whole_layer():
    return 4


@everything.misconception
def per_position(filters, side):
    return 4 * filters * side * side


@everything.misconception
def per_image_pixel(side):
    return 4 * side * side


@answer(points=1)
def trainable(filters):
    return 2 * filters


@trainable.misconception
def averages_trained(filters):
    return 4 * filters


@trainable.misconception
def scale_only(filters):
    return filters


@trainable.misconception
def nothing_to_learn():
    return 0


@trainable.misconception
def one_pair():
    return 2


@trainable.misconception
def pair_per_position(filters, side):
    return 2 * filters * side * side


@answer(points=1)
def layer_norm(filters):
    return 2 * filters


@layer_norm.misconception
def averages_kept(filters):
    return 4 * filters


@layer_norm.misconception
def over_the_maps(filters, side):
    return 2 * filters * side * side


@layer_norm.misconception
def single_pair():
    return 2


@layer_norm.misconception
def gain_without_shift(filters):
    return filters


@answer(points=1)
def block(channels, k, filters):
    return k * k * channels * filters + 4 * filters


@block.misconception
def bias_kept(channels, k, filters):
    return (k * k * channels + 1) * filters + 4 * filters


@block.misconception
def without_averages(channels, k, filters):
    return k * k * channels * filters + 2 * filters


@block.misconception
def nothing_in_the_normalisation(channels, k, filters):
    return k * k * channels * filters


@block.misconception
def bias_per_slice(channels, k, filters):
    return (k * k + 1) * channels * filters + 4 * filters


@block.misconception
def normalised_inputs(channels, k, filters):
    return k * k * channels * filters + 4 * channels
