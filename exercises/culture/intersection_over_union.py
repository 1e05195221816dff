from functools import cache

import numpy as np

from grader.author import answer, choice, decimal, grid, value, whole

minutes = 6
difficulty = 2
tags = ("culture", "detection")

params = grid(seed=range(90))


def area(box):
    return (box[2] - box[0]) * (box[3] - box[1])


def sides(a, b):
    """Width and height of the overlap."""
    return min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])


def around(a, b):
    """The smallest rectangle that holds both."""
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


@cache
def drawn(seed):
    """Two boxes (x1, y1, x2, y2) with corners on even pixels; one seed in three for each outcome of the last question."""
    rng = np.random.default_rng([seed, 1])
    low, high, most = ((0.12, 0.42, 12), (0.53, 0.68, 6), (0.76, 0.85, 3))[seed % 3]
    while True:
        x, y, w, h = (int(n) for n in rng.integers((5, 5, 15, 15), (20, 20, 32, 32)) * 2)
        moves = [int(n) for n in rng.integers(-most, most + 1, 4) * 2]
        a = x, y, x + w, y + h
        b = tuple(n + move for n, move in zip(a, moves, strict=True))
        if min(b) < 4 or max(b) > 96 or min(sides(a, b)) < 8 or min(b[2] - b[0], b[3] - b[1]) < 8:
            continue
        (across, down), one, two = sides(a, b), area(a), area(b)
        shared = across * down
        both = one + two - shared
        iou, *wrong = [shared / n for n in (both, one + two, (one + two) / 2, one, two)] + [1 - shared / both]
        counts = {shared, area(around(a, b)), one + two, both, max(one, two)}
        if across != down and low < iou < high and min(abs(n - iou) for n in wrong) > 0.05 and len(counts) == 5:
            return a, b


@value
def truth(seed):
    return drawn(seed)[0]


@value
def prediction(seed):
    return drawn(seed)[1]


@value
def boxes_shown(truth, prediction):
    return {"ground truth": truth, "prediction": prediction}


@value
def areas(truth, prediction):
    return area(truth), area(prediction)


@value
def overlap(truth, prediction):
    return sides(truth, prediction)


@answer(points=1, rule=whole)
def intersection(overlap):
    return overlap[0] * overlap[1]


@intersection.misconception
def width_and_height_added(overlap):
    return overlap[0] + overlap[1]


@intersection.misconception
def surrounding_box(truth, prediction):
    return area(around(truth, prediction))


@intersection.misconception
def square_of_the_width(overlap):
    return overlap[0] ** 2


@intersection.misconception
def pixels_on_both_ends(overlap):
    return (overlap[0] + 1) * (overlap[1] + 1)


@answer(points=1, rule=whole)
def union(areas, intersection):
    return sum(areas) - intersection


@union.misconception
def counted_twice(areas):
    return sum(areas)


@union.misconception
def taken_away_twice(areas, intersection):
    return sum(areas) - 2 * intersection


@union.misconception
def bounding_box(truth, prediction):
    return area(around(truth, prediction))


@union.misconception
def larger_box(areas):
    return max(areas)


@answer(points=1, rule=decimal(2))
def iou(intersection, union):
    return intersection / union


@iou.misconception
def over_the_sum(areas, intersection):
    return intersection / sum(areas)


@iou.misconception
def dice(areas, intersection):
    return 2 * intersection / sum(areas)


@iou.misconception
def over_the_truth(areas, intersection):
    return intersection / areas[0]


@iou.misconception
def over_the_prediction(areas, intersection):
    return intersection / areas[1]


@iou.misconception
def complement(iou):
    return 1 - iou


@answer(points=1, rule=choice("both", "only_50", "only_75", "none"))
def accepted(iou):
    return "both" if iou >= 0.75 else "only_50" if iou >= 0.5 else "none"


@accepted.misconception
def strict_and_loose_swapped(accepted):
    return "only_75" if accepted == "only_50" else "only_50"
