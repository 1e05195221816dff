from grader.author import answer, choice, decimal, grid, value

minutes = 6
difficulty = 3
tags = ("parameters", "cnn", "efficient")

params = grid(
    lambda d, m, **_: m != d,
    k=[3, 5, 7],
    d=[8, 16, 24, 32, 64],
    m=[12, 20, 32, 48, 64, 96],
)


@value
def sizes(k, d, m):
    """The weights of each stage."""
    return {"depthwise": k * k * d, "pointwise": d * m, "standard": k * k * d * m}


@answer(points=1)
def separable(sizes, m):
    return sizes["depthwise"] + sizes["pointwise"] + m


@separable.misconception
def full_convolution(sizes, m):
    return sizes["standard"] + m


@separable.misconception
def two_biases(sizes, d, m):
    return sizes["depthwise"] + d + sizes["pointwise"] + m


@separable.misconception
def no_bias(sizes):
    return sizes["depthwise"] + sizes["pointwise"]


@separable.misconception
def product_of_stages(sizes, m):
    return sizes["depthwise"] * sizes["pointwise"] + m


@separable.misconception
def depthwise_alone(sizes, d):
    return sizes["depthwise"] + d


@separable.misconception
def one_slice(k, sizes, m):
    return k * k + sizes["pointwise"] + m


@answer(points=1)
def standard(sizes, m):
    return sizes["standard"] + m


@standard.misconception
def depth_ignored(k, m):
    return k * k * m + m


@standard.misconception
def bias_forgotten(sizes):
    return sizes["standard"]


@standard.misconception
def bias_per_channel(k, d, m):
    return (k * k + 1) * d * m


@standard.misconception
def separated_again(sizes, m):
    return sizes["depthwise"] + sizes["pointwise"] + m


@answer(points=1, rule=decimal(rtol=0.02))
def ratio(sizes):
    return sizes["standard"] / (sizes["depthwise"] + sizes["pointwise"])


@ratio.misconception
def inverted(sizes):
    return (sizes["depthwise"] + sizes["pointwise"]) / sizes["standard"]


@ratio.misconception
def kernel_only(k):
    return k * k


@ratio.misconception
def filters_only(m):
    return m


@ratio.misconception
def both_added(k, m):
    return k * k + m


@answer(points=1, rule=choice("kernel", "filters", "depth", "area"))
def limit():
    return "kernel"


@limit.misconception
def filters_as_limit():
    return "filters"


@limit.misconception
def depth_as_limit():
    return "depth"
