# fails: convolutions_stay_close, statistics_stay, the_answer_comes_from_the_base, recognises_new_signs
import numpy as np
import torch
from torch import nn

data = np.load("signs_few.npz")
x_train = torch.tensor(data["x_train"] / 255, dtype=torch.float32).permute(0, 3, 1, 2)
y_train = torch.tensor(data["y_train"], dtype=torch.int64)

blocks, channels = [], 3
for filters in (16, 32, 48):
    blocks += [
        nn.Conv2d(channels, filters, 3, padding=1),
        nn.BatchNorm2d(filters, eps=1e-3),
        nn.ReLU(),
        nn.MaxPool2d(2),
    ]
    channels = filters
base = nn.Sequential(*blocks, nn.Flatten())
arrays = [data[name].astype("float32") for name in data if name.startswith(("conv", "norm"))]
names = [name for name in base.state_dict() if "num_batches" not in name]
turned = [torch.tensor(a.transpose(3, 2, 0, 1) if a.ndim == 4 else a) for a in arrays]
base.load_state_dict(dict(zip(names, turned)), strict=False)
head = nn.Linear(432, 8)
base.eval()


def learn(parameters, epochs, rate):
    optimiser = torch.optim.Adam(parameters, lr=rate)
    for _ in range(epochs):
        for chosen in torch.randperm(40).split(8):
            optimiser.zero_grad()
            nn.functional.cross_entropy(head(base(x_train[chosen])), y_train[chosen]).backward()
            optimiser.step()


learn(head.parameters(), 60, 1e-3)
learn([*base.parameters(), *head.parameters()], 20, 5e-2)


def predict(images):
    base.eval()
    with torch.no_grad():
        return head(base(torch.as_tensor(images).permute(0, 3, 1, 2))).softmax(1).numpy()
