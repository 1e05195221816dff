from grader.author import Bug, answer, at, bug_line, bugged, choice, elsewhere, grid, idle_lines, numbered, value, whole

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
    "no_sqrt": Bug("train", "    xt", "    xt = a * x0 + (1 - a) * eps", "noising", 22),
    "swapped": Bug("train", "    xt", "    xt = (1 - a).sqrt() * x0 + a.sqrt() * eps", "noising"),
    "minus": Bug("train", "    xt", "    xt = a.sqrt() * x0 - (1 - a).sqrt() * eps", "noising"),
    "one_t": Bug("train", "    t =", "    t = torch.randint(0, <T>, (1,)).repeat(len(x0))", "time", 23),
    "uniform": Bug("train", "    eps", "    eps = torch.rand_like(x0)", "noising"),
    "alpha_for_bar": Bug("train", "alpha_bar =", "alpha_bar = 1 - beta", "schedule"),
    "sum_of_beta": Bug("train", "alpha_bar =", "alpha_bar = 1 - torch.cumsum(beta, dim=0)", "schedule"),
    "fresh_noise": Bug(
        "train", "    loss =", "    loss = nn.functional.mse_loss(predicted, torch.randn_like(x0))", "network"
    ),
    "clean_input": Bug("train", "    predicted", "    predicted = model(x0, t, caption)", "network"),
    "noise_at_end": Bug("sample", "        z =", "        z = torch.randn_like(x)", "time", 24),
    "no_caption": Bug("sample", "        eps", "        eps = model(x, torch.full((n,), t), None)", "network", 25),
    "ascending": Bug("sample", "        t =", "        t = k", "time"),
    "beta_for_root": Bug("sample", "        x = mean", "        x = mean + beta[t] * z", "noising"),
    "root_of_bar": Bug("sample", "        mean = mean", "        mean = mean / alpha_bar[t].sqrt()", "schedule"),
    "alpha_in_mean": Bug(
        "sample", "        mean = x", "        mean = x - beta[t] / (1 - alpha[t]).sqrt() * eps", "schedule"
    ),
    "start_at_zero": Bug("sample", "    x =", "    x = torch.zeros(n, 3, 16, 16)", "noising"),
}

params = grid(bug=list(BUGS), place=range(6))


@value
def sizes(place):
    return at(place, T=(50, 60, 80, 100, 150, 200), n=range(8, 56, 8))


@value
def lines(bug, place, sizes):
    return bugged(SCRIPTS[BUGS[bug].script], BUGS[bug], idle_lines(place), **sizes)


@value
def listing(lines):
    return numbered(lines)


@elsewhere(
    import_line=("import torch",),
    first_lines=("beta =", "from schedule"),
    loop_line=("for x0", "    for k"),
    range_line=("    x0 =", "    return"),
    view_line=("    a =", "@torch"),
    last_line=("    optimizer.step", "images ="),
)
@answer(points=2, rule=whole)
def line(bug, lines, sizes):
    return bug_line(lines, BUGS[bug], **sizes)


@answer(points=1, rule=choice("network", "noising", "time", "schedule"))
def cause(bug):
    return BUGS[bug].cause


@cause.misconception
def what_it_computes(cause):
    return "noising" if cause == "network" else "network"


@cause.misconception
def when_it_computes(cause):
    return "time" if cause == "schedule" else "schedule"
