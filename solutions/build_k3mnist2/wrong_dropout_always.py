# fails: no_dropout_when_it_predicts, computes_what_is_described
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            *[nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.2)],
            *[nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.2)],
        )
        self.hidden = nn.Linear(784, 100)
        self.output = nn.Linear(100, 10)

    def forward(self, x):
        x = torch.relu(self.hidden(self.features(x).flatten(1)))
        x = nn.functional.dropout(x, 0.5, training=True)
        return torch.softmax(self.output(x), dim=1)


model = Net()


def predict(images):
    model.eval()
    with torch.no_grad():
        return model(torch.as_tensor(images).permute(0, 3, 1, 2)).numpy()
