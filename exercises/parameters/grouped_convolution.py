from grader.author import answer, grid, value

minutes = 5
difficulty = 3
tags = ("parameters", "cnn", "efficient")

params = grid(
    lambda d, m, g, **_: m != d and d % g == 0 and m % g == 0 and d > g,
    k=[3, 5],
    d=[12, 24, 30, 48, 60, 96],
    m=[36, 60, 72, 144],
    g=[2, 3, 4, 6],
)


@value
def slices(d, g):
    """The channels that one filter sees."""
    return d // g


@value
def maps(m, g):
    """The filters of one group."""
    return m // g


@answer(points=1)
def grouped(k, slices, m):
    return k * k * slices * m + m


@grouped.misconception
def groups_ignored(k, d, m):
    return k * k * d * m + m


@grouped.misconception
def groups_multiply(k, d, m, g):
    return k * k * d * m * g + m


@grouped.misconception
def both_divided(k, slices, maps):
    return (k * k * slices + 1) * maps


@grouped.misconception
def biases_divided(k, slices, m, maps):
    return k * k * slices * m + maps


@grouped.misconception
def no_bias(k, slices, m):
    return k * k * slices * m


@grouped.misconception
def one_channel_each(k, m):
    return k * k * m + m


@answer(points=1)
def depthwise(k, d):
    return k * k * d + d


@depthwise.misconception
def full(k, d):
    return k * k * d * d + d


@depthwise.misconception
def one_kernel(k, d):
    return k * k + d


@depthwise.misconception
def single_bias(k, d):
    return k * k * d + 1


@depthwise.misconception
def biases_forgotten(k, d):
    return k * k * d


@depthwise.misconception
def groups_multiplied(k, d):
    return k * k * d**3 + d


@answer(points=1)
def reach(maps):
    return maps


@reach.misconception
def every_map(m):
    return m


@reach.misconception
def one_map_only():
    return 1


@reach.misconception
def inputs_for_outputs(slices):
    return slices


@reach.misconception
def number_of_groups(g):
    return g
