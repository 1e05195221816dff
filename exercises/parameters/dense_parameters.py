from grader.author import answer, grid, value

minutes = 4
difficulty = 1
tags = ("parameters", "dense")

params = grid(
    image=[(28, 28, 1), (32, 32, 3), (48, 48, 3), (64, 64, 1), (96, 64, 3), (120, 160, 3), (6000, 4000, 3)],
    units=[64, 100, 128, 1000],
    classes=[10, 12, 43],
)


@value
def inputs(image):
    return image[0] * image[1] * image[2]


@answer(points=1)
def hidden(inputs, units):
    return (inputs + 1) * units


@hidden.misconception
def no_bias(inputs, units):
    return inputs * units


@hidden.misconception
def one_bias(inputs, units):
    return inputs * units + 1


@hidden.misconception
def channels_mistaken(image, units):
    other = 1 if image[2] == 3 else 3
    return (image[0] * image[1] * other + 1) * units


@hidden.misconception
def bias_per_input(inputs, units):
    return inputs * (units + 1)


@hidden.misconception
def bias_per_connection(inputs, units):
    return 2 * inputs * units


@hidden.misconception
def sizes_added(inputs, units):
    return inputs + units


@answer(points=1)
def head(units, classes):
    return (units + 1) * classes


@head.misconception
def bias_forgotten(units, classes):
    return units * classes


@head.misconception
def single_bias(units, classes):
    return units * classes + 1


@head.misconception
def fed_by_the_image(inputs, classes):
    return (inputs + 1) * classes


@head.misconception
def bias_of_the_inputs(units, classes):
    return units * (classes + 1)


@head.misconception
def added(units, classes):
    return units + classes
