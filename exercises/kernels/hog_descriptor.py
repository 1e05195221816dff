import math

from grader.author import answer, choice, decimal, grid, value

minutes = 8
difficulty = 3
tags = ("kernels", "culture", "edges")

params = grid(
    lambda width, height, **_: width != height,
    width=[40, 56, 64, 88],
    height=[64, 96, 128],
    seed=range(8),
)

CELL, BLOCK, BINS = 8, 2, 9
# (gx, gy): the orientation, below the horizontal as y goes down, is never on the border of two bins.
SLOPES = [(30, 40), (-40, 30), (60, 25), (-20, 48), (-45, -28), (12, -35), (56, -33), (-24, -70)]


@value
def gradient(seed, width):
    return SLOPES[(seed + width // 16) % 8]


@value
def neighbours(gradient, seed, height):
    """Left, right, above, below."""
    left = 80 + seed + max(-gradient[0], 0)
    above = 75 + height // 16 + max(-gradient[1], 0)
    return {"left": left, "right": left + gradient[0], "above": above, "below": above + gradient[1]}


@value
def across(width):
    return width // CELL - 1


@value
def along(height):
    return height // CELL - 1


@value
def degrees(gradient):
    return math.degrees(math.atan2(gradient[1], gradient[0])) % 180


@answer(points=2)
def length(across, along):
    return across * along * BLOCK * BLOCK * BINS


@length.misconception
def no_overlap(width, height):
    return (width // CELL // BLOCK) * (height // CELL // BLOCK) * BLOCK * BLOCK * BINS


@length.misconception
def cells_alone(width, height):
    return (width // CELL) * (height // CELL) * BINS


@length.misconception
def last_block_outside(width, height):
    return (width // CELL) * (height // CELL) * BLOCK * BLOCK * BINS


@length.misconception
def one_histogram_each_block(across, along):
    return across * along * BINS


@length.misconception
def pixels(width, height):
    return width * height * BINS


@answer(points=1, rule=decimal(1))
def magnitude(gradient):
    return math.hypot(*gradient)


@magnitude.misconception
def added(gradient):
    return abs(gradient[0]) + abs(gradient[1])


@magnitude.misconception
def square_root_forgotten(gradient):
    return gradient[0] ** 2 + gradient[1] ** 2


@magnitude.misconception
def vertical_left_out(gradient):
    return abs(gradient[0])


@magnitude.misconception
def halved(gradient):
    return math.hypot(*gradient) / 2


@answer(points=1)
def orientation_bin(degrees):
    return int(degrees // (180 / BINS))


@orientation_bin.misconception
def counted_from_one(degrees):
    return int(degrees // (180 / BINS)) + 1


@orientation_bin.misconception
def axes_swapped(gradient):
    return int(math.degrees(math.atan2(gradient[0], gradient[1])) % 180 // (180 / BINS))


@orientation_bin.misconception
def whole_turn(gradient):
    return int(math.degrees(math.atan2(gradient[1], gradient[0])) % 360 // (360 / BINS))


@orientation_bin.misconception
def sign_dropped(gradient):
    return int(math.degrees(math.atan2(gradient[1], -gradient[0])) % 180 // (180 / BINS))


@answer(points=1, rule=choice("designed", "trained", "depth", "kernels"))
def against_cnn():
    return "designed"


@against_cnn.misconception
def training_for_features():
    return "trained"


@against_cnn.misconception
def stages_for_learning():
    return "depth"


@against_cnn.misconception
def no_kernel():
    return "kernels"
