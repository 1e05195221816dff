from grader.author import answer, choices, grid, shape, whole

minutes = 5
difficulty = 2
tags = ("culture", "geometry", "keras", "torch")

params = grid(h=[24, 28, 32, 40], w=[36, 48, 64], c=[1, 3], f=[8, 16], k=[3, 5])


@answer(points=1, rule=shape(3))
def keras_shape(h, w, f, k):
    return h - k + 1, w - k + 1, f


@keras_shape.misconception
def same_by_default(h, w, f):
    return h, w, f


@keras_shape.misconception
def stride_of_the_kernel(h, w, f, k):
    return h // k, w // k, f


@keras_shape.misconception
def channels_kept(h, w, c, k):
    return h - k + 1, w - k + 1, c


@keras_shape.misconception
def last_position_forgotten(h, w, f, k):
    return h - k, w - k, f


@answer(points=1, rule=shape(3))
def torch_shape(h, w, f, k):
    return f, h - k + 1, w - k + 1


@torch_shape.misconception
def channels_last(h, w, f, k):
    return h - k + 1, w - k + 1, f


@torch_shape.misconception
def padded(h, w, f):
    return f, h, w


@torch_shape.misconception
def width_first(h, w, f, k):
    return f, w - k + 1, h - k + 1


@answer(points=1, rule=whole)
def parameters(c, f, k):
    return (k * k * c + 1) * f


@parameters.misconception
def no_bias_by_default(c, f, k):
    return k * k * c * f


@parameters.misconception
def one_bias(c, f, k):
    return k * k * c * f + 1


@parameters.misconception
def one_bias_per_weight(c, f, k):
    return k * k * c * f * 2


@parameters.misconception
def at_each_position(h, w, c, f, k):
    return (k * k * c + 1) * f * (h - k + 1) * (w - k + 1)


@answer(points=1, rule=choices("stride", "valid", "linear", "bias", "same", "relu", "pool", "no_bias"))
def unchanged():
    return "stride", "valid", "linear", "bias"


@unchanged.misconception
def relu_assumed():
    return "stride", "valid", "relu", "bias"


@unchanged.misconception
def same_assumed():
    return "stride", "same", "linear", "bias"


@unchanged.misconception
def both_assumed():
    return "stride", "same", "relu", "bias"
