from grader.author import answer, choice, choices, decimal, grid, value

minutes = 5
difficulty = 3
tags = ("notebooks", "transfer")

params = grid(
    rate=[0.001, 0.002, 0.003, 0.005],
    divisor=[10, 20, 50, 100],
    per_class=[5, 8, 12],
    classes=[4, 8],
)


@value
def images(per_class, classes):
    return per_class * classes


@answer(points=1, rule=decimal(rtol=0.01))
def fine_rate(rate, divisor):
    return rate / divisor


@fine_rate.misconception
def unchanged(rate):
    return rate


@fine_rate.misconception
def multiplied(rate, divisor):
    return rate * divisor


@fine_rate.misconception
def one_more_zero(rate, divisor):
    return rate / divisor / 10


@fine_rate.misconception
def percent(rate, divisor):
    return rate * (1 - divisor / 1000)


@answer(points=1, rule=choice("freeze", "scratch", "all_fast", "first_layers"))
def strategy():
    return "freeze"


@strategy.misconception
def learn_everything_again():
    return "scratch"


@strategy.misconception
def everything_at_full_speed():
    return "all_fast"


HABITS = (
    "freeze_first",
    "compile_again",
    "inference",
    "same_scaling",
    "random",
    "train_stats",
    "test_head",
    "old_head",
)


@answer(points=1, rule=choices(*HABITS))
def habits():
    return "freeze_first", "compile_again", "inference", "same_scaling"


@habits.misconception
def statistics_relearnt():
    return "freeze_first", "compile_again", "train_stats", "same_scaling"


@habits.misconception
def head_kept():
    return "freeze_first", "compile_again", "old_head", "same_scaling"


@habits.misconception
def own_scaling_forgotten():
    return "freeze_first", "compile_again", "inference"
