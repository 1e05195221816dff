import torch
from torch import nn

LAYERS = {
    "ReLU": nn.ReLU(),
    "leaky ReLU": nn.LeakyReLU(0.1),
    "sigmoid": nn.Sigmoid(),
    "tanh": nn.Tanh(),
    "softplus": nn.Softplus(),
}


def pre_activation(inputs, weights, bias):
    layer = nn.Linear(3, 1, dtype=torch.float64)
    with torch.no_grad():
        layer.weight[0] = torch.tensor(weights, dtype=torch.float64)
        layer.bias[0] = bias
        return layer(torch.tensor(inputs, dtype=torch.float64)).item()


def output(activation, inputs, weights, bias):
    return LAYERS[activation](torch.tensor(pre_activation(inputs, weights, bias), dtype=torch.float64)).item()
