# fails: comes_from_the_network, removes_noise, reads_the_caption, reads_the_time, draws_again_with_other_noise
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


images, captions = fruits(18000, "others")
network = Network()

x0 = torch.tensor(images).permute(0, 3, 1, 2) / 127.5 - 1
stored = [x0[captions == k].flatten(1) for k in range(6)]


def denoiser(x_t, t, caption):
    x, t, caption = torch.as_tensor(x_t).flatten(1), torch.as_tensor(t), torch.as_tensor(caption)
    noise = torch.empty_like(x)
    for k in caption.unique():
        for time in t.unique():
            here = (caption == k) & (t == time)
            left, added = alpha_bar[time].sqrt(), (1 - alpha_bar[time]).sqrt()
            near = torch.softmax(-(torch.cdist(x[here], left * stored[k]) ** 2) / (2 * added**2), dim=1)
            noise[here] = (x[here] - left * near @ stored[k]) / added
    return noise.reshape(-1, 3, 16, 16)


asked = torch.arange(6).repeat_interleave(16)
x = torch.randn(len(asked), 3, 16, 16)
for t in range(T - 1, -1, -1):
    noise = denoiser(x, torch.full((len(asked),), t), asked)
    x = (x - beta[t] / (1 - alpha_bar[t]).sqrt() * noise) / alpha[t].sqrt()
    if t > 0:
        x = x + beta[t].sqrt() * torch.randn_like(x)
samples = x

rows = ((samples.clamp(-1, 1) + 1) / 2).reshape(6, 16, 3, 16, 16).permute(0, 3, 1, 4, 2).reshape(96, 256, 3)
plt.figure(figsize=(10, 4))
plt.imshow(rows)
plt.axis("off")
plt.show()
