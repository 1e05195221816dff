import numpy as np

from grader.author import Bug, bugged, grid, right_line, task, value

minutes = 30
difficulty = 4
tags = ("code", "bug hunt", "diffusion")

SCRIPT = """import numpy as np

GREY = np.array([-0.8, -0.2, 0.3, 0.9])


def schedule(T):
    beta = np.linspace(1e-3, 0.2, T)
    return beta, np.cumprod(1 - beta)


def q_sample(x0, t, noise, alpha_bar):
    a = alpha_bar[t].reshape(-1, 1, 1)
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


def training_batch(x0, T, seed):
    rng = np.random.default_rng(seed)
    beta, alpha_bar = schedule(T)
    t = rng.integers(0, T, len(x0))
    noise = rng.standard_normal(x0.shape)
    x_t = q_sample(x0, t, noise, alpha_bar)
    return x_t, t, noise


def network(x, t, labels, alpha_bar):
    a = alpha_bar[t].reshape(-1, 1, 1)
    mean = 0.0 if labels is None else GREY[labels].reshape(-1, 1, 1)
    return np.sqrt(1 - a) * (x - np.sqrt(a) * mean) / (0.04 * a + 1 - a)


def sample(labels, noises):
    T = len(noises) - 1
    beta, alpha_bar = schedule(T)
    x = noises[T]
    for step in range(T):
        t = np.full(len(x), T - 1 - step)
        b, a = beta[t[0]], alpha_bar[t[0]]
        eps = network(x, t, labels, alpha_bar)
        mean = (x - b / np.sqrt(1 - a) * eps) / np.sqrt(1 - b)
        z = noises[t[0]] if t[0] > 0 else np.zeros_like(x)
        x = mean + np.sqrt(b) * z
    return x"""
BUGS = {
    "no_sqrt": Bug("", "    return np.sqrt(a)", "    return a * x0 + (1 - a) * noise", number=22),
    "one_t": Bug("", "    t = rng", "    t = np.full(len(x0), rng.integers(0, T))", number=23),
    "noise_at_end": Bug("", "        z =", "        z = noises[t[0]]", number=24),
    "no_label": Bug("", "        eps =", "        eps = network(x, t, None, alpha_bar)", number=25),
    "no_noise": Bug("", "        z =", "        z = np.zeros_like(x)"),
    "beta_for_root": Bug("", "        x = mean", "        x = mean + b * z"),
    "fresh_noise": Bug("", "    x_t =", "    x_t = q_sample(x0, t, rng.standard_normal(x0.shape), alpha_bar)"),
    "ascending": Bug("", "        t =", "        t = np.full(len(x), step)"),
}

params = grid(bug=list(BUGS))


@value
def script(bug):
    return "\n".join(bugged(SCRIPT, BUGS[bug]))


@value
def right(bug):
    return right_line(SCRIPT, BUGS[bug]).strip()


@task(points=4, asks=("q_sample", "training_batch", "sample"), seconds=20)
def fixed():
    q_sample = ...
    training_batch = ...
    sample = ...


@fixed.check
def gives_arrays(q_sample, training_batch, sample):
    x0 = np.zeros((3, 4, 4))
    assert np.shape(q_sample(x0, np.array([0, 5, 9]), x0, np.linspace(0.99, 0.1, 10))) == (3, 4, 4)
    x_t, t, noise = training_batch(x0, 10, seed=0)
    assert np.shape(x_t) == np.shape(noise) == (3, 4, 4) and np.shape(t) == (3,)
    assert np.shape(sample(np.array([0, 1]), np.zeros((11, 2, 4, 4)))) == (2, 4, 4)


@fixed.hidden_check
def noising_is_as_stated(q_sample, training_batch, sample):
    rng = np.random.default_rng(1)
    x0, noise = rng.standard_normal((2, 6, 3, 5))
    alpha_bar, t = np.array([0.9, 0.6, 0.3, 0.05]), np.array([0, 3, 1, 1, 2, 0])
    assert np.allclose(q_sample(x0, t, noise, alpha_bar), noised(x0, t, noise, alpha_bar), atol=1e-5)


