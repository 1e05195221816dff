import torch
from torch.nn import functional as F

FUNCTIONS = {
    "relu": F.relu,
    "leaky": lambda z: F.leaky_relu(z, 0.1),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softplus": F.softplus,
    "gelu": F.gelu,
}


def names(plots, z):
    """The torch function that goes through the points of each panel, in the order in which they are drawn."""
    at = torch.tensor(z, dtype=torch.float64)
    drawn = [torch.tensor(plot[""], dtype=torch.float64) for plot in plots.values()]
    found = [next(name for name, f in FUNCTIONS.items() if torch.allclose(f(at), ys)) for ys in drawn]
    return {f"curve_{k}": name for k, name in enumerate(found, 1)}


def described(fact):
    """The only function with the property, measured on torch's own."""
    right = [name for name, f in FUNCTIONS.items() if _holds(fact, f)]
    return right[0] if len(right) == 1 else right


def _holds(fact, f):
    at = torch.linspace(-4, 4, 801, dtype=torch.float64)
    y = f(at)
    slope = y.diff() / at.diff()
    left = slope[at[1:] < 0]
    return {
        "sigmoid": y.min() > 0 and y.max() < 1,
        "tanh": torch.allclose(y, -y.flip(0)) and y.abs().max() <= 1,
        "relu": left.abs().max() < 1e-9,
        "leaky": left.max() - left.min() < 1e-9 and slope.abs().min() > 1e-3,
        "softplus": y.min() > 0 and y.max() > 2,
        "gelu": slope[0] < -1e-6 and slope[-1] > 0,
    }[fact]
