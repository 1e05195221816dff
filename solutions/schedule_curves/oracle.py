import math

import torch

NAMES = {"1": "first", "2": "second", "3": "third", "4": "fourth"}


def curves_of(lines):
    """By the value half-way and at the end, from each schedule walked step by step."""
    ends = {}
    for kind, steps in (("linear", 1000), ("short", 100)):
        share = torch.cumprod(1 - torch.linspace(1e-4, 0.02, steps, dtype=torch.float64), 0)
        ends[kind] = (float(share[steps // 2 - 1]), float(share[-1]))
    quarter = (1 + math.cos(math.pi / 4)) / 2  # cos² by the double angle: above the straight line at a quarter
    found = {}
    for name, y in lines.items():
        middle, last = y[len(y) // 2], y[-1]
        for kind, (m, e) in ends.items():
            if abs(middle - m) < 0.02 and abs(last - e) < 0.02:
                found[kind] = NAMES[name]
        if abs(middle - 0.5) < 0.02 and abs(y[len(y) // 4] - quarter) < 0.02:
            found["cosine"] = NAMES[name]
    return found


def cosine_at(part):
    """By the double angle."""
    return (1 + math.cos(math.pi * part)) / 2
