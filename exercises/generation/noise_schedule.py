import numpy as np

from grader.author import grid, task

minutes = 12
difficulty = 2
tags = ("diffusion", "code", "schedule")

params = grid(seed=range(3))  # of the hidden schedules


@task(points=2, asks=("schedule",), seconds=10)
def schedule():
    import numpy as np

    def schedule(T, first, last):
        raise NotImplementedError


@schedule.check
def tiny_example(schedule):
    beta, alpha, alpha_bar = schedule(3, 0.1, 0.3)
    assert np.allclose(beta, [0.1, 0.2, 0.3])
    assert np.allclose(alpha, [0.9, 0.8, 0.7])
    assert np.allclose(alpha_bar, [0.9, 0.72, 0.504])


@schedule.hidden_check
def beta_runs_from_first_to_last(schedule, seed):
    T, first, last = drawn(seed)
    beta, _, _ = schedule(T, first, last)
    beta = np.asarray(beta, dtype=float)
    assert beta.shape == (T,)
    assert np.allclose([beta[0], beta[-1]], [first, last], rtol=1e-5)


@schedule.hidden_check
def beta_grows_evenly(schedule, seed):
    T, first, last = drawn(seed + 100)
    beta, _, _ = schedule(T, first, last)
    assert np.allclose(np.diff(beta), np.diff(beta)[0], rtol=1e-2, atol=1e-8)
    assert len(set(np.sign(np.diff(beta)))) == 1


@schedule.hidden_check
def alpha_is_what_is_kept(schedule, seed):
    beta, alpha, _ = schedule(*drawn(seed + 200))
    assert np.allclose(np.add(alpha, beta), 1, rtol=1e-5)


@schedule.hidden_check(weight=2)
def alpha_bar_multiplies(schedule, seed):
    _, alpha, alpha_bar = schedule(*drawn(seed + 300))
    assert np.shape(alpha_bar) == np.shape(alpha)
    assert np.allclose(np.divide(alpha_bar[1:], alpha_bar[:-1]), alpha[1:], rtol=1e-4)


@schedule.hidden_check
def alpha_bar_starts_after_one_step(schedule, seed):
    T, first, last = drawn(seed + 400)
    _, _, alpha_bar = schedule(T, first, last)
    assert np.allclose(alpha_bar[0], 1 - first, rtol=1e-5)


@schedule.hidden_check
def ends_in_noise(schedule):
    _, _, alpha_bar = schedule(1000, 1e-4, 0.02)
    assert np.allclose(alpha_bar[-1], 4.0358e-5, rtol=1e-3)


def drawn(seed):
    rng = np.random.default_rng(seed)
    return int(rng.integers(20, 300)), float(rng.uniform(1e-4, 1e-2)), float(rng.uniform(0.02, 0.2))
