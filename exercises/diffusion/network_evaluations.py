from grader.author import answer, grid, table

minutes = 3
difficulty = 2
tags = ("diffusion", "sampling", "guidance")

params = grid(T=[200, 300, 500, 1000], S=[20, 25, 40, 50], images=[4, 8, 16, 32])

ROWS = ("ddpm", "ddpm_cfg", "ddim", "ddim_cfg")


def named(*counts):
    return dict(zip(ROWS, counts, strict=True))


@answer(points=2, rule=table(*ROWS))
def evaluations(T, S):
    return named(T, 2 * T, S, 2 * S)


@evaluations.misconception
def guidance_is_free(T, S):
    return named(T, T, S, S)


@evaluations.misconception
def every_step_of_training(T):
    return named(T, 2 * T, T, 2 * T)


@evaluations.misconception
def one_guess(S):
    return named(1, 2, S, 2 * S)


@evaluations.misconception
def steps_skipped(T, S):
    return named(T, 2 * T, T // S, 2 * T // S)


@evaluations.misconception
def one_less(T, S):
    return named(T - 1, 2 * (T - 1), S - 1, 2 * (S - 1))


@answer(points=1)
def image_evaluations(S, images):
    return 2 * S * images


@image_evaluations.misconception
def one_image(S):
    return 2 * S


@image_evaluations.misconception
def without_guidance(S, images):
    return S * images


@image_evaluations.misconception
def with_all_steps(T, images):
    return 2 * T * images


@image_evaluations.misconception
def guidance_squared(S, images):
    return 4 * S * images
