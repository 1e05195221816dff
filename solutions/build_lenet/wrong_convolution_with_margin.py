# fails: computes_what_is_described
import torch
from torch import nn


def build(filters, units, padding):
    side = 5 if padding == "same" else 4
    return nn.Sequential(
        nn.Conv2d(1, filters, 5, padding=padding),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(filters, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, units, side, padding=side // 2),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(units, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    )


def predict(model, images):
    model.eval()
    with torch.no_grad():
        return model(torch.as_tensor(images).permute(0, 3, 1, 2)).numpy()


def learn(model, images, digits):
    model.train()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05)
    optimiser.zero_grad()
    logits = model(torch.as_tensor(images).permute(0, 3, 1, 2))
    nn.functional.cross_entropy(logits, torch.as_tensor(digits)).backward()
    optimiser.step()
