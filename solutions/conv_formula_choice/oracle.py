import re
from functools import cache
from math import ceil, floor

import numpy as np
import torch
from keras import layers
from torch import nn

# Size, kernel, padding, stride, dilation: no value repeats, and S divides nothing in most of them.
POINTS = [(31, 3, 1, 2, 2), (40, 5, 2, 3, 2), (45, 4, 1, 3, 3), (52, 7, 3, 4, 2), (64, 4, 2, 3, 4), (38, 6, 3, 5, 2)]


def width(tex, code, letters, names):
    real = [measured(code, point_named(letters_of(names), point)) for point in POINTS]
    return only(
        vars(tex),
        ("right", "rounded_up", "one_inside", "padding_once", "padding_after", "start_forgotten"),
        names,
        real,
    )


def formulas(tex, calls, names):
    found = {}
    for row, call in calls.items():
        real = [measured(call, point_named(letters_of(names), point)) for point in POINTS]
        found[row] = only(vars(tex), ("same", "valid", "transposed", "dilated", "floored", "multiplied"), names, real)
    return found


def only(tex, candidates, names, real):
    """The one candidate whose value is the real width at every point."""
    good = [name for name in candidates if [value_of(tex[name], letters_of(names), p) for p in POINTS] == real]
    return good[0] if len(good) == 1 else None


def letters_of(names):
    return tuple(getattr(names, name) for name in "IKPSD")


def point_named(letters, point):
    return tuple(zip(letters, point, strict=True))


@cache
def measured(call, values):
    """Builds the layer as it is printed, with numbers for letters, and feeds it zeros."""
    known = dict(values)
    size = next(iter(known.values()))
    layer = eval(call, {"nn": nn, "layers": layers, **known})
    if call.startswith("layers"):
        return layer(np.zeros((1, size, size, 16), "float32")).shape[1]
    with torch.no_grad():
        return layer(torch.zeros(1, 16, size, size)).shape[-1]


def value_of(tex, letters, point):
    text = tex.replace(r"\,", "")
    text = re.sub(r"\\left\\l(floor|ceil) (.*?) \\right\\r(floor|ceil)", r"\1[\2]", text)
    known = dict(zip(letters, point, strict=True))
    whole = {"floor": floor, "ceil": ceil}
    parts = re.findall(r"floor|ceil|\d+|[A-Za-z]|.", text.replace(" ", ""))
    source = ""
    for before, part in zip(["", *parts], parts, strict=False):
        times = re.fullmatch(r"\d+|[A-Za-z]|\)", before) and re.fullmatch(r"\d+|[A-Za-z]|\(", part)
        source += "*" * bool(times) + {"[": "(", "]": ")"}.get(part, part)
    return eval(source, {**whole, **known})
