import re
from functools import cache

import torch

# In PyTorch on the meta device, sizes without memory; the printed Keras lines are read as they stand.
TOTALS = {
    "LeNet-5": 61_706,
    "K3MNIST2": 80_758,
    "GTSRB model_01, 24×24×1": 4_841_083,
    "GTSRB model_01, 24×24×3": 4_842_811,
    "GTSRB model_01, 48×48×1": 29_033_083,
    "GTSRB model_01, 48×48×3": 29_034_811,
    "GTSRB model_02": 734_059,
    "AlexNet (2012)": 60_965_224,
    "AlexNet (torchvision)": 61_100_840,
    "VGG16": 138_357_544,
}


def build(code, x):
    """The layer that this line of Keras describes, for the tensor ``x`` that reaches it."""
    meta = {"device": "meta"}
    names = {
        "Conv2D": lambda filters, k, strides=1, padding="valid", groups=1: torch.nn.Conv2d(
            x.shape[1], filters, k, stride=strides, padding=padding, groups=groups, **meta
        ),
        "MaxPooling2D": lambda k, strides: torch.nn.MaxPool2d(k, stride=strides),
        "Flatten": torch.nn.Flatten,
        "Dense": lambda units: torch.nn.Linear(x.shape[1], units, **meta),
    }
    return eval(code, names)


@cache
def counts(image, codes, sizes):
    x = torch.zeros(1, image[2], *image[:2], device="meta")
    found = []
    for code, size in zip(codes, sizes, strict=True):
        layer = build(code, x)
        x = layer(x)
        printed = [int(n) for n in size.split(" × ")]
        assert sorted(x.shape[1:]) == sorted(printed), (code, x.shape, size)
        found.append(sum(p.numel() for p in layer.parameters()))
    return found


def parameters(network, image, lines):
    rows = re.findall(r"^\| `(.+)` \| (.+) \| (.+) \|$", lines, re.MULTILINE)
    codes, sizes, cells = zip(*rows, strict=True)
    found = counts(tuple(image), codes, sizes)
    assert sum(found) == TOTALS[network]
    rows = {cell.strip("*"): count for cell, count in zip(cells, found, strict=True) if "*" in cell}
    return {**rows, "total": sum(found)}
