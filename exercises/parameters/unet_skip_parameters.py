from grader.author import answer, choice, grid, table, value

minutes = 10
difficulty = 4
tags = ("parameters", "unet", "diffusion")

params = grid(side=[16, 24, 32], channels=[1, 3], filters=[4, 6, 8, 12, 16], k=[3, 5], repeats=[1, 2])


@value
def widths(filters, repeats):
    """The maps at each level, top to bottom."""
    return filters, 2 * filters, 2 * filters * repeats


@value
def architecture(side, channels, k, widths):
    one, two, bottom = widths
    half, quarter = side // 2, side // 4

    def conv(name, filters, size, kernel=k):
        return name, f"Conv2D({filters}, {kernel})", (size, size, filters)

    return [
        ("x", "Input", (side, side, channels)),
        conv("down_1", one, side),
        ("", "MaxPooling2D(2)", (half, half, one)),
        conv("down_2", two, half),
        ("", "MaxPooling2D(2)", (quarter, quarter, two)),
        conv("bottom", bottom, quarter),
        ("", "UpSampling2D(2)", (half, half, bottom)),
        ("", "Concatenate()", "?"),
        conv("up_2", two, half),
        ("", "UpSampling2D(2)", (side, side, two)),
        ("", "Concatenate()", "?"),
        conv("up_1", one, side),
        conv("final", channels, side, 1),
    ]


def joined(widths):
    """The channels that ``up_2`` and ``up_1`` receive."""
    one, two, bottom = widths
    return bottom + two, two + one


def lines(channels, k, widths, into, bias=1, k_out=1, deep=True):
    one, two, bottom = widths

    def conv(received, made, k=k):
        return (k * k * (received if deep else 1) + bias) * made

    rows = {
        "down_1": conv(channels, one),
        "down_2": conv(one, two),
        "bottom": conv(two, bottom),
        "up_2": conv(into[0], two),
        "up_1": conv(into[1], one),
        "final": conv(one, channels, k_out),
    }
    return {**rows, "total": sum(rows.values())}


@answer(points=3, rule=table("down_1", "down_2", "bottom", "up_2", "up_1", "final", "total"))
def parameters(channels, k, widths):
    return lines(channels, k, widths, joined(widths))


@parameters.follow_through
def from_your_lines(yours, parameters):
    """A wrong line is wrong once: the total is that of the lines as written."""
    written = [count for name, count in yours.items() if name != "total"]
    return parameters if None in written else {**parameters, "total": sum(written)}


@parameters.misconception
def skips_ignored(channels, k, widths):
    return lines(channels, k, widths, (widths[2], widths[1]))


@parameters.misconception
def only_the_skips(channels, k, widths):
    return lines(channels, k, widths, (widths[1], widths[0]))


@parameters.misconception
def no_bias(channels, k, widths):
    return lines(channels, k, widths, joined(widths), bias=0)


@parameters.misconception
def depth_ignored(channels, k, widths):
    return lines(channels, k, widths, joined(widths), deep=False)


@parameters.misconception
def final_kernel(channels, k, widths):
    return lines(channels, k, widths, joined(widths), k_out=k)


@answer(points=1)
def skip_cost(k, widths):
    one, two, _ = widths
    return k * k * (two * two + one * one)


@skip_cost.misconception
def skips_are_free():
    return 0


@skip_cost.misconception
def biases_again(k, widths):
    one, two, _ = widths
    return (k * k * two + 1) * two + (k * k * one + 1) * one


@skip_cost.misconception
def whole_convolutions(k, widths):
    into = joined(widths)
    return (k * k * into[0] + 1) * widths[1] + (k * k * into[1] + 1) * widths[0]


@skip_cost.misconception
def flat_slices(k, widths):
    return k * k * (widths[0] + widths[1])


@answer(points=1, rule=choice("concatenated", "added", "longer", "deeper"))
def joining():
    return "concatenated"


@joining.misconception
def sum_assumed():
    return "added"
