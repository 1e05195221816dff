import torch


def layer(image, kernel, bias, activation):
    conv = torch.nn.Conv2d(len(image), 1, 2, dtype=torch.float64)
    with torch.no_grad():
        conv.weight[0] = torch.tensor(kernel)
        conv.bias[0] = bias
        return torch.nn.Sequential(conv, activation)(torch.tensor(image, dtype=torch.float64)[None])[0, 0].tolist()


def before_relu(image, kernel, bias):
    return layer(image, kernel, bias, torch.nn.Identity())


def after_relu(image, kernel, bias):
    return layer(image, kernel, bias, torch.nn.ReLU())
