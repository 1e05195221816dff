from functools import cache

from grader.author import answer, grid, table, value

minutes = 8
difficulty = 3
tags = ("parameters", "cnn", "history")


def conv(filters, k, stride=1, padding="valid", groups=1):
    return "conv", filters, k, stride, padding, groups


def pool(k, stride):
    return "pool", k, stride


def dense(*units):
    return (("flatten",), *(("dense", n) for n in units))


def vgg_block(filters, count):
    return *[conv(filters, 3, padding="same")] * count, pool(2, 2)


def model_01(*image):
    return image, (conv(96, 3), pool(2, 2), conv(192, 3), pool(2, 2), *dense(1500, 43))


def alexnet(filters, groups):
    one, two, three, four, five = filters
    return (227, 227, 3), (
        *(conv(one, 11, 4), pool(3, 2), conv(two, 5, 1, "same", groups), pool(3, 2)),
        *(conv(three, 3, 1, "same"), conv(four, 3, 1, "same", groups), conv(five, 3, 1, "same", groups), pool(3, 2)),
        *dense(4096, 4096, 1000),
    )


NETWORKS = {
    "LeNet-5": ((32, 32, 1), (conv(6, 5), pool(2, 2), conv(16, 5), pool(2, 2), *dense(120, 84, 10))),
    "K3MNIST2": (
        (28, 28, 1),
        (conv(8, 3, 1, "same"), pool(2, 2), conv(16, 3, 1, "same"), pool(2, 2), *dense(100, 10)),
    ),
    "GTSRB model_01, 24×24×1": model_01(24, 24, 1),
    "GTSRB model_01, 24×24×3": model_01(24, 24, 3),
    "GTSRB model_01, 48×48×1": model_01(48, 48, 1),
    "GTSRB model_01, 48×48×3": model_01(48, 48, 3),
    "GTSRB model_02": (
        (48, 48, 3),
        (*(layer for n in (32, 64, 128, 256) for layer in (conv(n, 3), pool(2, 2))), *dense(1152, 43)),
    ),
    "AlexNet (2012)": alexnet((96, 256, 384, 384, 256), 2),
    "AlexNet (torchvision)": alexnet((64, 192, 384, 256, 256), 1),
    "VGG16": (
        (224, 224, 3),
        (
            *(*vgg_block(64, 2), *vgg_block(128, 2), *vgg_block(256, 3), *vgg_block(512, 3), *vgg_block(512, 3)),
            *dense(4096, 4096, 1000),
        ),
    ),
}


def convolutions(network):
    return [n for n, layer in enumerate(NETWORKS[network][1]) if layer[0] == "conv"]


# Known networks are a finite list: each is asked for each of its convolutions but the first, and two other lines.
params = grid(
    lambda network, conv_number, **_: conv_number < len(convolutions(network)),
    network=list(NETWORKS),
    conv_number=range(1, 7),
    third=["first_conv", "last_dense"],
)


@cache
def shapes(network):
    """What comes out of each layer, (height, width, channels) or (size,), the image first."""
    image, layers = NETWORKS[network]
    found = [image]
    for kind, *sizes in layers:
        shape = found[-1]
        if kind == "conv":
            filters, k, stride, padding, _ = sizes
            side = shape[0] if padding == "same" else (shape[0] - k) // stride + 1
            shape = side, side, filters
        elif kind == "pool":
            side = (shape[0] - sizes[0]) // sizes[1] + 1
            shape = side, side, shape[2]
        else:
            shape = (sizes[0] if kind == "dense" else shape[0] * shape[1] * shape[2],)
        found.append(shape)
    return tuple(found)


