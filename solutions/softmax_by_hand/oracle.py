import torch


def probabilities(logits):
    return [torch.nn.Softmax(dim=-1)(torch.tensor(logits, dtype=torch.float64)).tolist()]
