from functools import cache

import numpy as np

from grader.author import answer, grid, matrix, shape, value

minutes = 4
difficulty = 1
tags = ("basics", "labels")

params = grid(seed=range(80))

CLASSES = 4


@cache
def drawn(seed):
    """Four labels whose one-hot matrix is like none of its wrong readings, class 0 among them."""
    rng = np.random.default_rng([seed, CLASSES])
    while True:
        y = rng.integers(0, CLASSES, size=CLASSES).tolist()
        hot = encoded(y)
        if 0 in y and len(set(y)) == 3 and hot != transposed(hot) and hot != mirrored(hot):
            return y


@cache
def scored(seed):
    """Probabilities of four examples, in percent: argmax along each axis, and argmin, all differ."""
    rng = np.random.default_rng([seed, CLASSES, 1])
    while True:
        rows = np.array([rng.permutation([5, 10, 20, 65] if rng.random() < 0.5 else [5, 15, 35, 45]) for _ in range(4)])
        first, second = rows.argmax(1).tolist(), rows.argmax(0).tolist()
        if first != second and (rows == rows.max(0)).sum() == 4 and len(set(first)) > 2:
            return (rows / 100).round(2).tolist()


def encoded(y):
    return [[int(k == label) for k in range(CLASSES)] for label in y]


def transposed(rows):
    return [list(column) for column in zip(*rows, strict=True)]


def mirrored(rows):
    return [row[::-1] for row in rows]


@value
def labels(seed):
    return drawn(seed)


@value
def outputs(seed):
    return scored(seed)


@answer(points=1, rule=matrix())
def one_hot(labels):
    return encoded(labels)


@one_hot.misconception
def counted_from_one(labels):
    return encoded([label - 1 for label in labels])


@one_hot.misconception
def classes_in_rows(labels):
    return transposed(encoded(labels))


@one_hot.misconception
def counted_from_the_right(labels):
    return mirrored(encoded(labels))


@one_hot.misconception
def filled_up_to_the_class(labels):
    return [[int(k <= label) for k in range(CLASSES)] for label in labels]


@one_hot.misconception
def label_written_in_place(labels):
    return [[label * cell for cell in row] for label, row in zip(labels, encoded(labels), strict=True)]


@answer(points=1, rule=shape)
def predicted(outputs):
    return tuple(row.index(max(row)) for row in outputs)


@predicted.misconception
def classes_from_one(predicted):
    return tuple(k + 1 for k in predicted)


@predicted.misconception
def best_of_each_column(outputs):
    return tuple(column.index(max(column)) for column in transposed(outputs))


@predicted.misconception
def least_likely(outputs):
    return tuple(row.index(min(row)) for row in outputs)


@predicted.misconception
def from_the_right(predicted):
    return tuple(CLASSES - 1 - k for k in predicted)
