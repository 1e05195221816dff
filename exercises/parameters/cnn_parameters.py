from grader.author import answer, grid, table, value

minutes = 12
difficulty = 3
tags = ("parameters", "cnn")

params = grid(
    image=[(28, 28, 1), (32, 32, 3), (48, 48, 3)],
    filters=[(8, 16), (16, 32)],
    k=[3, 5],
    padding=["same", "valid"],
    units=[84, 100],
)


@value
def classes(image):
    return 43 if image[0] == 48 else 10


def side_after(side, k, padding):
    """The side of the feature maps once a convolution and a pooling of 2 have passed."""
    return (side if padding == "same" else side - k + 1) // 2


def flattened_size(image, filters, k, padding):
    side = side_after(side_after(image[0], k, padding), k, padding)
    return side * side * filters[1]


def lines(weights, flattened, units, classes, pooling=0, bias=1):
    """The table, from the weights of one filter of each convolution and the size of the flattened tensor."""
    (one_filter_1, filters_1), (one_filter_2, filters_2) = weights
    rows = {
        "conv_1": (one_filter_1 + bias) * filters_1,
        "conv_2": (one_filter_2 + bias) * filters_2,
        "poolings": pooling,
        "dense_1": (flattened + bias) * units,
        "dense_2": (units + bias) * classes,
    }
    return {"flattened": flattened, **rows, "total": sum(rows.values())}


def weights_of(image, filters, k):
    return (k * k * image[2], filters[0]), (k * k * filters[0], filters[1])


@answer(points=3, rule=table("flattened", "conv_1", "conv_2", "poolings", "dense_1", "dense_2", "total"))
def parameters(image, filters, k, padding, units, classes):
    return lines(weights_of(image, filters, k), flattened_size(image, filters, k, padding), units, classes)


@parameters.follow_through
def from_your_lines(yours, parameters, units):
    """A wrong ``flattened`` is wrong once, and so is each line of the total."""
    rows = dict(parameters)
    if yours["flattened"] is not None:
        rows["dense_1"] = (yours["flattened"] + 1) * units
    counted = [yours[name] for name in rows if name not in ("flattened", "total")]
    if None not in counted:
        rows["total"] = sum(counted)
    return rows


@parameters.misconception
def no_bias(image, filters, k, padding, units, classes):
    return lines(weights_of(image, filters, k), flattened_size(image, filters, k, padding), units, classes, bias=0)


@parameters.misconception
def depth_ignored(image, filters, k, padding, units, classes):
    weights = (k * k, filters[0]), (k * k, filters[1])
    return lines(weights, flattened_size(image, filters, k, padding), units, classes)


@parameters.misconception
def padding_mistaken(image, filters, k, padding, units, classes):
    other = "valid" if padding == "same" else "same"
    return lines(weights_of(image, filters, k), flattened_size(image, filters, k, other), units, classes)


@parameters.misconception
def maps_not_flattened(image, filters, k, padding, units, classes):
    flattened = flattened_size(image, filters, k, padding) // filters[1]
    return lines(weights_of(image, filters, k), flattened, units, classes)


@parameters.misconception
def one_pooling(image, filters, k, padding, units, classes):
    side = side_after(image[0], k, padding)
    side = side if padding == "same" else side - k + 1
    return lines(weights_of(image, filters, k), side * side * filters[1], units, classes)


@parameters.misconception
def poolings_counted(image, filters, k, padding, units, classes):
    flattened = flattened_size(image, filters, k, padding)
    return lines(weights_of(image, filters, k), flattened, units, classes, pooling=2 * 2 * sum(filters))
