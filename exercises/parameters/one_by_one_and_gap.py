from grader.author import answer, grid, value

minutes = 6
difficulty = 3
tags = ("parameters", "cnn", "efficient")

params = grid(
    side=[6, 7, 8],
    d=[64, 96, 128, 256],
    narrow=[16, 24, 32],
    classes=[10, 43, 100],
)


@value
def flat(side, d):
    return side * side * d


@answer(points=1)
def pointwise(d, narrow):
    return (d + 1) * narrow


@pointwise.misconception
def nothing_to_learn():
    return 0


@pointwise.misconception
def one_weight_per_map(narrow):
    return 2 * narrow


@pointwise.misconception
def no_bias(d, narrow):
    return d * narrow


@pointwise.misconception
def per_position(d, narrow, side):
    return (d + 1) * narrow * side * side


@pointwise.misconception
def bias_per_channel(d, narrow):
    return 2 * d * narrow


@answer(points=1)
def bottleneck(d, narrow):
    return (d + 1) * narrow + (9 * narrow + 1) * d


@bottleneck.misconception
def direct(d):
    return (9 * d + 1) * d


@bottleneck.misconception
def width_not_reduced(d, narrow):
    return (d + 1) * narrow + (9 * d + 1) * d


@bottleneck.misconception
def second_layer_only(d, narrow):
    return (9 * narrow + 1) * d


@bottleneck.misconception
def biases_forgotten(d, narrow):
    return d * narrow + 9 * narrow * d


@bottleneck.misconception
def all_three_by_three(d, narrow):
    return (9 * d + 1) * narrow + (9 * narrow + 1) * d


@answer(points=1)
def flat_head(flat, classes):
    return (flat + 1) * classes


@flat_head.misconception
def one_map(side, classes):
    return (side * side + 1) * classes


@flat_head.misconception
def already_averaged(d, classes):
    return (d + 1) * classes


@flat_head.misconception
def head_without_bias(flat, classes):
    return flat * classes


@flat_head.misconception
def bias_of_the_inputs(flat, classes):
    return flat * (classes + 1)


@answer(points=1)
def gap_head(d, classes):
    return (d + 1) * classes


@gap_head.misconception
def still_flattened(flat, classes):
    return (flat + 1) * classes


@gap_head.misconception
def one_average(classes):
    return 2 * classes


@gap_head.misconception
def averages_learnt(side, d, classes):
    return side * side * d + (d + 1) * classes


@gap_head.misconception
def averaged_over_channels(side, classes):
    return (side * side + 1) * classes


@gap_head.misconception
def classes_unbiased(d, classes):
    return d * classes
