from grader.author import answer, choice, grid, value

minutes = 7
difficulty = 4
tags = ("parameters", "cnn", "dense")

params = grid(side=[12, 16, 20, 24, 28, 32], d=[1, 3], k=[3, 5], m=[4, 6, 8])


@value
def out(side, k):
    return side - k + 1


@value
def inputs(side, d):
    return side * side * d


@value
def outputs(out, m):
    return out * out * m


@answer(points=1)
def convolution(k, d, m):
    return (k * k * d + 1) * m


@convolution.misconception
def no_bias(k, d, m):
    return k * k * d * m


@convolution.misconception
def no_sharing(k, d, outputs):
    return (k * k * d + 1) * outputs


@convolution.misconception
def one_filter(k, d):
    return k * k * d + 1


@convolution.misconception
def bias_per_output(k, d, m, outputs):
    return k * k * d * m + outputs


@answer(points=1)
def dense(inputs, outputs):
    return (inputs + 1) * outputs


@dense.misconception
def one_output_per_filter(inputs, m):
    return (inputs + 1) * m


@dense.misconception
def same_size(side, inputs, m):
    return (inputs + 1) * side * side * m


@dense.misconception
def biases_forgotten(inputs, outputs):
    return inputs * outputs


@dense.misconception
def biases_shared(inputs, outputs, m):
    return inputs * outputs + m


@dense.misconception
def windows_only(k, d, outputs):
    return (k * k * d + 1) * outputs


@answer(points=1)
def nonzero(k, d, outputs):
    return k * k * d * outputs


@nonzero.misconception
def every_weight(inputs, outputs):
    return inputs * outputs


@nonzero.misconception
def distinct_values(k, d, m):
    return k * k * d * m


@nonzero.misconception
def window_cut(k, outputs, d):
    return k * k * outputs if d > 1 else k * outputs


@nonzero.misconception
def biases_included(k, d, outputs):
    return (k * k * d + 1) * outputs


@answer(points=1, rule=choice("output_moves", "output_same", "output_scrambled", "output_vanishes"))
def shifted():
    return "output_moves"


@shifted.misconception
def invariance():
    return "output_same"


@shifted.misconception
def no_structure():
    return "output_scrambled"
