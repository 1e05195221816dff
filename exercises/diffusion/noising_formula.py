from grader.author import answer, choice, decimal, formula, grid, value

minutes = 8
difficulty = 3
tags = ("diffusion", "noising", "formula")

params = grid(abar=[0.04, 0.1, 0.16, 0.3, 0.36, 0.6, 0.64, 0.7], variance=[0.25, 0.5, 2, 3, 4], mean=[0.4, 0.8])


@value
def signal(abar):
    return abar**0.5


@value
def rest(abar):
    return 1 - abar


@answer(
    points=2,
    rule=formula(a=[i / 16 for i in range(1, 16)], x=[i / 8 for i in range(-8, 9)], e=[i / 4 for i in range(-9, 10)]),
)
def noisy():
    return "sqrt(a)*x + sqrt(1 - a)*e"


@noisy.misconception
def no_square_roots():
    return "a*x + (1 - a)*e"


@noisy.misconception
def weights_swapped():
    return "sqrt(1 - a)*x + sqrt(a)*e"


@noisy.misconception
def noise_subtracted():
    return "sqrt(a)*x - sqrt(1 - a)*e"


@noisy.misconception
def root_on_one_only():
    return "sqrt(a)*x + (1 - a)*e"


@noisy.misconception
def image_not_scaled():
    return "x + sqrt(1 - a)*e"


@noisy.misconception
def factors_add_to_one():
    return "sqrt(a)*x + (1 - sqrt(a))*e"


@answer(points=1, rule=choice("estimate", "no_root", "swapped", "added", "undivided"))
def clean():
    return "estimate"


@clean.misconception
def roots_left_out():
    return "no_root"


@clean.misconception
def roots_exchanged():
    return "swapped"


@clean.misconception
def noise_added_again():
    return "added"


@clean.misconception
def not_rescaled():
    return "undivided"


@answer(points=1, rule=decimal(3))
def noisy_mean(abar, mean):
    return abar**0.5 * mean


@noisy_mean.misconception
def mean_by_variance_share(abar, mean):
    return abar * mean


@noisy_mean.misconception
def mean_kept(mean):
    return mean


@noisy_mean.misconception
def mean_of_noise(abar, mean):
    return (1 - abar) ** 0.5 * mean


@noisy_mean.misconception
def mean_lost():
    return 0


@answer(points=1, rule=decimal(3))
def noisy_variance(abar, variance):
    return abar * variance + 1 - abar


@noisy_variance.misconception
def roots_for_variances(abar, variance):
    return abar**0.5 * variance + (1 - abar) ** 0.5


@noisy_variance.misconception
def noise_left_out(abar, variance):
    return abar * variance


@noisy_variance.misconception
def always_one():
    return 1


@noisy_variance.misconception
def shares_swapped(abar, variance):
    return (1 - abar) * variance + abar


@noisy_variance.misconception
def squared_shares(abar, variance):
    return abar**2 * variance + (1 - abar) ** 2
