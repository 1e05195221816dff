import numpy as np
import torch


def code(lines, before, goal):
    """The one line that does to a random batch what torch's permute does."""
    x = np.random.default_rng(0).normal(size=before)
    wanted = torch.tensor(x).permute(*((0, 3, 1, 2) if goal == "PyTorch" else (0, 2, 3, 1))).numpy()
    made = {name: eval(line, {"np": np, "x": x}) for name, line in lines.items()}
    good = [name for name, given in made.items() if np.array_equal(given, wanted)]
    return good[0] if len(good) == 1 else None


def transposed(image, which):
    return torch.tensor(image).movedim(-1, 0)[which].tolist()


def reshaped(image, which, channels, size):
    return torch.tensor(image).reshape(channels, *size)[which].tolist()
