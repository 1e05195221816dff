import torch


def cell(image, kernel, stride, padding, at):
    layer = torch.nn.Conv2d(1, 1, 3, stride=stride, padding=padding, bias=False, dtype=torch.float64)
    with torch.no_grad():
        layer.weight[0, 0] = torch.tensor(kernel)
        return int(layer(torch.tensor(image, dtype=torch.float64)[None, None])[0, 0][at])
