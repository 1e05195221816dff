from dataclasses import dataclass
from functools import cache
from hashlib import sha256

import numpy as np

from grader.author import Measure, grid, task, value
from grader.datasets import hidden
from grader.datasets.fruits import TRAIN, draw
from grader.networks import give, weights

minutes = 60
difficulty = 5
tags = ("diffusion", "training", "generation", "code")
needs = ("torch",)

params = grid(steps=[100])  # one variant: the thresholds were measured on this one task
BETA = np.linspace(1e-3, 0.1, 100)
ALPHA_BAR = np.cumprod(1 - BETA)
TIMES = (5, 20, 40, 60, 80, 95)
HELD_OUT = 240
EACH, AGAIN = 16, 10  # samples of each caption: the student's, ours

# docs/thresholds.md
REMOVED_GATE, REMOVED_FULL = 0.91, 0.94
BLIND = 0.85  # of the noise: more than any formula without a network, less than stored images without a caption
CAPTION_GATE = 1.4
TIME_GATE = 0.05
AGREE_GATE, AGREE_FULL = 0.85, 0.95
CLEAN_GATE, CLEAN_FULL = 0.5, 0.64
CLEAN = 0.06  # mean square distance, for pixels in [-1, 1], to the nearest real fruit
COPY, COPIES = 1e-4, 0.05
SPREAD = 0.5  # of the real one


@value
def removed_gate():
    return 100 * REMOVED_GATE


@value
def removed_full():
    return 100 * REMOVED_FULL


@value
def agree_gate():
    return 100 * AGREE_GATE


@value
def agree_full():
    return 100 * AGREE_FULL


@value
def clean_gate():
    return 100 * CLEAN_GATE


@value
def clean_full():
    return 100 * CLEAN_FULL


