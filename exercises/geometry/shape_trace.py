import numpy as np

from grader.author import answer, grid, table, value

minutes = 8
difficulty = 3
tags = ("geometry", "cnn", "shapes", "keras")

# A convolution is (filters, kernel, stride, padding), a pooling its window.
NETS = {
    "lenet": (1, [(6, 5, 1, "valid"), 2, (16, 5, 1, "valid"), 2]),
    "model_01": (3, [(96, 3, 1, "valid"), 2, (192, 3, 1, "valid"), 2]),
}
SIDES = {"lenet": (28, 32, 36, 44), "model_01": (24, 32, 48, 50)}

params = grid(
    lambda net, side, seed: (side in SIDES[net] and seed == 0) if net in SIDES else side in (60, 64, 70, 75),
    net=[*NETS, "drawn"],
    side=[24, 28, 32, 36, 44, 48, 50, 60, 64, 70, 75],
    seed=range(20),
)


def drawn(seed, side):
    """Three convolutions, two or three poolings; one padding of each kind at least."""
    rng = np.random.default_rng([seed, side])
    paddings = [str(padding) for padding in rng.permutation(["same", "valid", str(rng.choice(["same", "valid"]))])]
    filters = [int(n) for n in np.sort(rng.choice([8, 12, 16, 20, 24, 32], 3, replace=False))]
    kernels = [int(k) for k in rng.choice([3, 5], 3)]
    strides = [1, *(int(s) for s in rng.permutation([1, 2]))]
    first, second, third = zip(filters, kernels, strides, paddings, strict=True)
    return 3, [first, 2, second, third, 2] if rng.integers(2) else [first, second, 2, third, 2]


def numbered(layers):
    """Each layer under its name: conv_1, pool_1, conv_2."""
    named, counts = {}, {"conv": 0, "pool": 0}
    for layer in layers:
        kind = "conv" if isinstance(layer, tuple) else "pool"
        counts[kind] += 1
        named[f"{kind}_{counts[kind]}"] = layer
    return named


@value
def channels(net, side, seed):
    return (NETS[net] if net in NETS else drawn(seed, side))[0]


@value
def named(net, side, seed):
    return numbered((NETS[net] if net in NETS else drawn(seed, side))[1])


@value
def rows(named):
    return (*named, "maps", "flatten")


def line(name, layer):
    if isinstance(layer, int):
        return f'    layers.MaxPooling2D({layer}, name="{name}"),'
    filters, kernel, stride, padding = layer
    strides = f", strides={stride}" if stride > 1 else ""
    return f'    layers.Conv2D({filters}, {kernel}{strides}, padding="{padding}", activation="relu", name="{name}"),'


@value
def code(named, side, channels):
    lines = [line(name, layer) for name, layer in named.items()]
    start = ["keras.Sequential([", f"    keras.Input(({side}, {side}, {channels})),"]
    return "\n".join([*start, *lines, '    layers.Flatten(name="flatten"),', "])"])


def after(side, layer, confused=False, overlapping=False):
    if isinstance(layer, int):
        return side - layer + 1 if overlapping else side // layer
    _, kernel, stride, padding = layer
    if (padding == "same") != confused:
        return -(side // -stride)
    return (side - kernel) // stride + 1


def traced(named, side, maps=None, **wrong):
    sides = {}
    for name, layer in named.items():
        side = sides[name] = after(side, layer, **wrong)
    maps = maps or next(layer[0] for layer in reversed(named.values()) if isinstance(layer, tuple))
    return {**sides, "maps": maps, "flatten": side * side * maps}


def load(named):
    """An operation for a layer, a subtraction and a division by the stride more if valid; two for the vector."""
    valid = [layer for layer in named.values() if isinstance(layer, tuple) and layer[3] == "valid"]
    return len(named) + sum(1 + (stride > 1) for _, _, stride, _ in valid) + 2


@answer(points=3, rule=table("rows"))
def trace(named, side):
    return traced(named, side)


@trace.follow_through
def from_your_lines(yours, trace, named, side):
    """Each row from the one above, the flattened vector from the last side and the maps."""
    rows, before = {}, side
    for name, layer in named.items():
        rows[name] = after(before, layer)
        before = trace[name] if yours[name] is None else yours[name]
    maps = trace["maps"] if yours["maps"] is None else yours["maps"]
    return {**rows, "maps": trace["maps"], "flatten": before * before * maps}


@trace.misconception
def padding_confused(named, side):
    return traced(named, side, confused=True)


@trace.misconception
def one_map_flattened(trace):
    return {**trace, "flatten": trace["flatten"] // trace["maps"]}


@trace.misconception
def convolutions_keep_channels(named, side, channels):
    return traced(named, side, maps=channels)


@trace.misconception
def poolings_reduce_maps(named, side, trace):
    poolings = sum(isinstance(layer, int) for layer in named.values())
    return traced(named, side, maps=trace["maps"] // 2**poolings)


@trace.misconception
def poolings_overlap(named, side):
    return traced(named, side, overlapping=True)
