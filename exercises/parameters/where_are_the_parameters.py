from functools import cache

from grader.author import answer, choice, decimal, grid, value

minutes = 6
difficulty = 2
tags = ("parameters", "cost", "cnn", "history")


def conv(filters, k, stride=1, padding="valid", groups=1):
    return "conv", filters, k, stride, padding, groups


def pool(k, stride):
    return "pool", k, stride


def dense(*units):
    return (("flatten",), *(("dense", n) for n in units))


def gap(*units):
    return (("gap",), *(("dense", n) for n in units))


def blocks(*filters, k=3, padding="same"):
    return tuple(layer for n in filters for layer in (conv(n, k, 1, padding), pool(2, 2)))


def vgg_block(filters, count):
    return *[conv(filters, 3, 1, "same")] * count, pool(2, 2)


VGG = (*vgg_block(64, 2), *vgg_block(128, 2), *vgg_block(256, 3), *vgg_block(512, 3), *vgg_block(512, 3))
MODEL_01 = (conv(96, 3), pool(2, 2), conv(192, 3), pool(2, 2), *dense(1500, 43))
ALEXNET = (
    *(conv(96, 11, 4), pool(3, 2), conv(256, 5, 1, "same", 2), pool(3, 2), conv(384, 3, 1, "same")),
    *(conv(384, 3, 1, "same", 2), conv(256, 3, 1, "same", 2), pool(3, 2), *dense(4096, 4096, 1000)),
)
NETWORKS = {
    "LeNet-5": ((32, 32, 1), (conv(6, 5), pool(2, 2), conv(16, 5), pool(2, 2), *dense(120, 84, 10))),
    "K3MNIST2": ((28, 28, 1), (*blocks(8, 16), *dense(100, 10))),
    "AlexNet": ((227, 227, 3), ALEXNET),
    "VGG16": ((224, 224, 3), (*VGG, *dense(4096, 4096, 1000))),
    "VGG16 + GAP": ((224, 224, 3), (*VGG, *gap(1000))),
    "GTSRB model_01, 24×24": ((24, 24, 3), MODEL_01),
    "GTSRB model_01, 48×48": ((48, 48, 3), MODEL_01),
    "GTSRB model_02": ((48, 48, 3), (*blocks(32, 64, 128, 256, padding="valid"), *dense(1152, 43))),
    "CNN A": ((28, 28, 1), (conv(4, 3), pool(2, 2), *dense(1000, 10))),
    "CNN B": ((28, 28, 1), (conv(6, 3), pool(2, 2), *dense(800, 100, 10))),
    "CNN C": ((32, 32, 3), (conv(4, 3), pool(4, 4), *dense(2000, 10))),
    "CNN D": ((32, 32, 3), (*blocks(32, 64, 128), *dense(64, 10))),
    "CNN E": ((32, 32, 3), (*blocks(64, 128, 256), *gap(64, 100))),
    "CNN F": ((32, 32, 1), (*blocks(16, 32, 64), *gap(64, 43))),
    "CNN G": ((48, 48, 3), (*blocks(16, 32, 64), *dense(128, 43))),
    "CNN H": ((48, 48, 3), (*blocks(32, 64, 128), *gap(128, 43))),
    "CNN I": ((64, 64, 3), (*blocks(16, 32, 64, 128), *dense(32, 2))),
    "CNN J": ((64, 64, 3), (*blocks(32, 64, 128, 256), *gap(256, 100))),
    "CNN K": ((64, 64, 1), (conv(8, 5, 2), pool(2, 2), *dense(1024, 512, 10))),
    "CNN L": ((96, 96, 3), (*blocks(8, 16, 32, k=5), *dense(100, 5))),
    "CNN M": ((28, 28, 1), (conv(8, 3, 2), *dense(512, 512, 10))),
    "CNN N": ((32, 32, 3), (*blocks(24, 48, k=5), *gap(96, 10))),
    "CNN O": ((40, 40, 1), (conv(6, 5, 2), pool(2, 2), *dense(1500, 10))),
    "CNN P": ((128, 128, 3), (*blocks(16, 32, 64, 64), *gap(48, 20))),
}