@task(points=10, asks=("denoiser", "network", "samples"), seconds=300, memory_mib=4096)
def training():
    import hashlib

    import matplotlib.pyplot as plt
    import numpy as np
    import torch
    from torch import nn

    T = 100
    beta = torch.linspace(0.001, 0.1, T)
    alpha = 1 - beta
    alpha_bar = torch.cumprod(alpha, dim=0)

    def fruits(n, name):
        words = np.frombuffer(hashlib.shake_256(name.encode()).digest(64 * n), "<u4").reshape(n, 16).astype(np.int64)
        captions = np.arange(n) % 6

        def between(k, low, high):
            return (low + words[:, k] % (high - low + 1)).reshape(n, 1, 1)

        def disc(x, y, size):
            return (100 * u - x * radius) ** 2 + (100 * v - y * radius) ** 2 < (size * radius) ** 2

        def share(mask):
            return mask.reshape(n, 16, 4, 16, 4).sum(axis=(2, 4))[..., None]

        point = 8 * np.arange(64) + 4
        radius = between(0, 134, 180)
        right, down = point.reshape(1, 1, 64) - between(1, 214, 298), point.reshape(1, 64, 1) - between(2, 226, 306)
        turn = np.radians(1.7) * between(3, -20, 20)
        cos, sin = np.rint(4096 * np.cos(turn)).astype(int), np.rint(4096 * np.sin(turn)).astype(int)
        u, v = (cos * right + sin * down) // 4096, (cos * down - sin * right) // 4096
        is_apple = (captions < 3).reshape(n, 1, 1)
        apple = disc(-34, -12, 68) | disc(34, -12, 68) | disc(0, 18, 78)
        body = np.where(is_apple, apple, disc(0, -30, 115) & ~disc(0, -108, 108))
        stem = is_apple & ~body & (abs(8 * u - 2 * (v + radius)) < 144) & (-13 * radius < 10 * v) & (2 * v < -radius)
        light = between(7, 90, 108) - 7 * (right + down)[:, 2::4, 2::4] // radius
        paint = np.array([[216, 38, 40], [58, 168, 62], [240, 206, 40]])[captions % 3].reshape(n, 1, 1, 3)
        paint = paint + np.stack([between(k, -12, 12) for k in (4, 5, 6)], axis=-1)
        paint = np.clip(paint * light[..., None] // 100, 0, 255)
        ground = (16 - share(body | stem)) * between(8, 230, 242)[..., None]
        mixed = share(body) * paint + share(stem) * np.array([92, 58, 30]) + ground
        return ((mixed + 8) // 16).astype(np.uint8), captions

    class Network(nn.Module):
        def __init__(self, width=48, depth=64):
            super().__init__()
            self.captions = nn.Embedding(6, depth)
            self.times = nn.Sequential(nn.Linear(32, depth), nn.SiLU(), nn.Linear(depth, depth))
            self.enter = nn.Conv2d(3, width, 4, stride=2, padding=1)
            self.high = nn.Conv2d(width, width, 3, padding=1)
            self.down = nn.Conv2d(width, 2 * width, 4, stride=2, padding=1)
            self.low = nn.Conv2d(2 * width, 2 * width, 3, padding=1)
            self.up = nn.ConvTranspose2d(2 * width, width, 4, stride=2, padding=1)
            self.join = nn.Conv2d(2 * width, width, 3, padding=1)
            self.leave = nn.ConvTranspose2d(width, 12, 4, stride=2, padding=1)
            self.last = nn.Conv2d(15, 3, 3, padding=1)
            self.norms = nn.ModuleList(nn.GroupNorm(6, w) for w in (width, 2 * width, width))
            self.scales = nn.ModuleList(nn.Linear(depth, 2 * w) for w in (width, 2 * width, width))

        def forward(self, x, t, caption):
            angles = t[:, None] * 1000 ** (-torch.arange(16) / 16)
            waves = torch.cat([angles.sin(), angles.cos()], 1)
            condition = nn.functional.silu(self.times(waves) + self.captions(caption))

            def told(k, features):
                scale, shift = self.scales[k](condition)[:, :, None, None].chunk(2, dim=1)
                return nn.functional.silu(self.norms[k](features) * (1 + scale) + shift)

            first = self.enter(x)
            first = first + self.high(told(0, first))
            deep = self.down(nn.functional.silu(first))
            deep = deep + self.low(told(1, deep))
            back = nn.functional.silu(self.up(nn.functional.silu(deep)))
            back = self.leave(told(2, self.join(torch.cat([back, first], 1))))
            return self.last(torch.cat([nn.functional.silu(back), x], 1))

    images, captions = fruits(2000, "fruits 1 train")
    network = Network()
    optimiser = ...

    def denoiser(x_t, t, caption):
        return ...

    samples = ...

    rows = ((samples.clamp(-1, 1) + 1) / 2).reshape(6, 16, 3, 16, 16).permute(0, 3, 1, 4, 2).reshape(96, 256, 3)
    plt.figure(figsize=(10, 4))
    plt.imshow(rows)
    plt.axis("off")
    plt.show()


@training.check
def predicts_noise(denoiser):
    noise = np.asarray(denoiser(np.zeros((4, 3, 16, 16), np.float32), np.array([0, 5, 50, 99]), np.array([0, 1, 3, 5])))
    assert noise.shape == (4, 3, 16, 16)
    assert np.isfinite(noise).all()


@training.check
def draws_sixteen_of_each(samples):
    drawn = np.asarray(samples)
    assert drawn.shape == (96, 3, 16, 16)
    assert np.isfinite(drawn).all()


@training.hidden_check
def comes_from_the_network(denoiser, network):
    goes_blind(denoiser, network)


@training.hidden_check(weight=5)
def removes_noise(denoiser, network):
    goes_blind(denoiser, network)
    right, _ = errors(denoiser)
    assert np.isfinite(right)
    return Measure(1 - right, gate=REMOVED_GATE, full=REMOVED_FULL)


@training.hidden_check(weight=2)
def reads_the_caption(denoiser, network):
    goes_blind(denoiser, network)
    right, wrong = errors(denoiser)
    assert 0 < right < 1  # without noise removed there is nothing to compare
    return Measure(wrong / right, gate=CAPTION_GATE, full=CAPTION_GATE)


@training.hidden_check(weight=2)
def reads_the_time(denoiser, network):
    goes_blind(denoiser, network)
    return Measure(change_with_time(denoiser), gate=TIME_GATE, full=TIME_GATE)


@training.hidden_check
def draws_the_shape_asked(samples):
    return Measure(judged(samples).shape, gate=AGREE_GATE, full=AGREE_FULL)


@training.hidden_check
def draws_the_colour_asked(samples):
    return Measure(judged(samples).colour, gate=AGREE_GATE, full=AGREE_FULL)


@training.hidden_check(weight=2)
def draws_clean_fruits(samples):
    return Measure(judged(samples).clean, gate=CLEAN_GATE, full=CLEAN_FULL)


@training.hidden_check
def draws_new_fruits(samples):
    assert copies(samples) <= COPIES


@training.hidden_check
def draws_varied_fruits(samples):
    assert spread(samples) >= SPREAD


@training.hidden_check(weight=4)
def draws_again_with_other_noise(denoiser, network):
    goes_blind(denoiser, network)
    return Measure(judged(sampled(denoiser, AGAIN), AGAIN).clean, gate=CLEAN_GATE, full=CLEAN_FULL)


def as_inputs(images):
    """Images (n, 16, 16, 3) in 0–255 as the network takes them: (n, 3, 16, 16) in [-1, 1]."""
    return images.transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1


def held_out():
    """As many as time allows of the course's own fruits, every caption equally often."""
    images, captions = hidden("fruits")
    return as_inputs(images[:HELD_OUT]), captions[:HELD_OUT].astype(np.int64)


@cache
def known():
    """4 000 fruits that no one trains on (n, 768), and their captions: the nearest one says what a sample shows."""
    real = draw(4000, "fruits 1 known")
    return as_inputs(real.x).reshape(4000, -1), real.y.astype(np.int64)


def noise_of(k, shape=(HELD_OUT, 3, 16, 16)):
    """The same for all of a course, and known to nobody without its secret, as the hidden images."""
    images, _ = hidden("fruits")
    secret = int.from_bytes(sha256(images.tobytes()).digest()[:8])
    return np.random.default_rng([secret, k]).standard_normal(shape, dtype=np.float32)


def noised(x, t, noise):
    return np.float32(ALPHA_BAR[t] ** 0.5) * x + np.float32((1 - ALPHA_BAR[t]) ** 0.5) * noise


def ask(denoiser, x, t, captions):
    predicted = np.asarray(denoiser(x, np.full(len(x), t), captions), dtype=np.float64)
    assert predicted.shape == x.shape
    return predicted


def errors(denoiser):
    """Mean square errors of the predicted noise on held-out fruits, with the right and with a wrong caption."""
    x, captions = held_out()
    right, wrong = [], []
    for k, t in enumerate(TIMES):
        noise = noise_of(k)
        x_t = noised(x, t, noise)
        right.append(((ask(denoiser, x_t, t, captions) - noise) ** 2).mean())
        wrong.append(((ask(denoiser, x_t, t, (captions + 1) % 6) - noise) ** 2).mean())
    return float(np.mean(right)), float(np.mean(wrong))


def goes_blind(denoiser, network):
    """With its network's weights at zero, a denoiser knows no caption, and no fruit: its formula is all that is left."""
    kept = weights(network)
    assert sum(array.size for array in kept) > 0
    give(network, [np.zeros_like(array) for array in kept])
    try:
        with np.errstate(all="ignore"):  # where a formula divides by what was a weight
            right, wrong = errors(denoiser)
    finally:
        give(network, kept)
    assert np.isclose(right, wrong, rtol=1e-3, atol=1e-3, equal_nan=True)
    assert not 1 - right > BLIND


def change_with_time(denoiser):
    """How much the prediction for the same images changes when they are said to be noisier, as a share of it."""
    x, captions = held_out()
    x = noised(x, 40, noise_of(0))
    then, later = ask(denoiser, x, 40, captions), ask(denoiser, x, 60, captions)
    size = np.abs(then).mean()
    assert size > 0 and np.isfinite(later).all()
    return float(np.abs(later - then).mean() / size)


def sampled(denoiser, each):
    """The DDPM loop, σ² = β, with our noise."""
    captions = np.repeat(np.arange(6), each)
    x = noise_of(100, (len(captions), 3, 16, 16))
    for t in range(len(BETA) - 1, -1, -1):
        x = (x - BETA[t] / (1 - ALPHA_BAR[t]) ** 0.5 * ask(denoiser, x, t, captions)) / (1 - BETA[t]) ** 0.5
        x = x + BETA[t] ** 0.5 * noise_of(101 + t, x.shape) if t else x
        x = x.astype(np.float32)
    return x


def clipped(samples, each=EACH):
    drawn = np.asarray(samples, dtype=np.float32)
    assert drawn.shape == (6 * each, 3, 16, 16) and np.isfinite(drawn).all()
    return np.clip(drawn, -1, 1)


def distances(some, others):
    """Mean square differences (n, m) between rows (n, 768) and (m, 768)."""
    squares = (some**2).sum(1)[:, None] + (others**2).sum(1) - 2 * some @ others.T
    return np.maximum(squares, 0) / some.shape[1]


@dataclass(frozen=True)
class Judged:
    """Shares of samples whose nearest known fruit has the shape asked, the colour asked, both and lies near."""

    shape: float
    colour: float
    clean: float


def judged(samples, each=EACH):
    drawn = clipped(samples, each).reshape(6 * each, -1)
    real, captions = known()
    gaps = distances(drawn, real)
    asked, seen = np.repeat(np.arange(6), each), captions[gaps.argmin(axis=1)]
    clean = (seen == asked) & (gaps.min(axis=1) < CLEAN)
    return Judged(float(np.mean(seen // 3 == asked // 3)), float(np.mean(seen % 3 == asked % 3)), float(np.mean(clean)))


def copies(samples):
    """The share of samples that are training images, to a hair."""
    drawn = clipped(samples).reshape(6 * EACH, -1)
    learnt = as_inputs(draw(TRAIN, "fruits 1 train").x).reshape(TRAIN, -1)
    return float(np.mean(distances(drawn, learnt).min(axis=1) < COPY))


def spread(samples):
    """The least varied caption: the deviation of its pixels, as a share of that of real fruits."""
    drawn = clipped(samples).reshape(6, EACH, -1)
    real, captions = known()
    return min(float(s.std(axis=0).mean() / real[captions == k].std(axis=0).mean()) for k, s in enumerate(drawn))
