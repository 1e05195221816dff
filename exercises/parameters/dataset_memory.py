from grader.author import answer, choice, decimal, grid, value

minutes = 5
difficulty = 2
tags = ("cost", "memory", "data")

params = grid(
    count=[39_209, 12_630, 60_000, 10_000, 26_640, 3_921, 70_000, 5_000, 50_000, 1_263, 20_000, 8_000],
    image=[(24, 24, 1), (25, 25, 3), (28, 28, 1), (32, 32, 3), (48, 48, 3), (64, 64, 3)],
)


@value
def per_image(image):
    return image[0] * image[1] * image[2]


@value
def total(count, per_image):
    return count * per_image


@answer(points=1, rule=decimal(rtol=0.01))
def floats(total):
    return total * 4 / 1e6


@floats.misconception
def one_byte_each(total):
    return total / 1e6


@floats.misconception
def doubles(total):
    return total * 8 / 1e6


@floats.misconception
def bits(total):
    return total * 32 / 1e6


@floats.misconception
def channels_mistaken(count, image):
    return count * image[0] * image[1] * (4 - image[2]) * 4 / 1e6


@floats.misconception
def mebibytes(total):
    return total * 4 / 2**20


@answer(points=1, rule=decimal(rtol=0.01))
def as_stored(total):
    return total / 1e6


@as_stored.misconception
def as_floats(total):
    return total * 4 / 1e6


@as_stored.misconception
def bits_of_a_byte(total):
    return total * 8 / 1e6


@as_stored.misconception
def in_mebibytes(total):
    return total / 2**20


@as_stored.misconception
def other_channels(count, image):
    return count * image[0] * image[1] * (4 - image[2]) / 1e6


@answer(points=1, rule=choice("same", "twice", "four", "eight", "less"))
def divided():
    return "eight"


@divided.misconception
def division_changes_nothing():
    return "same"


@divided.misconception
def single_precision():
    return "four"
