import math

from grader.author import answer, decimal, grid, value

minutes = 6
difficulty = 3
tags = ("diffusion", "schedule")

params = grid(
    beta=[0.01, 0.012, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05], abar=[0.1, 0.2, 0.25, 0.3, 0.4, 0.6, 0.7, 0.75, 0.8, 0.9]
)


@value
def rest(abar):
    return round(1 - abar, 2)


@value
def alpha(beta):
    return round(1 - beta, 3)


@answer(points=1, rule=decimal(rtol=0.01))
def snr(abar):
    return abar / (1 - abar)


@snr.misconception
def of_amplitudes(abar):
    return math.sqrt(abar / (1 - abar))


@snr.misconception
def upside_down(abar):
    return (1 - abar) / abar


@snr.misconception
def share_of_signal(abar):
    return abar


@snr.misconception
def squared(abar):
    return (abar / (1 - abar)) ** 2


@snr.misconception
def in_decibels(abar):
    return 10 * math.log10(abar / (1 - abar))


@answer(points=2)
def first_below(beta):
    return math.floor(math.log(0.5) / math.log(1 - beta)) + 1


@first_below.misconception
def one_too_early(first_below):
    return first_below - 1


@first_below.misconception
def betas_added(beta):
    return math.floor(0.5 / beta) + 1


@first_below.misconception
def until_all_is_gone(beta):
    return round(1 / beta)


@first_below.misconception
def of_the_factor(beta):
    return math.floor(math.log(0.5) / math.log(math.sqrt(1 - beta))) + 1


@first_below.misconception
def common_logarithm(beta):
    return math.floor(-math.log10(0.5) / beta) + 1
