import torch


def by_scale(without, with_caption, s):
    """On the line from one prediction to the other, s times as far."""
    u, c = torch.tensor([without, with_caption], dtype=torch.float64)
    return float(torch.lerp(u, c, float(s)))


def by_weight(without, with_caption, weight_w):
    """Past the prediction with a caption, by w times the gap, away from the one without."""
    u, c = torch.tensor([without, with_caption], dtype=torch.float64)
    return float(torch.lerp(c, u, -float(weight_w)))


def equivalence():
    s = 3.0
    tried = {"minus_one": s - 1, "same": s, "plus_one": s + 1, "inverse": 1 / s}
    (found,) = (name for name, w in tried.items() if abs(by_weight(0.3, -0.8, w) - by_scale(0.3, -0.8, s)) < 1e-9)
    return found
