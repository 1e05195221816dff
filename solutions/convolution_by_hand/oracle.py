import torch


def feature_map(image, kernel):
    layer = torch.nn.Conv2d(1, 1, 3, stride=2, padding=1, bias=False, dtype=torch.float64)
    with torch.no_grad():
        layer.weight[0, 0] = torch.tensor(kernel)
        found = layer(torch.tensor(image, dtype=torch.float64)[None, None])[0, 0]
    return [[int(cell) for cell in row] for row in found]
