import torch


def moved(start, gradient, rate):
    w = torch.tensor(float(start), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([w], lr=rate, eps=1e-12)
    w.grad = torch.tensor(float(gradient), dtype=torch.float64)
    optimizer.step()
    return w.item(), optimizer.state[w]


def step(start, gradient, rate):
    w, state = moved(start, gradient, rate)
    m, v = state["exp_avg"].item(), state["exp_avg_sq"].item()
    return {"m": m, "v": v, "m_hat": m / (1 - 0.9), "v_hat": v / (1 - 0.999), "w": w}


def effect(start, gradient, rate, change):
    other = {"gradient": (10 * gradient, rate), "rate": (gradient, 10 * rate), "sign": (-gradient, rate)}[change]
    ratio = (moved(start, *other)[0] - start) / (moved(start, gradient, rate)[0] - start)
    return {1: "same", 10: "tenfold", 100: "hundredfold", -1: "opposite"}[round(ratio)]
