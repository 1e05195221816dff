from grader.author import answer, choice, grid, shape, value, whole

minutes = 5
difficulty = 2
tags = ("culture", "detection")

params = grid(lambda b, c, **_: (b, c) != (2, 20), s=[5, 7, 9, 11], b=[2, 3, 4, 5], c=[3, 10, 20, 43, 80])


@value
def pixels(s):
    return 32 * s


@answer(points=1, rule=shape(3))
def tensor(s, b, c):
    return s, s, 5 * b + c


@tensor.misconception
def classes_per_box(s, b, c):
    return s, s, b * (5 + c)


@tensor.misconception
def confidence_forgotten(s, b, c):
    return s, s, 4 * b + c


@tensor.misconception
def one_box(s, c):
    return s, s, 5 + c


@tensor.misconception
def classes_forgotten(s, b):
    return s, s, 5 * b


@answer(points=1, rule=whole)
def values(s, b, c):
    return s * s * (5 * b + c)


@values.misconception
def all_classes_per_box(s, b, c):
    return s * s * b * (5 + c)


@values.misconception
def one_row_of_cells(s, b, c):
    return s * (5 * b + c)


@values.misconception
def coordinates_only(s, b, c):
    return s * s * (4 * b + c)


@values.misconception
def classes_once_for_the_image(s, b, c):
    return s * s * 5 * b + c


@answer(points=1, rule=whole)
def boxes(s, b):
    return s * s * b


@boxes.misconception
def one_per_cell(s):
    return s * s


@boxes.misconception
def one_grid_side(s, b):
    return s * b


@boxes.misconception
def one_per_class(s, b, c):
    return s * s * b * c


@boxes.misconception
def numbers_for_boxes(s, b):
    return s * s * b * 5


@answer(points=1, rule=choice("right", "anchors", "no_confidence", "once"))
def expression():
    return "right"


@expression.misconception
def each_box_classified():
    return "anchors"


@expression.misconception
def four_numbers():
    return "no_confidence"
