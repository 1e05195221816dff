import torch

# no oracle for raised: an observation, not a computation
# no oracle for never_dropped: an observation, not a computation


def without_caption(images, rate):
    """Every image of an epoch, each hundred dropping as many as the rate says."""
    places = torch.arange(images) % 100
    return int((places < rate).sum())


def scale_one():
    u, c = torch.tensor(0.25), torch.tensor(-0.75)
    named = {"conditional": c, "unconditional": u, "average": (u + c) / 2, "nothing": torch.tensor(0.0)}
    (found,) = (name for name, value in named.items() if torch.isclose(value, torch.lerp(u, c, 1.0)))
    return found
