from grader.author import answer, choice, grid, value

minutes = 6
difficulty = 3
tags = ("cost", "cnn")

params = grid(
    side=[14, 16, 28, 32, 56],
    d=[3, 8, 16],
    m=[12, 24, 32],
    k=[3, 5],
    s=[1, 2],
)


@value
def out(side, s):
    return -(-side // s)


@value
def weights(k, d):
    return k * k * d


@answer(points=1)
def macs(out, weights, m):
    return out * out * weights * m


@macs.misconception
def twice(out, weights, m):
    return 2 * out * out * weights * m


@macs.misconception
def padded_positions(side, k, weights, m):
    return (side + k - 1) ** 2 * weights * m


@macs.misconception
def no_position(weights, m):
    return weights * m


@macs.misconception
def depth_ignored(out, k, m):
    return out * out * k * k * m


@macs.misconception
def outputs_counted(out, m):
    return out * out * m


@macs.misconception
def biases_multiplied(out, weights, m):
    return out * out * (weights + 1) * m


@answer(points=1)
def flops(macs):
    return 2 * macs


@flops.misconception
def same_as_macs(macs):
    return macs


@flops.misconception
def halved(macs):
    return macs // 2


@flops.misconception
def doubled_twice(macs):
    return 4 * macs


@flops.misconception
def one_position(weights, m):
    return 2 * weights * m


@answer(points=1, rule=choice("halved", "quarter", "same", "doubled", "fourfold", "ninefold"))
def larger():
    return "fourfold"


@larger.misconception
def parameters_instead():
    return "same"


@larger.misconception
def side_only():
    return "doubled"
