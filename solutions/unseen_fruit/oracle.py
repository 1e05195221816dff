from itertools import product

import torch
from torch import nn


def seen(shapes, colours, apart):
    every = list(product(range(shapes), range(colours)))
    return len(set(every) - set(every[:apart]))


def by_caption(shapes, colours, depth):
    return nn.Embedding(shapes * colours, depth).weight.numel()


def by_word(shapes, colours, depth):
    return sum(
        p.numel() for p in nn.ModuleList([nn.Embedding(shapes, depth), nn.Embedding(colours, depth)]).parameters()
    )


def moved(table, used, asked):
    """Whether training with the rows ``used`` changes the row ``asked``."""
    before = table.weight[asked].detach().clone()
    optimiser = torch.optim.Adam(table.parameters(), 0.1)
    table(torch.tensor(used)).sum().backward()
    optimiser.step()
    return not torch.equal(before, table.weight[asked])


def able(shapes, colours):
    """Green banana: shape 1, colour 1."""
    rest = [(s, c) for s, c in product(range(shapes), range(colours)) if (s, c) != (1, 1)]
    by_caption = moved(nn.Embedding(shapes * colours, 4), [s * colours + c for s, c in rest], colours + 1)
    shape = moved(nn.Embedding(shapes, 4), [s for s, _ in rest], 1)
    colour = moved(nn.Embedding(colours, 4), [c for _, c in rest], 1)
    by_word = shape and colour
    return {(True, False): "word_only", (True, True): "both", (False, True): "caption_only", (False, False): "neither"}[
        by_word, by_caption
    ]


def asked_anyway(shapes, colours):
    table = nn.Embedding(shapes * colours, 4)
    rest = [k for k in range(shapes * colours) if k != colours + 1]
    has_a_row = colours + 1 < table.num_embeddings
    return "untrained_vector" if has_a_row and not moved(table, rest, colours + 1) else "no_vector"


# no oracle for why: a reason, in words
