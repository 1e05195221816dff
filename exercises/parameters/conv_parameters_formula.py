from grader.author import answer, choice, formula, grid, value

minutes = 6
difficulty = 2
tags = ("parameters", "cnn", "formula")

params = grid(
    lambda m, n, **_: m != n,
    m=[3, 5],
    n=[2, 3, 7],
    d=[3, 8, 16],
    k=[6, 10, 12, 32],
    use_bias=[True, False],
)

numbers_of_parameters = formula(m=range(1, 12), n=range(1, 12), d=[1, 2, 3, 5, 8, 16, 64], k=range(1, 65))

EXPRESSIONS = {
    "per_filter": "(m*n*d + 1) * k",
    "weights_only": "m*n*d*k",
    "one_bias": "m*n*d*k + 1",
    "flat_filter": "(m*n + 1) * k",
    "bias_per_channel": "(m*n + 1) * d * k",
    "added": "m + n + d + k",
}


def evaluated(name, m, n, d, k):
    return {
        "per_filter": (m * n * d + 1) * k,
        "weights_only": m * n * d * k,
        "one_bias": m * n * d * k + 1,
        "flat_filter": (m * n + 1) * k,
        "bias_per_channel": (m * n + 1) * d * k,
        "added": m + n + d + k,
    }[name]


def right_one(use_bias):
    return "per_filter" if use_bias else "weights_only"


def other_one(use_bias):
    return right_one(not use_bias)


@value
def biases(k, use_bias):
    return k if use_bias else 0


@answer(points=2, rule=numbers_of_parameters)
def count(use_bias):
    return EXPRESSIONS[right_one(use_bias)]


@count.misconception
def bias_mistaken(use_bias):
    return EXPRESSIONS[other_one(use_bias)]


@count.misconception
def one_bias():
    return EXPRESSIONS["one_bias"]


@count.misconception
def flat_filter():
    return EXPRESSIONS["flat_filter"]


@count.misconception
def bias_per_channel():
    return EXPRESSIONS["bias_per_channel"]


@count.misconception
def added():
    return EXPRESSIONS["added"]


@answer(points=1)
def number(m, n, d, k, use_bias):
    return evaluated(right_one(use_bias), m, n, d, k)


@number.misconception
def bias_the_other_way(m, n, d, k, use_bias):
    return evaluated(other_one(use_bias), m, n, d, k)


@number.misconception
def single_bias(m, n, d, k):
    return evaluated("one_bias", m, n, d, k)


@number.misconception
def depth_ignored(m, n, d, k):
    return evaluated("flat_filter", m, n, d, k)


@number.misconception
def biases_per_channel(m, n, d, k):
    return evaluated("bias_per_channel", m, n, d, k)


@answer(points=1, rule=choice("in_height", "in_width", "in_depth", "in_filters", "in_positions"))
def untouched():
    return "in_positions"


@untouched.misconception
def shape_forgotten():
    return "in_depth"


@untouched.misconception
def filters_forgotten():
    return "in_filters"
