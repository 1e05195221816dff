import torch


def output(batch, channels, length, filters, kernel, stride, padding):
    layer = torch.nn.Conv1d(channels, filters, kernel_size=kernel, stride=stride, padding=padding, device="meta")
    return tuple(layer(torch.zeros(batch, channels, length, device="meta")).shape)


def size(channels, length, kernel, stride, padding):
    layer = torch.nn.Conv1d(channels, 1, kernel_size=kernel, stride=stride, padding=padding)
    with torch.no_grad():
        return layer(torch.zeros(1, channels, length)).shape[-1]
