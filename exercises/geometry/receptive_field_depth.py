from grader.author import answer, grid

minutes = 4
difficulty = 3
tags = ("geometry", "cnn", "receptive-field", "dilation")

params = grid(
    lambda k, wanted, **_: (wanted - 1) % (k - 1) != 0,
    k=[3, 5, 7],
    wanted=range(16, 140, 2),
)


@answer(points=1)
def depth(k, wanted):
    return -((wanted - 1) // -(k - 1))


@depth.misconception
def fields_side_by_side(k, wanted):
    return -(wanted // -k)


@depth.misconception
def rounded_down(k, wanted):
    return (wanted - 1) // (k - 1)


@depth.misconception
def half_kernel_each(k, wanted):
    return -((wanted - 1) // -(k // 2))


@depth.misconception
def as_many_as_pixels(k, wanted):
    return wanted - k + 1


def layers_until(wanted, field):
    """The fewest layers n for which field(n) reaches what is wanted."""
    return next(n for n in range(1, 200) if field(n) >= wanted)


@answer(points=2)
def dilated(k, wanted):
    return layers_until(wanted, lambda n: 1 + (k - 1) * (2**n - 1))


@dilated.misconception
def rates_not_added(k, wanted):
    return layers_until(wanted, lambda n: 1 + (k - 1) * 2 ** (n - 1))


@dilated.misconception
def doubling_from_one(wanted):
    return layers_until(wanted, lambda n: 2**n)


@dilated.misconception
def dilation_ignored(k, wanted):
    return -((wanted - 1) // -(k - 1))


@dilated.misconception
def rates_in_steps(k, wanted):
    return layers_until(wanted, lambda n: 1 + (k - 1) * n * (n + 1) // 2)


@dilated.misconception
def one_layer_short(dilated):
    return dilated - 1
