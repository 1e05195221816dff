"""The blocks are run, in every order of two neighbours too: the answer is the order in which each name exists."""

import torch

CODE = {
    "schedule": "alpha_bar = torch.cumprod(1 - torch.linspace(1e-3, 0.1, T), dim=0)",
    "batch": "x0, caption = next(batches)",
    "time": "t = torch.randint(0, T, (len(x0),))",
    "noise": "eps = torch.randn_like(x0)",
    "coefficient": "a = alpha_bar[t].view(-1, 1, 1, 1)",
    "mix": "xt = a.sqrt() * x0 + (1 - a).sqrt() * eps",
    "predict": "predicted = model(xt, t, caption)",
    "loss": "loss = ((predicted - eps) ** 2).mean()",
    "update": "optimizer.zero_grad(); loss.backward(); optimizer.step()",
}


def runs(order, T):
    weight = torch.ones(1, requires_grad=True)
    given = {
        "torch": torch,
        "T": T,
        "batches": iter([(torch.randn(2, 1, 2, 2), ["", ""])]),
        "model": lambda x, t, caption: x * weight,
        "optimizer": torch.optim.SGD([weight], lr=0.1),
    }
    try:
        for name in order:
            exec(CODE[name], given)
    except NameError:
        return False
    return True


def order(n):
    """From a wrong start, each block goes as early as what it reads allows."""
    made, left = [], list(CODE)[::-1]
    while left:
        name = next(name for name in left if runs([*made, name], n["T"]))
        made.append(name)
        left.remove(name)
    return tuple(made)
