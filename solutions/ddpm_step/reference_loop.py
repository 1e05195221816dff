from math import prod, sqrt


def ddpm_step(x, t, predicted, z, beta):
    kept = prod(1 - float(b) for b in beta[: t + 1])
    away = float(beta[t]) / sqrt(1 - kept)
    x = (x - away * predicted) / sqrt(1 - float(beta[t]))
    if t == 0:
        return x
    return x + sqrt(float(beta[t])) * z
