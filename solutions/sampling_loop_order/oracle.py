import torch

# no oracle for last_noise: an observation, not a computation

LINES = {
    "noise": "x = randn(1, 3, 4, 4)",
    "loop": "for t in range(T, 0, -1):",
    "predict": "    noise = network(x, t)",
    "mean": "    x = (x - beta[t] / (1 - abar[t]) ** 0.5 * noise) / alpha[t] ** 0.5",
    "add": "    x = x + beta[t] ** 0.5 * (randn(*x.shape) if t > 1 else 0)",
    "show": "show((x + 1) / 2)",
}
ORDER = ("noise", "loop", "predict", "mean", "add", "show")


def run(T):
    """The loop itself, with an ideal network for a single image: it knows the noise, so the image comes out."""
    drawn, shown = [], []
    beta = torch.cat([torch.zeros(1), torch.linspace(1e-3, 0.1, T)])
    alpha, image = 1 - beta, torch.full((1, 3, 4, 4), 0.3)
    abar = torch.cumprod(alpha, 0)

    def randn(*shape):
        drawn.append(shape)
        return torch.randn(*shape)

    def network(x, t):
        return (x - abar[t] ** 0.5 * image) / (1 - abar[t]) ** 0.5

    source = "\n".join(LINES[name] for name in ORDER)
    exec(
        source,
        {"T": T, "randn": randn, "network": network, "beta": beta, "alpha": alpha, "abar": abar, "show": shown.append},
    )
    return len(drawn), shown[0] * 2 - 1, image


def loop():
    _, made, image = run(30)
    assert torch.allclose(made, image, atol=1e-3)
    return ORDER


def draws(T):
    return run(T)[0]
