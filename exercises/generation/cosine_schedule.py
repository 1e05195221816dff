import numpy as np

from grader.author import grid, task

minutes = 15
difficulty = 3
tags = ("diffusion", "code", "schedule")

params = grid(steps=[60, 130, 250])  # of the hidden schedules
SINGLE = {"rtol": 1e-4, "atol": 1e-6}  # the first values are the difference of two numbers near 1


@task(points=2, asks=("cosine_betas",), seconds=10)
def cosine_betas():
    import numpy as np

    def cosine_betas(T, s=0.008):
        raise NotImplementedError


@cosine_betas.check
def tiny_example(cosine_betas):
    beta = cosine_betas(3, s=0.0)  # f takes the values 1, 0.75, 0.25 and 0
    assert np.allclose(beta, [0.25, 2 / 3, 0.999])


@cosine_betas.hidden_check
def as_many_values_as_steps(cosine_betas, steps):
    assert np.shape(cosine_betas(steps)) == (steps,)


@cosine_betas.hidden_check(weight=2)
def follows_the_cosine(cosine_betas, steps):
    beta = np.asarray(cosine_betas(steps), dtype=float)
    assert np.allclose(beta[: steps // 2], expected(steps, 0.008)[: steps // 2], **SINGLE)


@cosine_betas.hidden_check
def uses_the_offset(cosine_betas, steps):
    beta = np.asarray(cosine_betas(steps, s=0.1), dtype=float)
    assert np.allclose(beta[: steps // 2], expected(steps, 0.1)[: steps // 2], **SINGLE)


@cosine_betas.hidden_check
def clips_the_last_steps(cosine_betas, steps):
    beta = np.asarray(cosine_betas(steps), dtype=float)
    assert np.isclose(beta.max(), 0.999, atol=1e-6)
    assert np.allclose(beta[-3:], expected(steps, 0.008)[-3:], **SINGLE)


def expected(T, s):
    part = (np.arange(T + 1) / T + s) / (1 + s)
    f = np.cos(part * np.pi / 2) ** 2
    return np.minimum(1 - f[1:] / f[:-1], 0.999)
