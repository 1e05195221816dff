import numpy as np

from grader.author import answer, grid, table, value

minutes = 6
difficulty = 4
tags = ("geometry", "cnn", "receptive-field")

params = grid(count=[4, 5], dilated=[False, True], seed=range(24))


@value
def layers(count, dilated, seed):
    """(kind, kernel, stride, dilation): two layers with a stride, not the last one, and one dilation or none."""
    rng = np.random.default_rng([seed, count, dilated])
    drawn = [["conv", int(rng.choice([3, 5])), 1, 1] for _ in range(count)]
    first, last = sorted(int(i) for i in rng.choice(count - 1, 2, replace=False))
    strides = [(2, 2), (2, 3), (3, 2)][rng.integers(3)]
    drawn[first] = ["pool", strides[0], strides[0], 1]
    drawn[last] = ["conv", int(rng.choice([3, 5])), strides[1], 1] if rng.integers(2) else ["pool", 3, strides[1], 1]
    if dilated:
        plain = [i for i, (kind, _, stride, _) in enumerate(drawn) if kind == "conv" and stride == 1]
        drawn[plain[-1]][3] = 2
    return tuple(tuple(layer) for layer in drawn)


@value
def rows(layers):
    return tuple(f"layer_{number}" for number in range(1, len(layers) + 1))


@value
def drawing(layers):
    return [box(layer) for layer in layers]


def box(layer):
    kind, kernel, stride, dilation = layer
    detail = f"{kernel} × {kernel}, S = {stride}" + (f", D = {dilation}" if dilation > 1 else "")
    return "Conv2d" if kind == "conv" else "AvgPool2d", detail, None


def grown(layers, strided=True, early=False, whole=False, dilation=True):
    """The receptive field after each layer; the keywords are ways of getting it wrong."""
    field, jump, fields = 1, 1, []
    for _, kernel, stride, rate in layers:
        if early:
            jump *= stride
        field += (kernel if whole else kernel - 1) * (rate if dilation else 1) * jump
        if strided and not early:
            jump *= stride
        fields.append(field)
    return dict(zip((f"layer_{n}" for n in range(1, len(layers) + 1)), fields, strict=True))


def load(layers):
    """For each layer, an addition and a product by the dilation, by the jump, of the jump by the stride if not 1."""
    jumps = np.cumprod([1, *(stride for _, _, stride, _ in layers)])
    products = [(rate > 1) + (jump > 1) + (stride > 1) for jump, (*_, stride, rate) in zip(jumps, layers, strict=False)]
    return len(layers) + int(sum(products))


@answer(points=2, rule=table("rows"))
def fields(layers):
    return grown(layers)


@fields.follow_through
def from_your_fields(yours, fields, layers):
    """Each row is the one above and what its layer adds."""
    right = [1, *fields.values()]
    before = [1, *(fields[name] if yours[name] is None else yours[name] for name in fields)]
    return {name: before[n] + right[n + 1] - right[n] for n, name in enumerate(fields)}


@fields.misconception
def strides_ignored(layers):
    return grown(layers, strided=False)


@fields.misconception
def own_stride_used(layers):
    return grown(layers, early=True)


@fields.misconception
def kernels_added(layers):
    return grown(layers, whole=True)


@fields.misconception
def last_layer_only(layers, fields):
    return {name: (kernel - 1) * rate + 1 for name, (_, kernel, _, rate) in zip(fields, layers, strict=True)}


@fields.misconception
def kernels_multiplied(layers, fields):
    sides = np.cumprod([kernel for _, kernel, _, _ in layers])
    return {name: int(side) for name, side in zip(fields, sides, strict=True)}


@answer(points=1)
def jump(layers):
    return int(np.prod([stride for _, _, stride, _ in layers]))


@jump.misconception
def always_one():
    return 1


@jump.misconception
def strides_added(layers):
    return sum(stride for _, _, stride, _ in layers)


@jump.misconception
def one_reduction_only(layers):
    return max(stride for _, _, stride, _ in layers)


@jump.misconception
def whole_field(fields):
    return list(fields.values())[-1]
