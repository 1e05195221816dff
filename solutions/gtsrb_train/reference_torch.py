import numpy as np
import torch
from torch import nn

with np.load("gtsrb.npz") as file:
    images = torch.tensor(file["x_train"] / 255, dtype=torch.float32).permute(0, 3, 1, 2).contiguous()
    classes = torch.tensor(file["y_train"], dtype=torch.int64)
side = images.shape[2] // 8  # three poolings


def block(before, after):
    return nn.Sequential(nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU(), nn.MaxPool2d(2))


net = nn.Sequential(
    block(3, 32),
    block(32, 64),
    block(64, 96),
    nn.Flatten(),
    nn.Dropout(0.3),
    nn.Linear(96 * side * side, 128),
    nn.ReLU(),
    nn.Linear(128, 43),
)
optimiser = torch.optim.Adam(net.parameters())
steps = -(-len(images) // 64)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, epochs=epochs, steps_per_epoch=steps)
for _ in range(epochs):
    for chosen in torch.randperm(len(images)).split(64):
        optimiser.zero_grad()
        nn.functional.cross_entropy(net(images[chosen]), classes[chosen]).backward()
        optimiser.step()
        schedule.step()
net.eval()


class Classifier:
    def predict(self, x, verbose=0):
        batch = torch.tensor(np.asarray(x), dtype=torch.float32).permute(0, 3, 1, 2)
        with torch.no_grad():
            return net(batch).softmax(dim=1).numpy()


model = Classifier()
