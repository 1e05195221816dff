"""Runs each script in PyTorch with a network that knows its place, and sees which line, once put right, mends it."""

import sys
import types

import torch

RIGHT = {
    "alpha_bar =": "alpha_bar = torch.cumprod(1 - beta, dim=0)",
    "    t =": "    t = torch.randint(0, {T}, (len(x0),))",
    "    eps": "    eps = torch.randn_like(x0)",
    "    xt": "    xt = a.sqrt() * x0 + (1 - a).sqrt() * eps",
    "    predicted": "    predicted = model(xt, t, caption)",
    "    loss =": "    loss = nn.functional.mse_loss(predicted, eps)",
    "    x =": "    x = torch.randn(n, 3, 16, 16)",
    "        t =": "        t = {T} - 1 - k",
    "        eps": "        eps = model(x, torch.full((n,), t), caption)",
    "        mean = x": "        mean = x - beta[t] / (1 - alpha_bar[t]).sqrt() * eps",
    "        mean = mean": "        mean = mean / alpha[t].sqrt()",
    "        z =": "        z = torch.randn_like(x) if t > 0 else torch.zeros_like(x)",
    "        x = mean": "        x = mean + beta[t].sqrt() * z",
}


def observed(lines, T, training):
    """What the script shows from outside: what its network receives, and what comes out."""
    torch.manual_seed(0)
    seen = []
    weight = torch.ones(1, requires_grad=True)

    def model(x, t, caption):
        seen.extend([x.detach().clone(), t, caption])
        return 0.1 * x * weight

    beta = torch.linspace(1e-3, 0.1, T)
    schedule = types.ModuleType("schedule")
    schedule.beta, schedule.alpha, schedule.alpha_bar = beta, 1 - beta, torch.cumprod(1 - beta, dim=0)
    sys.modules["schedule"] = schedule
    names = {
        "model": model,
        "loader": [(torch.rand(6, 1, 4, 4), "caption")],
        "optimizer": torch.optim.SGD([weight], lr=0.0),
        "print": lambda *_: None,
    }
    try:
        exec("\n".join(lines).replace("(n, 3, 16, 16)", "(n, 1, 2, 2)"), names)
    finally:
        del sys.modules["schedule"]
    return [*seen, names["loss"].detach()] if training else [*seen, names["images"]]


def same(one, other):
    return len(one) == len(other) and all(
        torch.allclose(a.float(), b.float(), atol=1e-5, equal_nan=True)
        if torch.is_tensor(a) and torch.is_tensor(b)
        else a is b or a == b
        for a, b in zip(one, other, strict=True)
    )


def repaired(lines, T):
    """Every line as it should be."""
    starts = sorted(RIGHT, key=len, reverse=True)
    found = []
    for row in lines:
        start = next((start for start in starts if row.startswith(start)), None)
        found.append(RIGHT[start].format(T=T) if start else row)
    return found


def line(lines, sizes):
    T = sizes["T"]
    training = any(row.startswith("for x0") for row in lines)
    good = repaired(lines, T)
    wanted = observed(good, T, training)
    assert not same(observed(lines, T, training), wanted)
    mended = [
        n for n, row in enumerate(good) if same(observed([*lines[:n], row, *lines[n + 1 :]], T, training), wanted)
    ]
    assert len(mended) == 1
    return mended[0] + 1


# no oracle for cause: a word for the kind of error, read from the line that the oracle of `line` finds
