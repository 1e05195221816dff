from grader.author import answer, formula, grid, value

minutes = 6
difficulty = 2
tags = ("geometry", "cnn", "formula")

params = grid(axes=[2, 3], channels=[3, 4], filters=[6, 8, 12, 16, 24, 32])

# Sizes at which one position more or less shows, whatever the stride.
output_size = formula(
    I=range(12, 300),
    K=[1, 2, 3, 4, 5, 7, 9, 11],
    P=range(6),
    S=[1, 2, 3, 4, 5],
    valid="P < K and I + 2*P >= K",
    half_when="(I - K + 2*P) % S == 0",
)


@value
def layer(axes, channels, filters):
    return f"nn.Conv{axes}d({channels}, {filters}, kernel_size=K, stride=S, padding=P)"


@value
def batch_shape(axes, channels):
    return f"(1, {channels}" + ", I" * axes + ")"


@answer(points=2, rule=output_size)
def width():
    return "floor((I - K + 2*P) / S) + 1"


@width.misconception
def floor_missing():
    return "(I - K + 2*P) / S + 1"


@width.misconception
def rounded_up():
    return "ceil((I - K + 2*P) / S) + 1"


@width.misconception
def last_position_forgotten():
    return "floor((I - K + 2*P) / S)"


@width.misconception
def one_inside():
    return "floor((I - K + 2*P + 1) / S)"


@width.misconception
def padding_once():
    return "floor((I - K + P) / S) + 1"


@width.misconception
def padding_after_stride():
    return "floor((I - K) / S) + 2*P + 1"


@width.misconception
def padding_forgotten():
    return "floor((I - K) / S) + 1"


@width.misconception
def stride_forgotten():
    return "I - K + 2*P + 1"


@answer(points=1, rule=formula(O=range(1, 50)))
def activations(axes, filters):
    return f"{filters} * O^{axes}"


@activations.misconception
def input_channels_counted(axes, channels, filters):
    return f"{channels} * {filters} * O^{axes}"


@activations.misconception
def single_map(axes):
    return f"O^{axes}"


@activations.misconception
def another_dimension(axes, filters):
    return f"{filters} * O^{axes - 1}"


@activations.misconception
def maps_added(axes, filters):
    return f"O^{axes} + {filters}"
