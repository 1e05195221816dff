from grader.author import answer, choice, grid, value, whole

minutes = 5
difficulty = 4
tags = ("notebooks", "bug hunt", "diffusion")

# Each script is right; BUGS replaces one of its lines by another. Bugs are a finite list, moved by lines that do nothing.
SCRIPTS = {
    "train": """import torch
from torch import nn
beta = torch.linspace(1e-3, 0.1, <T>)
alpha_bar = torch.cumprod(1 - beta, dim=0)
for x0, caption in loader:
    x0 = 2 * x0 - 1
    t = torch.randint(0, <T>, (len(x0),))
    a = alpha_bar[t].view(-1, 1, 1, 1)
    eps = torch.randn_like(x0)
    xt = a.sqrt() * x0 + (1 - a).sqrt() * eps
    predicted = model(xt, t, caption)
    loss = nn.functional.mse_loss(predicted, eps)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()""",
    "sample": """import torch
from schedule import alpha, alpha_bar, beta
@torch.no_grad()
def sample(model, caption, n):
    x = torch.randn(n, 3, 16, 16)
    for k in range(<T>):
        t = <T> - 1 - k
        eps = model(x, torch.full((n,), t), caption)
        mean = x - beta[t] / (1 - alpha_bar[t]).sqrt() * eps
        mean = mean / alpha[t].sqrt()
        z = torch.randn_like(x) if t > 0 else torch.zeros_like(x)
        x = mean + beta[t].sqrt() * z
    return ((x + 1) / 2).clamp(0, 1)
images = sample(model, 'red apple', <n>)""",
}
BUGS = {
    "no_sqrt": ("train", "    xt", "    xt = a * x0 + (1 - a) * eps"),
    "swapped": ("train", "    xt", "    xt = (1 - a).sqrt() * x0 + a.sqrt() * eps"),
    "minus": ("train", "    xt", "    xt = a.sqrt() * x0 - (1 - a).sqrt() * eps"),
    "one_t": ("train", "    t =", "    t = torch.randint(0, <T>, (1,)).repeat(len(x0))"),
    "uniform": ("train", "    eps", "    eps = torch.rand_like(x0)"),
    "alpha_for_bar": ("train", "alpha_bar =", "alpha_bar = 1 - beta"),
    "sum_of_beta": ("train", "alpha_bar =", "alpha_bar = 1 - torch.cumsum(beta, dim=0)"),
    "fresh_noise": ("train", "    loss =", "    loss = nn.functional.mse_loss(predicted, torch.randn_like(x0))"),
    "clean_input": ("train", "    predicted", "    predicted = model(x0, t, caption)"),
    "noise_at_end": ("sample", "        z =", "        z = torch.randn_like(x)"),
    "no_caption": ("sample", "        eps", "        eps = model(x, torch.full((n,), t), None)"),
    "ascending": ("sample", "        t =", "        t = k"),
    "beta_for_root": ("sample", "        x = mean", "        x = mean + beta[t] * z"),
    "root_of_bar": ("sample", "        mean = mean", "        mean = mean / alpha_bar[t].sqrt()"),
    "alpha_in_mean": ("sample", "        mean = x", "        mean = x - beta[t] / (1 - alpha[t]).sqrt() * eps"),
    "start_at_zero": ("sample", "    x =", "    x = torch.zeros(n, 3, 16, 16)"),
}
CAUSES = {
    "no_sqrt": "noising",
    "swapped": "noising",
    "minus": "noising",
    "uniform": "noising",
    "one_t": "time",
    "alpha_for_bar": "schedule",
    "sum_of_beta": "schedule",
    "fresh_noise": "network",
    "clean_input": "network",
    "noise_at_end": "time",
    "no_caption": "network",
    "ascending": "time",
    "beta_for_root": "noising",
    "root_of_bar": "schedule",
    "alpha_in_mean": "schedule",
    "start_at_zero": "noising",
}

params = grid(bug=list(BUGS), place=range(6))


@value
def sizes(place):
    return {"T": (50, 60, 80, 100, 150, 200)[place], "n": 8 * (place + 1)}


@value
def lines(bug, place, sizes):
    script, start, wrong = BUGS[bug]
    rows = [wrong if row.startswith(start) else row for row in SCRIPTS[script].splitlines()]
    if place % 2:
        rows.insert(0, "import time")
    if place >= 3:
        rows.insert(2, "started = time.time()" if place % 2 else "print('ready')")
    for name, number in sizes.items():
        rows = [row.replace(f"<{name}>", str(number)) for row in rows]
    return tuple(rows)


@value
def listing(lines):
    return "\n".join(f"    {n:2}  {row}" for n, row in enumerate(lines, 1))


def starting(lines, *starts):
    """The number of the first line that starts with one of these, tried in turn."""
    return next(n for start in starts for n, row in enumerate(lines, 1) if row.startswith(start))


@answer(points=2, rule=whole)
def line(bug, lines, sizes):
    wrong = BUGS[bug][2]
    for name, number in sizes.items():
        wrong = wrong.replace(f"<{name}>", str(number))
    return lines.index(wrong) + 1


@line.misconception
def import_line(lines):
    return starting(lines, "import torch")


@line.misconception
def first_lines(lines):
    return starting(lines, "beta =", "from schedule")


@line.misconception
def loop_line(lines):
    return starting(lines, "for x0", "    for k")


@line.misconception
def range_line(lines):
    return starting(lines, "    x0 =", "    return")


@line.misconception
def view_line(lines):
    return starting(lines, "    a =", "@torch")


@line.misconception
def last_line(lines):
    return starting(lines, "    optimizer.step", "images =")


@answer(points=1, rule=choice("network", "noising", "time", "schedule"))
def cause(bug):
    return CAUSES[bug]


@cause.misconception
def what_it_computes(cause):
    return "noising" if cause == "network" else "network"


@cause.misconception
def when_it_computes(cause):
    return "time" if cause == "schedule" else "schedule"