@fixed.hidden_check
def each_image_has_its_time(q_sample, training_batch, sample):
    x0 = np.zeros((400, 2, 2))
    times = [np.asarray(training_batch(x0, 20, seed=seed)[1]) for seed in (1, 2)]
    for t in times:
        assert set(t.tolist()) == set(range(20))  # a time of 20 is forgotten once in forty million batches
        assert np.bincount(t, minlength=20).max() < 60
    assert not np.array_equal(*times)


@fixed.hidden_check
def the_target_is_the_noise_used(q_sample, training_batch, sample):
    x0 = np.random.default_rng(3).standard_normal((50, 4, 4))
    x_t, t, noise = training_batch(x0, 30, seed=4)
    noise = np.asarray(noise)
    assert abs(noise.mean()) < 0.2 and abs(noise.std() - 1) < 0.15
    assert np.allclose(x_t, noised(x0, np.asarray(t), noise, alpha_bars(30)), atol=1e-5)


@fixed.hidden_check
def the_last_step_adds_no_noise(q_sample, training_batch, sample):
    noises = gaussian(16, seed=5)
    other = noises.copy()
    other[0] = 7
    assert np.allclose(sample(LABELS, noises), sample(LABELS, other))


@fixed.hidden_check
def the_other_steps_add_theirs(q_sample, training_batch, sample):
    noises = gaussian(16, seed=6)
    image = np.asarray(sample(LABELS, noises))
    for step in (1, 7, 15):
        other = noises.copy()
        other[step] += 1
        assert not np.allclose(image, sample(LABELS, other))


@fixed.hidden_check
def the_label_is_obeyed(q_sample, training_batch, sample):
    noises = gaussian(31, seed=7)
    images = [np.asarray(sample(np.full(4, label), noises)) for label in (0, 2, 3)]
    assert images[0].mean() + 0.2 < images[1].mean() < images[2].mean() - 0.2


@fixed.hidden_check
def sampling_is_as_stated(q_sample, training_batch, sample):
    for T, seed in ((5, 8), (25, 9)):
        noises = gaussian(T + 1, seed)
        noises[0] = 0  # what is done with it is another question
        assert np.allclose(sample(LABELS, noises), sampled(LABELS, noises), atol=1e-4)


@fixed.hidden_check(weight=24)
def whole_script(q_sample, training_batch, sample):
    """An untouched script passes most checks: most of the points are here."""
    for check in (
        noising_is_as_stated,
        each_image_has_its_time,
        the_target_is_the_noise_used,
        the_last_step_adds_no_noise,
        the_other_steps_add_theirs,
        the_label_is_obeyed,
        sampling_is_as_stated,
    ):
        check(q_sample, training_batch, sample)


LABELS = np.array([3, 0, 1, 2])


def gaussian(count, seed):
    return np.random.default_rng(seed).standard_normal((count, 4, 5, 6))


def alpha_bars(T):
    return np.cumprod(1 - np.linspace(1e-3, 0.2, T))


def noised(x0, t, noise, alpha_bar):
    a = alpha_bar[t][:, None, None]
    return a**0.5 * x0 + (1 - a) ** 0.5 * noise


def sampled(labels, noises):
    """DDPM with the exact noise of images N(grey, 0.2²): what the network of the script predicts."""
    T = len(noises) - 1
    beta, alpha_bar = np.linspace(1e-3, 0.2, T), alpha_bars(T)
    grey = np.array([-0.8, -0.2, 0.3, 0.9])[labels][:, None, None]
    x = noises[T]
    for t in reversed(range(T)):
        a = alpha_bar[t]
        slope = beta[t] / (0.04 * a + 1 - a)
        x = (x - slope * (x - a**0.5 * grey)) / (1 - beta[t]) ** 0.5 + beta[t] ** 0.5 * noises[t] * (t > 0)
    return x
