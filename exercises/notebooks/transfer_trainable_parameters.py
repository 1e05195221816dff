from grader.author import answer, grid, value, whole

minutes = 7
difficulty = 3
tags = ("notebooks", "transfer", "parameters")

params = grid(a=[4, 6, 8], b=[12, 16, 20], norm=[True, False], hidden=[10, 20], classes=[5, 8])

CHANNELS = 3


def first(a):
    return (9 * CHANNELS + 1) * a


def second(a, b):
    return (9 * a + 1) * b


@value
def base_code(a, b, norm):
    rows = [f"layers.Conv2D({a}, 3, activation='relu'),", f"layers.Conv2D({b}, 3, activation='relu'),"]
    if norm:
        rows.insert(1, "layers.BatchNormalization(),")
    return "\n".join(f"        {row}" for row in rows)


@value
def base_total(a, b, norm):
    return first(a) + 4 * a * norm + second(a, b)


@value
def head(b, hidden, classes):
    return (b + 1) * hidden + (hidden + 1) * classes


@value
def still(a, norm):
    """The moving mean and variance of the normalisation: counted, never trained."""
    return 2 * a * norm


@answer(points=1, rule=whole)
def total(base_total, head):
    return base_total + head


@total.misconception
def trainable_only(head):
    return head


@total.misconception
def base_only(base_total):
    return base_total


@total.misconception
def no_biases(base_total, head, a, b, hidden, classes):
    return base_total + head - a - b - hidden - classes


@total.misconception
def pooling_counted(total, b):
    return total + b


@answer(points=1, rule=whole)
def frozen(head):
    return head


@frozen.misconception
def everything(total):
    return total


@frozen.misconception
def the_base(base_total):
    return base_total


@frozen.misconception
def last_layer(hidden, classes):
    return (hidden + 1) * classes


@frozen.misconception
def weights_only(b, hidden, classes):
    return b * hidden + hidden * classes


@answer(points=1, rule=whole)
def unfrozen(total, still):
    return total - still


@unfrozen.misconception
def averages_miscounted(total, still, a):
    """Trained with the rest where there are some, taken away where there are none."""
    return total if still else total - 2 * a


@unfrozen.misconception
def head_only(head):
    return head


@unfrozen.misconception
def base_alone(base_total, still):
    return base_total - still


@unfrozen.misconception
def head_counted_twice(total, still, head):
    return total - still + head


@answer(points=1, rule=whole)
def last_convolution(a, b, head):
    return second(a, b) + head


@last_convolution.misconception
def head_forgotten(a, b):
    return second(a, b)


@last_convolution.misconception
def first_instead(a, head):
    return first(a) + head


@last_convolution.misconception
def whole_base(total, still):
    return total - still


@last_convolution.misconception
def channels_of_the_image(b, head):
    return (9 * CHANNELS + 1) * b + head
