import torch


def softmax(z):
    return torch.nn.Softmax(dim=-1)(torch.as_tensor(z, dtype=torch.float64))


def ratio(logits, temperature):
    p = softmax(torch.tensor(logits, dtype=torch.float64) / temperature)
    return (p[1] / p[0]).item()


def effect(logits, change):
    z = torch.tensor(logits, dtype=torch.float64)
    changed = {"add": z + 10, "subtract": z - z.max(), "multiply": 3 * z, "divide": z / 3, "negate": -z}[change]
    before, after = softmax(z), softmax(changed)
    if torch.allclose(before, after):
        return "unchanged"
    if before.argmax() != after.argmax():
        return "reversed"
    return "sharper" if after.max() > before.max() else "flatter"
