import torch


def batch(gpus, per_gpu):
    return sum(len(part) for part in [range(per_gpu)] * gpus)


def updates(images, gpus, per_gpu):
    """The sampler that PyTorch would use."""
    sampler = torch.utils.data.BatchSampler(range(images), gpus * per_gpu, drop_last=False)
    return len(sampler)


def time(hours, gpus, efficiency):
    """The work, done at the speed of the cards that are left once communication is paid."""
    speed = sum(efficiency / 100 for _ in range(gpus))
    return hours / speed


def exchanged():
    """The gradient of a large batch is the average of the gradients of its equal parts: nothing else is needed."""
    w, x = torch.ones(3, requires_grad=True), torch.arange(12.0).view(4, 3)
    whole = torch.autograd.grad(((x @ w) ** 2).mean(), w)[0]
    parts = [torch.autograd.grad(((part @ w) ** 2).mean(), w)[0] for part in x.chunk(2)]
    return "gradients" if torch.allclose(whole, torch.stack(parts).mean(0)) else "nothing"
