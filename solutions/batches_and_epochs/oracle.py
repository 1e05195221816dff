from functools import cache

from torch.utils.data import BatchSampler, SequentialSampler


@cache
def sizes(train, batch):
    """How many images torch's own sampler puts in each batch."""
    return [len(one) for one in BatchSampler(SequentialSampler(range(train)), batch, drop_last=False)]


def steps(train, batch):
    return len(sizes(train, batch))


def last_batch(train, batch):
    return sizes(train, batch)[-1]


def updates(train, batch, epochs):
    return sum(len(sizes(train, batch)) for _ in range(epochs))
