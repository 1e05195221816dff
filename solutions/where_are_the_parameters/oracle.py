import re
from functools import cache

import torch

# In PyTorch on the meta device, sizes without memory; the printed Keras lines are read as they stand.


def build(code, x):
    """The layer that this line of Keras describes, for the tensor ``x`` that reaches it."""
    names = {
        "Conv2D": lambda filters, k, strides=1, padding="valid", groups=1: torch.nn.Conv2d(
            x.shape[1], filters, k, stride=strides, padding=padding, groups=groups, device="meta"
        ),
        "MaxPooling2D": lambda k, strides: torch.nn.MaxPool2d(k, stride=strides),
        "GlobalAveragePooling2D": lambda: torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten()),
        "Flatten": torch.nn.Flatten,
        "Dense": lambda units: torch.nn.Linear(x.shape[1], units, device="meta"),
    }
    return eval(code, names)


@cache
def counts(image, lines):
    x = torch.zeros(1, image[2], *image[:2], device="meta")
    parameters, products = {"Conv2d": 0, "Linear": 0}, {"Conv2d": 0, "Linear": 0}
    for code in re.findall(r"^\| `(.+)` \|", lines, re.MULTILINE):
        layer = build(code, x)
        x = layer(x)
        kind = type(layer).__name__
        if kind in parameters:
            parameters[kind] += sum(p.numel() for p in layer.parameters())
            products[kind] += x.numel() * layer.weight[0].numel()  # each output multiplies by one filter's weights
    return parameters, products


def most_parameters(image, lines):
    found = counts(tuple(image), lines)[0]
    return {"Conv2d": "convolutions", "Linear": "dense_layers"}[max(found, key=found.get)]


def dense_share(image, lines):
    found = counts(tuple(image), lines)[0]
    return 100 * found["Linear"] / sum(found.values())


def most_products(image, lines):
    found = counts(tuple(image), lines)[1]
    return {"Conv2d": "in_convolutions", "Linear": "in_dense_layers"}[max(found, key=found.get)]