def counted(layer, shape, bias=1, deep=True):
    """The parameters of a layer that receives this shape."""
    if layer[0] == "dense":
        return (shape[-1] + bias) * layer[1]
    if layer[0] != "conv":
        return 0
    _, filters, k, _, _, groups = layer
    return (k * k * (shape[2] // groups if deep else 1) + bias) * filters


def code(layer):
    kind, *sizes = layer
    if kind == "flatten":
        return "Flatten()"
    if kind == "dense":
        return f"Dense({sizes[0]})"
    if kind == "pool":
        return f"MaxPooling2D({sizes[0]}, strides={sizes[1]})"
    filters, k, stride, padding, groups = sizes
    options = [f"strides={stride}"] * (stride > 1) + [f'padding="{padding}"'] * (padding == "same")
    options += [f"groups={groups}"] * (groups > 1)
    return f"Conv2D({', '.join([str(filters), str(k), *options])})"


@value
def asked(network, conv_number, third):
    """Which layers the lines a, b and c are."""
    kinds = [layer[0] for layer in NETWORKS[network][1]]
    last = len(kinds) - 1
    return {
        "a": convolutions(network)[conv_number],
        "b": kinds.index("dense"),
        "c": 0 if third == "first_conv" else last,
    }


@value
def known(network, asked):
    """The parameters of all the lines that are given."""
    layers = NETWORKS[network][1]
    return sum(counted(x, shapes(network)[n]) for n, x in enumerate(layers) if n not in asked.values())


@value
def image(network):
    return NETWORKS[network][0]


@value
def lines(network, asked):
    letters = {n: letter for letter, n in asked.items()}
    rows = []
    for n, layer in enumerate(NETWORKS[network][1]):
        shape, out = shapes(network)[n], shapes(network)[n + 1]
        count = f"**{letters[n]}**" if n in letters else f"{counted(layer, shape):,}".replace(",", "\u202f")
        rows.append(f"| `{code(layer)}` | {' × '.join(map(str, out))} | {count} |")
    return "\n".join(rows)


@value
def worked(network, asked):
    """Each line asked, worked out."""
    layers = NETWORKS[network][1]
    written = {}
    for letter, n in asked.items():
        kind, made, *sizes = layers[n]
        into = shapes(network)[n]
        weights = (sizes[0], sizes[0], into[2] // sizes[-1]) if kind == "conv" else into
        product = r" \times ".join(map(str, weights))
        written[letter] = rf"({product} + 1) \times {made}"
    return written


@value
def flat(network):
    """The feature maps that are flattened."""
    return shapes(network)[[layer[0] for layer in NETWORKS[network][1]].index("flatten")]


@value
def depth(network, asked):
    return shapes(network)[asked["a"]][2]


def filled(network, asked, known, flattened=None, **options):
    layers = NETWORKS[network][1]
    into = {n: shapes(network)[n] for n in asked.values()}
    if flattened is not None:
        into[asked["b"]] = (flattened,)
    rows = {letter: counted(layers[n], into[n], **options) for letter, n in asked.items()}
    return {**rows, "total": known + sum(rows.values())}


@answer(points=3, rule=table("a", "b", "c", "total"))
def parameters(network, asked, known):
    return filled(network, asked, known)


@parameters.follow_through
def from_your_lines(yours, parameters, known):
    written = [yours[letter] for letter in "abc"]
    return parameters if None in written else {**parameters, "total": known + sum(written)}


@parameters.misconception
def no_bias(network, asked, known):
    return filled(network, asked, known, bias=0)


@parameters.misconception
def depth_ignored(network, asked, known):
    return filled(network, asked, known, deep=False)


@parameters.misconception
def one_map_flattened(network, asked, known, flat):
    return filled(network, asked, known, flattened=flat[0] * flat[1])


@parameters.misconception
def last_pooling_forgotten(network, asked, known, flat):
    before = shapes(network)[[layer[0] for layer in NETWORKS[network][1]].index("flatten") - 1]
    return filled(network, asked, known, flattened=before[0] * before[1] * before[2])


@parameters.misconception
def blanks_only(parameters, known):
    return {**parameters, "total": parameters["total"] - known}
