# fails: beats_the_perceptron
import keras
import torch
from torch import nn

(x_train, y_train), _ = keras.datasets.mnist.load_data()
images = torch.tensor(x_train[:, None] / 255, dtype=torch.float32)
digits = torch.tensor(y_train, dtype=torch.int64)

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 77), nn.ReLU(), nn.Linear(77, 10))
epochs, batch = 40, 32
optimiser = torch.optim.Adam(model.parameters())
steps = -(-len(images) // batch)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, epochs=epochs, steps_per_epoch=steps)
for _ in range(epochs):
    for chosen in torch.randperm(len(images)).split(batch):
        moved = images[chosen].roll(torch.randint(-3, 4, (2,)).tolist(), (2, 3))
        optimiser.zero_grad()
        nn.functional.cross_entropy(model(moved), digits[chosen]).backward()
        optimiser.step()
        schedule.step()


def predict(images):
    model.eval()
    with torch.no_grad():
        return model(torch.as_tensor(images).permute(0, 3, 1, 2)).numpy()