# Known networks are a finite list; a few unnamed ones complete it.
params = grid(network=list(NETWORKS))


@cache
def rows_of(network):
    """For each layer: its code, its kind, what comes out, its parameters and its multiplications."""
    shape, layers = NETWORKS[network]
    found = []
    for kind, *sizes in layers:
        weights = biases = positions = 0
        if kind == "conv":
            filters, k, stride, padding, groups = sizes
            side = shape[0] if padding == "same" else (shape[0] - k) // stride + 1
            weights, biases, positions = k * k * shape[2] // groups * filters, filters, side * side
            shape = side, side, filters
        elif kind == "pool":
            side = (shape[0] - sizes[0]) // sizes[1] + 1
            shape = side, side, shape[2]
        elif kind == "dense":
            weights, biases, positions = shape[0] * sizes[0], sizes[0], 1
            shape = (sizes[0],)
        else:
            shape = (shape[2] if kind == "gap" else shape[0] * shape[1] * shape[2],)
        found.append((code(kind, *sizes), kind, shape, weights + biases, weights * positions))
    return tuple(found)


def code(kind, *sizes):
    if kind == "conv":
        filters, k, stride, padding, groups = sizes
        options = [f"strides={stride}"] * (stride > 1) + [f'padding="{padding}"'] * (padding == "same")
        options += [f"groups={groups}"] * (groups > 1)
        return f"Conv2D({', '.join([str(filters), str(k), *options])})"
    if kind == "pool":
        return f"MaxPooling2D({sizes[0]}, strides={sizes[1]})"
    return {"flatten": "Flatten()", "gap": "GlobalAveragePooling2D()"}.get(kind) or f"Dense({sizes[0]})"


def total(network, column, kind=None):
    return sum(row[column] for row in rows_of(network) if kind in (None, row[1]))


@value
def image(network):
    return NETWORKS[network][0]


@value
def lines(network):
    return "\n".join(f"| `{c}` | {' × '.join(map(str, out))} |" for c, _, out, _, _ in rows_of(network))


@value
def counts(network):
    return {
        "conv": total(network, 3, "conv"),
        "dense": total(network, 3, "dense"),
        "conv_products": total(network, 4, "conv"),
        "dense_products": total(network, 4, "dense"),
    }


@answer(points=1, rule=choice("convolutions", "dense_layers", "poolings", "even"))
def most_parameters(counts):
    return "convolutions" if counts["conv"] > counts["dense"] else "dense_layers"


@most_parameters.misconception
def mistaken_for_products(counts):
    return "dense_layers" if counts["conv"] > counts["dense"] else "convolutions"


@most_parameters.misconception
def poolings_have_weights():
    return "poolings"


@answer(points=1, rule=decimal(atol=1))
def dense_share(counts):
    return 100 * counts["dense"] / (counts["conv"] + counts["dense"])


@dense_share.misconception
def other_share(counts):
    return 100 * counts["conv"] / (counts["conv"] + counts["dense"])


@dense_share.misconception
def layers_counted(network):
    kinds = [row[1] for row in rows_of(network)]
    return 100 * kinds.count("dense") / len(kinds)


@dense_share.misconception
def share_of_products(counts):
    return 100 * counts["dense_products"] / (counts["conv_products"] + counts["dense_products"])


@dense_share.misconception
def fraction(counts):
    return counts["dense"] / (counts["conv"] + counts["dense"])


@dense_share.misconception
def ratio_of_both(counts):
    smaller, larger = sorted((counts["conv"], counts["dense"]))
    return 100 * larger / smaller


@answer(points=1, rule=choice("in_convolutions", "in_dense_layers", "in_poolings", "evenly"))
def most_products(counts):
    return "in_convolutions" if counts["conv_products"] > counts["dense_products"] else "in_dense_layers"


@most_products.misconception
def follows_the_parameters(counts):
    return "in_dense_layers" if counts["conv_products"] > counts["dense_products"] else "in_convolutions"
