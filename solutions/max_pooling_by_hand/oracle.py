import torch


def pooled(image, window, stride):
    found = torch.nn.MaxPool2d(window, stride)(torch.tensor(image, dtype=torch.float64)[None, None])[0, 0]
    return [[int(cell) for cell in row] for row in found]


def learned(window, stride):
    return "none" if not list(torch.nn.MaxPool2d(window, stride).parameters()) else "weights"
