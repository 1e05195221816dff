import torch


def guided(with_caption, without, s):
    return torch.lerp(torch.as_tensor(without), torch.as_tensor(with_caption), float(s))


def drop_captions(captions, rate, draws, empty):
    return torch.as_tensor(captions).masked_fill(torch.as_tensor(draws) < rate, empty)
