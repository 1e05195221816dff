from grader.author import answer, choice, grid, ordering, value

minutes = 5
difficulty = 3
tags = ("diffusion", "sampling")

params = grid(T=[40, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400, 500, 600, 800, 1000], side=[16, 24, 28, 32, 64])

BLOCKS = ("noise", "loop", "predict", "mean", "add", "show")


@value
def sides(side):
    return f"{side}, {side}"


@answer(
    points=2,
    rule=ordering(*BLOCKS, distractors=("ascending", "same_noise")),
)
def loop():
    return BLOCKS


@loop.misconception
def from_clean_to_noisy():
    return ("noise", "ascending", "predict", "mean", "add", "show")


@loop.misconception
def noise_before_mean():
    return ("noise", "loop", "predict", "add", "mean", "show")


@loop.misconception
def estimated_once():
    return ("noise", "predict", "loop", "mean", "add", "show")


@answer(points=1)
def draws(T):
    return T


@draws.misconception
def one_at_the_last_step(T):
    return T + 1


@draws.misconception
def start_forgotten(T):
    return T - 1


@draws.misconception
def start_alone():
    return 1


@draws.misconception
def two_each_step(T):
    return 2 * T


@answer(points=1, rule=choice("spoils", "restores", "nothing", "diverges"))
def last_noise():
    return "spoils"


@last_noise.misconception
def needed_for_variance():
    return "restores"


@last_noise.misconception
def too_small_to_see():
    return "nothing"


@last_noise.misconception
def blows_up():
    return "diverges"
