# fails: all_its_parameters, follows_its_arguments, computes_what_is_described
import torch
from torch import nn


def build(filters, units, padding):
    return nn.Sequential(
        nn.Conv2d(1, 7, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(7, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 110),
        nn.ReLU(),
        nn.Linear(110, 84),
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
