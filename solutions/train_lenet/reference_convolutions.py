import keras
import torch
from torch import nn


def build():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 120, 5),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    )


def train(model, epochs=8):
    (x_train, y_train), _ = keras.datasets.mnist.load_data()
    images = torch.tensor(x_train[:, None] / 255, dtype=torch.float32)
    digits = torch.tensor(y_train, dtype=torch.int64)
    optimiser = torch.optim.Adam(model.parameters())
    steps = -(-len(images) // 32)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, epochs=epochs, steps_per_epoch=steps)
    for _ in range(epochs):
        for chosen in torch.randperm(len(images)).split(32):
            optimiser.zero_grad()
            nn.functional.cross_entropy(model(images[chosen]), digits[chosen]).backward()
            optimiser.step()
            schedule.step()


def predict(model, images):
    with torch.no_grad():
        return model(torch.as_tensor(images).permute(0, 3, 1, 2)).numpy()
